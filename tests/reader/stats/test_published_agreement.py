"""Agreement coefficients come out as published, and as R and SAS printed them."""

import numpy as np
import pytest

from reader.stats.agreement import brennan_prediger, category_kappas, fleiss_kappa, fleiss_null_error, percent_agreement
from reader.stats.coefficients import coefficients
from reader.stats.cohen import cohen_kappa, cohen_null_error, pairwise_agreement, pairwise_kappas, scott_pi
from reader.stats.conger import conger_kappa
from reader.stats.krippendorff import krippendorff_alpha
from reader.stats.light import light_kappa
from reader.stats.verdicts import count_table, encode_verdicts
from reader.stats.weights import Metric, Weights
from tests.reader.stats.reference_cases import codes_of, codes_of_table, reference_case

TWO_READERS = ["cohen_sas_3x3", "kappa_paradox_80_10_5_5", "agresti_movie_reviews", "irrCAC_cont3x3abstractors"]
MATRICES = ["gwet_raw4", "fleiss_1971_psychiatric"]
OUR_STUDIES = ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"]
WEIGHTED = [Weights.IDENTITY, Weights.LINEAR, Weights.QUADRATIC]

# The worked example with 14 raters, 10 subjects and 5 categories, given with kappa 0.210 in many textbooks.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def study_codes(name):
    return codes_of(reference_case(name)["data"]["ratings"], [0, 1, 2])


@pytest.mark.parametrize("weights", WEIGHTED)
@pytest.mark.parametrize("name", TWO_READERS)
def test_two_readers_match_sas_and_r(name, weights):
    case = reference_case(name)
    table, expected = case["data"]["table"], case["expected"][weights]
    codes = codes_of_table(table)
    found = {**coefficients(codes, len(table), weights), "scott_pi": scott_pi(table, weights)}
    found["cohen_kappa"] = found.pop("conger_kappa")
    for coefficient, numbers in expected.items():
        assert found[coefficient].value == pytest.approx(numbers["estimate"], abs=1e-8)
        assert found[coefficient].se == pytest.approx(numbers["se"], abs=1e-8)


@pytest.mark.parametrize("weights", WEIGHTED)
@pytest.mark.parametrize("name", TWO_READERS)
def test_cohen_has_the_errors_and_the_interval_of_sas_and_r(name, weights):
    case = reference_case(name)
    table, expected = case["data"]["table"], case["expected"][weights]["cohen_kappa"]
    kappa = cohen_kappa(table, weights)
    assert kappa.value == pytest.approx(expected["estimate"], abs=1e-8)
    assert kappa.se == pytest.approx(expected["se_delta"], abs=1e-8)
    assert (kappa.low, kappa.high) == pytest.approx(expected["ci95_normal"], abs=1e-8)
    assert cohen_null_error(table, weights) == pytest.approx(expected["se_null"], abs=1e-8)


def test_two_categories_equally_likely_by_chance_give_pabak():
    case = reference_case("kappa_paradox_80_10_5_5")
    counts = count_table(codes_of_table(case["data"]["table"]), 2)
    assert brennan_prediger(counts).value == pytest.approx(case["expected"]["pabak"], abs=1e-8)


def test_cohen_matches_artstein_and_poesio_2008_table_1():
    assert cohen_kappa([[20, 20], [10, 50]]).value == pytest.approx(0.348, abs=5e-4)
    assert scott_pi([[20, 20], [10, 50]]).value == pytest.approx(0.341, abs=5e-4)


def test_cohen_matches_fleiss_1981_page_220():
    kappa = cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert kappa.value == pytest.approx(0.68, abs=5e-3)
    assert kappa.se == pytest.approx(0.087, abs=1e-3)


def test_fleiss_matches_the_textbook_example_of_fourteen_raters():
    assert fleiss_kappa(FOURTEEN_RATERS).value == pytest.approx(0.210, abs=5e-4)
    assert percent_agreement(FOURTEEN_RATERS).value == pytest.approx(0.378, abs=5e-4)


def assert_matrix_matches(codes, n_categories, expected, weights):
    found = coefficients(codes, n_categories, weights)
    for coefficient, numbers in expected.items():
        estimate = found[coefficient]
        assert estimate.value == pytest.approx(numbers["estimate"], abs=1e-5)
        assert estimate.se == pytest.approx(numbers["se"], abs=2e-4 if "alpha" in coefficient else 1e-5)
        if "ci95_t" in numbers:
            assert (estimate.low, estimate.high) == pytest.approx(numbers["ci95_t"], abs=6e-4)


