"""What must not change an estimate does not, and what must be kept apart is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.models import Verdict
from reader.stats.accuracy import reader_accuracy, truth_by_verdict
from reader.stats.agreement import category_kappas, fleiss_kappa, gwet_ac, percent_agreement
from reader.stats.coefficients import Coefficient, coefficients
from reader.stats.cohen import cohen_kappa, pairwise_agreement, pairwise_kappas, scott_pi
from reader.stats.conger import conger_kappa
from reader.stats.icc import intraclass_correlations
from reader.stats.krippendorff import krippendorff_alpha
from reader.stats.light import light_kappa
from reader.stats.verdicts import MISSING, UNSURE, VERDICTS, count_table, encode_verdicts, pair_tables
from reader.stats.weights import Metric, Weights, agreement_weights, squared_distances
from tests.reader.stats.random_studies import codes_of_shape, numbers, same, seeds, study

codes = codes_of_shape()
weightings = st.sampled_from(Weights)
DEPEND_ON_DECLARED = {Coefficient.BRENNAN_PREDIGER, Coefficient.GWET_AC}


def together(codes, n_categories=3, weights=Weights.IDENTITY):
    found = coefficients(codes, n_categories, weights)
    return [numbers(one) for one in found.values()] + [numbers(light_kappa(codes, n_categories, weights))]


@given(codes, seeds, weightings)
def test_the_order_of_images_does_not_matter(codes, seed, weights):
    shuffled = np.random.default_rng(seed).permutation(codes)
    assert same(together(shuffled, weights=weights), together(codes, weights=weights))
    for before, after in zip(pairwise_agreement(codes, 3), pairwise_agreement(shuffled, 3), strict=True):
        assert same(numbers(after.kappa), numbers(before.kappa))


@given(codes, seeds, weightings)
def test_the_order_of_readers_does_not_matter(codes, seed, weights):
    order = np.random.default_rng(seed).permutation(codes.shape[1])
    assert same(together(codes[:, order], weights=weights), together(codes, weights=weights))
    before = {frozenset((p.first, p.second)): p for p in pairwise_agreement(codes, 3, weights)}
    for after in pairwise_agreement(codes[:, order], 3, weights):
        was = before[frozenset((int(order[after.first]), int(order[after.second])))]
        assert same(numbers(after.kappa), numbers(was.kappa))
        assert same(numbers(after.percent), numbers(was.percent))


@given(codes, weightings)
def test_turning_the_declared_order_round_does_not_matter(codes, weights):
    turned = np.where(codes == MISSING, MISSING, 2 - codes)
    assert same(together(turned, weights=weights), together(codes, weights=weights))


@given(codes, seeds)
def test_without_weights_the_order_of_categories_does_not_matter(codes, seed):
    order = np.append(np.random.default_rng(seed).permutation(3), MISSING)
    assert same(together(order[codes]), together(codes))


@given(codes)
def test_a_declared_category_that_nobody_used_matters_to_those_alone_that_count_the_declared(codes):
    before, after = coefficients(codes, 3), coefficients(codes, 4)
    for name in set(Coefficient) - DEPEND_ON_DECLARED:
        assert same(numbers(after[name]), numbers(before[name]))
    assert same(numbers(light_kappa(codes, 4)), numbers(light_kappa(codes, 3)))
    for metric in set(Metric):
        counts = count_table(codes, 3), count_table(codes, 4)
        assert same(*(numbers(krippendorff_alpha(table, metric)) for table in counts))


def test_a_declared_category_that_nobody_used_makes_chance_rarer():
    counts = count_table(study(1, 40, 3, n_categories=2), 2), count_table(study(1, 40, 3, n_categories=2), 3)
    assert gwet_ac(counts[1]).value > gwet_ac(counts[0]).value


@given(codes)
def test_images_and_readers_without_verdicts_do_not_matter(codes):
    unread = np.full((3, codes.shape[1]), MISSING)
    assert same(together(np.vstack([codes, unread])), together(codes))
    idle = np.full((len(codes), 2), MISSING)
    assert same(together(np.hstack([codes, idle])), together(codes))


@settings(max_examples=30)
@given(seeds, weightings, st.floats(0, 0.4))
def test_doubling_the_images_halves_the_variance(seed, weights, share_missing):
    codes = study(seed, 30, 4, share_missing=share_missing)
    once, twice = coefficients(codes, 3, weights), coefficients(np.vstack([codes, codes]), 3, weights)
    for name in set(Coefficient) - {Coefficient.KRIPPENDORFF_ALPHA}:
        df = once[name].df
        assert twice[name].value == pytest.approx(once[name].value, abs=1e-12)
        assert twice[name].se == pytest.approx(once[name].se * (df / (2 * df + 1)) ** 0.5, rel=1e-9)


@given(codes, weightings)
def test_of_two_readers_conger_and_light_are_cohen_and_fleiss_is_scott(codes, weights):
    both = codes[:, :2][(codes[:, :2] != MISSING).all(axis=1)]
    if both.shape[1] == 2 and len(both) > 1:
        table = pair_tables(both, 3)[0, 1]
        cohen = cohen_kappa(table, weights)
        for found in (conger_kappa(both, 3, weights), light_kappa(both, 3, weights)):
            assert same([found.value, found.se], [cohen.value, cohen.se])
        assert same(numbers(scott_pi(table, weights)), numbers(fleiss_kappa(count_table(both, 3), weights)))


@given(codes)
def test_two_categories_have_one_kappa_whichever_is_asked(codes):
    counts = count_table(np.minimum(codes, 1), 2)
    for found in (*category_kappas(counts), fleiss_kappa(counts, Weights.QUADRATIC)):
        assert same(numbers(found), numbers(fleiss_kappa(counts)))


@given(codes)
def test_two_readers_have_one_percent_agreement_whichever_way_it_is_asked(codes):
    for pair in pairwise_agreement(codes, 3):
        both = codes[:, [pair.first, pair.second]]
        both = both[(both >= 0).all(axis=1)]
        assert same(numbers(pair.percent), numbers(percent_agreement(count_table(both, 3))))


@given(codes, weightings)
def test_an_interval_holds_its_estimate_and_stays_in_range(codes, weights):
    found = [*coefficients(codes, 3, weights).values(), light_kappa(codes, 3, weights)]
    for estimate in found + [pair.kappa for pair in pairwise_agreement(codes, 3, weights)]:
        assert estimate.has_interval or estimate.reason
        if estimate.has_interval:
            assert estimate.low <= estimate.value + 1e-12
            assert estimate.value - 1e-12 <= estimate.high <= 1


def test_all_pairs_at_once_are_each_pair_by_itself():
    codes = study(2, 60, 5, share_missing=0.2)
    at_once = pairwise_kappas(codes, 3, Weights.LINEAR)
    for pair in pairwise_agreement(codes, 3, Weights.LINEAR):
        assert at_once[pair.first, pair.second] == at_once[pair.second, pair.first] == pair.kappa.value
        assert cohen_kappa(pair.table, Weights.LINEAR) == pair.kappa
    assert np.isnan(np.diag(at_once)).all()


@pytest.mark.parametrize("n_categories", [1, 2, 3, 7])
def test_weights_fall_from_1_on_the_diagonal_to_0_at_the_ends(n_categories):
    for weights in Weights:
        matrix = agreement_weights(weights, n_categories)
        assert (np.diag(matrix) == 1).all()
        assert (matrix == matrix.T).all()
        assert (np.diff(matrix[0]) <= 0).all()
        assert matrix[0, -1] == (n_categories == 1)


def test_five_categories_have_the_ordinal_weights_of_gwet_2014():
    assert agreement_weights(Weights.ORDINAL, 5)[0] == pytest.approx([1, 0.9, 0.7, 0.4, 0])


def test_equally_used_categories_are_ordinally_as_far_apart_as_their_ranks():
    used = np.full(4, 2.0)
    ordinal, interval = (squared_distances(metric, used) for metric in (Metric.ORDINAL, Metric.INTERVAL))
    assert ordinal == pytest.approx(4 * interval)


@given(seeds)
def test_icc_of_consistency_does_not_see_what_a_reader_always_adds(seed):
    ratings = np.random.default_rng(seed).normal(size=(8, 3))
    before, after = intraclass_correlations(ratings), intraclass_correlations(3 * ratings + [0, 5, -2])
    for form, estimate in before.items():
        if form.startswith("ICC(3"):
            assert same(numbers(after[form]), numbers(estimate))


def test_missing_is_not_unsure():
    unsure = [[0, 0, UNSURE], [2, 2, UNSURE], [0, 2, 2], [2, 2, 2]]
    missing = [[MISSING if code == UNSURE else code for code in row] for row in unsure]
    assert fleiss_kappa(count_table(unsure, 3)).value != fleiss_kappa(count_table(missing, 3)).value
    assert truth_by_verdict([1, 0], [UNSURE, 0]).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert truth_by_verdict([1, 0], [MISSING, 0]).tolist() == [[0, 0, 0], [1, 0, 0]]


def test_categories_keep_their_declared_order_and_are_never_sorted():
    assert VERDICTS == ("fake", "unsure", "real")
    assert tuple(Verdict.values) == VERDICTS
    assert encode_verdicts([["fake", "unsure", "real", None]]).tolist() == [[0, 1, 2, MISSING]]
    assert encode_verdicts([["b", "a"]], ["b", "a"]).tolist() == [[0, 1]]


def test_swapping_two_readers_keeps_kappa_and_turns_the_table():
    table = np.array([[24, 8, 13], [8, 13, 11], [10, 9, 64]])
    assert same(numbers(cohen_kappa(table)), numbers(cohen_kappa(table.T)))


def test_swapping_fake_and_real_swaps_sensitivity_and_specificity():
    table = np.array([[6, 3, 1], [2, 4, 14]])
    one, other = reader_accuracy(table), reader_accuracy(table[::-1, ::-1])
    assert (one.sensitivity, one.sensitivity_decided) == (other.specificity, other.specificity_decided)
    assert (one.accuracy, one.coverage) == (other.accuracy, other.coverage)
