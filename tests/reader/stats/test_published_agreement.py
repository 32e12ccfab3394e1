"""Agreement coefficients come out as published, and as R and SAS printed them."""

import numpy as np
import pytest

from reader.stats.agreement import fleiss_kappa, percent_agreement
from reader.stats.cohen import cohen_kappa, pairwise_agreement
from reader.stats.verdicts import count_table
from tests.reader.stats.reference_cases import codes_of, reference_case

TWO_READERS = ["cohen_sas_3x3", "kappa_paradox_80_10_5_5", "agresti_movie_reviews"]
OUR_STUDIES = ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"]

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


def as_codes(table):
    """Two columns of codes that cross to this table."""
    return np.array([(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)])


def assert_two_readers_match(case):
    table, expected = case["data"]["table"], case["expected"]["identity"]
    kappa, codes = cohen_kappa(table), as_codes(table)
    assert kappa.value == pytest.approx(expected["cohen_kappa"]["estimate"], abs=1e-8)
    assert kappa.se == pytest.approx(expected["cohen_kappa"]["se_delta"], abs=1e-8)
    assert (kappa.low, kappa.high) == pytest.approx(expected["cohen_kappa"]["ci95_normal"], abs=1e-8)
    together = count_table(codes, len(table))
    assert fleiss_kappa(together).value == pytest.approx(expected["scott_pi"]["estimate"], abs=1e-8)
    assert fleiss_kappa(together).se == pytest.approx(expected["scott_pi"]["se"], abs=1e-8)
    for percent in (percent_agreement(together), pairwise_agreement(codes, len(table))[0].percent):
        assert percent.value == pytest.approx(expected["percent_agreement"]["estimate"], abs=1e-8)
        assert percent.se == pytest.approx(expected["percent_agreement"]["se"], abs=1e-8)


def assert_all_readers_match(counts, expected):
    kappa, percent = fleiss_kappa(counts), percent_agreement(counts)
    assert kappa.value == pytest.approx(expected["fleiss_kappa"]["estimate"], abs=1e-5)
    assert kappa.se == pytest.approx(expected["fleiss_kappa"]["se"], abs=1e-5)
    assert (kappa.low, kappa.high) == pytest.approx(expected["fleiss_kappa"]["ci95_t"], abs=6e-4)
    assert percent.value == pytest.approx(expected["percent_agreement"]["estimate"], abs=1e-8)
    assert percent.se == pytest.approx(expected["percent_agreement"]["se"], abs=1e-5)


@pytest.mark.parametrize("name", TWO_READERS)
def test_two_readers_match_sas_and_r(name):
    assert_two_readers_match(reference_case(name))


def test_two_readers_match_irrcac_on_its_own_table():
    assert_two_readers_match(reference_case("irrCAC_cont3x3abstractors"))


def test_cohen_matches_artstein_and_poesio_2008_table_1():
    assert cohen_kappa([[20, 20], [10, 50]]).value == pytest.approx(0.348, abs=5e-4)
    assert fleiss_kappa(count_table(as_codes([[20, 20], [10, 50]]), 2)).value == pytest.approx(0.341, abs=5e-4)


def test_cohen_matches_fleiss_1981_page_220():
    kappa = cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert kappa.value == pytest.approx(0.68, abs=5e-3)
    assert kappa.se == pytest.approx(0.087, abs=1e-3)


def test_fleiss_matches_the_textbook_example_of_fourteen_raters():
    assert fleiss_kappa(FOURTEEN_RATERS).value == pytest.approx(0.210, abs=5e-4)
    assert percent_agreement(FOURTEEN_RATERS).value == pytest.approx(0.378, abs=5e-4)


def test_fleiss_1971_has_the_interval_of_the_large_sample_error_not_of_the_null_one():
    case = reference_case("fleiss_1971_psychiatric")
    counts = count_table(codes_of(case["data"]["ratings"], case["data"]["categories"]), 5)
    assert_all_readers_match(counts, case["expected"]["identity"])
    assert fleiss_kappa(counts).value == pytest.approx(case["expected"]["fleiss_kappa_exact"], abs=1e-9)
    assert fleiss_kappa(counts).se > 2 * case["expected"]["identity"]["fleiss_kappa"]["se_null"]


def test_missing_ratings_match_irrcac_on_its_own_matrix():
    case = reference_case("gwet_raw4")
    counts = count_table(codes_of(case["data"]["ratings"], case["data"]["categories"]), 5)
    assert_all_readers_match(counts, case["expected"]["identity"])


@pytest.mark.parametrize("name", OUR_STUDIES)
def test_our_studies_match_r(name):
    case = reference_case(name)
    codes = codes_of(case["data"]["ratings"], [0, 1, 2])
    assert_all_readers_match(count_table(codes, 3), case["expected"]["agreement"]["identity"])


@pytest.mark.parametrize("name", OUR_STUDIES)
def test_every_pair_of_our_studies_matches_r(name):
    case = reference_case(name)
    found = [
        [pair.first + 1, pair.second + 1, pair.kappa.value]
        for pair in pairwise_agreement(codes_of(case["data"]["ratings"], [0, 1, 2]), 3)
    ]
    assert np.array(found) == pytest.approx(np.array(case["expected"]["pairwise_cohen"]), abs=1e-8)