@pytest.mark.parametrize("weights", WEIGHTED)
@pytest.mark.parametrize("name", MATRICES)
def test_published_matrices_match_irrcac(name, weights):
    case = reference_case(name)
    if weights in case["expected"]:
        categories = case["data"]["categories"]
        codes = codes_of(case["data"]["ratings"], categories)
        assert_matrix_matches(codes, len(categories), case["expected"][weights], weights)


@pytest.mark.parametrize("weights", WEIGHTED)
@pytest.mark.parametrize("name", OUR_STUDIES)
def test_our_studies_match_irrcac(name, weights):
    expected = reference_case(name)["expected"]["agreement"][weights]
    assert_matrix_matches(study_codes(name), 3, expected, weights)


def test_fleiss_1971_has_the_interval_of_the_large_sample_error_not_of_the_null_one():
    case = reference_case("fleiss_1971_psychiatric")
    codes, expected = codes_of(case["data"]["ratings"], case["data"]["categories"]), case["expected"]
    counts = count_table(codes, 5)
    kappa, null = fleiss_kappa(counts), expected["identity"]["fleiss_kappa"]
    assert kappa.value == pytest.approx(expected["fleiss_kappa_exact"], abs=1e-9)
    assert fleiss_null_error(counts) == pytest.approx(null["se_null"], abs=1e-9)
    assert kappa.value / fleiss_null_error(counts) == pytest.approx(null["z_null"], abs=1e-6)
    assert kappa.se > 2 * null["se_null"]
    assert conger_kappa(codes, 5).value == pytest.approx(expected["conger_exact"], abs=1e-9)
    assert light_kappa(codes, 5).value == pytest.approx(expected["light_kappa"], abs=1e-9)
    by_category = [one.value for one in category_kappas(counts)]
    assert by_category == pytest.approx(list(expected["category_kappa_3dp"].values()), abs=5e-4)


def test_alpha_matches_krippendorff_2011_section_c_with_every_metric():
    case = reference_case("krippendorff_2011_C")
    by_image = [list(row) for row in zip(*case["data"]["reliability_data"], strict=True)]
    counts = count_table(codes_of(by_image, [1, 2, 3, 4, 5]), 5)
    for metric, expected in case["expected"].items():
        assert krippendorff_alpha(counts, Metric(metric)).value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbccceddd", 0.692)],
)
def test_alpha_matches_krippendorff_2011_sections_a_and_b(first, second, expected):
    codes = encode_verdicts(list(zip(first, second, strict=True)), sorted(set(first + second)))
    counts = count_table(codes, len(set(first + second)))
    assert krippendorff_alpha(counts).value == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("name", OUR_STUDIES)
def test_alpha_of_our_studies_matches_the_metrics_of_r(name):
    counts = count_table(study_codes(name), 3)
    for metric, expected in reference_case(name)["expected"]["krippendorff_metric"].items():
        assert krippendorff_alpha(counts, Metric(metric)).value == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("name", OUR_STUDIES)
def test_every_pair_of_our_studies_and_their_mean_match_r(name):
    expected, codes = reference_case(name)["expected"], study_codes(name)
    found = [[pair.first + 1, pair.second + 1, pair.kappa.value] for pair in pairwise_agreement(codes, 3)]
    assert np.array(found) == pytest.approx(np.array(expected["pairwise_cohen"]), abs=1e-8)
    at_once = pairwise_kappas(codes, 3)
    for first, second, kappa in expected["pairwise_cohen"]:
        assert at_once[first - 1, second - 1] == at_once[second - 1, first - 1] == pytest.approx(kappa, abs=1e-8)
    assert light_kappa(codes, 3).value == pytest.approx(expected["light_mean_pairwise_kappa"], abs=1e-8)


def test_the_declared_order_and_not_the_alphabet_decides_weighted_kappa():
    case = reference_case("trap_category_order")
    both = list(zip(case["data"]["rater1"], case["data"]["rater2"], strict=True))
    declared = pairwise_agreement(encode_verdicts(both, case["data"]["order"]), 3, Weights.QUADRATIC)[0]
    assert declared.kappa.value == pytest.approx(case["expected"]["cohen_quadratic"], abs=1e-9)
    alphabetical = pairwise_agreement(encode_verdicts(both, sorted(case["data"]["order"])), 3, Weights.QUADRATIC)[0]
    assert alphabetical.kappa.value == pytest.approx(case["expected"]["wrong_alphabetical"], abs=1e-9)
