"""On random tables the numbers agree with statsmodels, scikit-learn and krippendorff wherever those have them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater
from statsmodels.stats.proportion import proportion_confint

from reader.stats.agreement import fleiss_kappa, percent_agreement
from reader.stats.coefficients import Coefficient, coefficients
from reader.stats.cohen import cohen_kappa, cohen_null_error, pairwise_agreement
from reader.stats.krippendorff import alpha_of, coincidences_of, krippendorff_alpha
from reader.stats.light import light_kappa
from reader.stats.proportions import exact_interval, wilson_interval
from reader.stats.verdicts import count_table
from reader.stats.weights import Metric, Weights, agreement_weights
from tests.reader.stats.random_studies import codes_of_shape, study

tables = st.integers(2, 5).flatmap(lambda q: arrays(np.int64, (q, q), elements=st.integers(0, 40)))
complete_codes = codes_of_shape(images=(2, 30), readers=(2, 7), lowest=0)
codes_with_missing = codes_of_shape(images=(2, 30), readers=(2, 7))
weightings = st.sampled_from(Weights)
SKLEARN_WEIGHTS = {Weights.IDENTITY: None, Weights.LINEAR: "linear", Weights.QUADRATIC: "quadratic"}
KRIPPENDORFFS_OWN = [Metric.NOMINAL, Metric.ORDINAL, Metric.INTERVAL, Metric.RATIO]


# statsmodels also makes a z, which may be 0 / 0 and which we do not ask for.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning:statsmodels")
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning:statsmodels")
@given(tables, weightings)
def test_cohen_agrees_with_statsmodels(table, weights):
    assume((table.sum(axis=0) > 0).sum() > 1 and (table.sum(axis=1) > 0).sum() > 1)
    lost = 1 - agreement_weights(weights, len(table))
    ours, theirs = cohen_kappa(table, weights), inter_rater.cohens_kappa(table, weights=lost)
    assert ours.value == pytest.approx(theirs.kappa, abs=1e-9)
    if ours.has_interval:
        assert ours.se == pytest.approx(theirs.std_kappa, abs=1e-7)
        assert cohen_null_error(table, weights) == pytest.approx(theirs.std_kappa0, abs=1e-7)
        assert ours.p == pytest.approx(theirs.pvalue_two_sided, abs=1e-6)
        cut = np.clip([theirs.kappa_low, theirs.kappa_upp], -1, 1)
        assert (ours.low, ours.high) == pytest.approx(cut, abs=1e-6)


@given(codes_with_missing, st.sampled_from(list(SKLEARN_WEIGHTS)))
def test_every_pair_agrees_with_scikit_learn_on_the_images_both_have_read(codes, weights):
    for pair in pairwise_agreement(codes, 3, weights):
        if pair.kappa.is_defined:
            first, second = codes[:, pair.first], codes[:, pair.second]
            both = (first >= 0) & (second >= 0)
            assert pair.kappa.n == both.sum()
            theirs = cohen_kappa_score(first[both], second[both], labels=[0, 1, 2], weights=SKLEARN_WEIGHTS[weights])
            assert pair.kappa.value == pytest.approx(theirs, abs=1e-9)
            assert pair.percent.value == pytest.approx((first == second)[both].mean())


@given(complete_codes)
def test_fleiss_agrees_with_statsmodels_on_complete_data(codes):
    assume(len(np.unique(codes)) > 1)
    counts = count_table(codes, 3)
    assert fleiss_kappa(counts).value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-9)


@given(complete_codes)
def test_brennan_prediger_agrees_with_randolph_of_statsmodels_on_complete_data(codes):
    counts = count_table(codes, 3)
    ours = coefficients(codes, 3)[Coefficient.BRENNAN_PREDIGER]
    assert ours.value == pytest.approx(inter_rater.fleiss_kappa(counts, method="randolph"), abs=1e-9)


@pytest.mark.parametrize("metric", KRIPPENDORFFS_OWN)
@given(counts=arrays(np.int64, st.tuples(st.integers(2, 20), st.integers(2, 5)), elements=st.integers(0, 4)))
def test_alpha_agrees_with_krippendorff_with_missing_verdicts_and_unused_categories(metric, counts):
    library = pytest.importorskip("krippendorff", reason="krippendorff is not installed, see requirements/dev.in")
    pairable = counts[counts.sum(axis=1) >= 2]
    assume((pairable.sum(axis=0) > 0).sum() > 1)
    values = list(range(1, counts.shape[1] + 1))
    theirs = library.alpha(value_counts=counts, value_domain=values, level_of_measurement=metric.value)
    assert krippendorff_alpha(counts, metric).value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("metric", [Metric.INTERVAL, Metric.RATIO])
def test_alpha_agrees_with_krippendorff_on_numbers_that_are_not_ranks(metric):
    library = pytest.importorskip("krippendorff", reason="krippendorff is not installed, see requirements/dev.in")
    values, counts = [0, 1, 2.5, 10], count_table(study(3, 50, 4, n_categories=4), 4)
    theirs = library.alpha(value_counts=counts, value_domain=values, level_of_measurement=metric.value)
    assert krippendorff_alpha(counts, metric, values).value == pytest.approx(theirs, abs=1e-12)


@given(codes_with_missing, weightings)
def test_percent_agreement_is_the_mean_weight_of_pairs_counted_one_by_one(codes, weights):
    matrix, shares = agreement_weights(weights, 3), []
    for row in codes:
        said = row[row >= 0]
        pairs = [matrix[a, b] for i, a in enumerate(said) for b in said[i + 1 :]]
        shares += [np.mean(pairs)] if pairs else []
    assume(shares)
    ours = percent_agreement(count_table(codes, 3), weights)
    assert (ours.value, ours.n) == (pytest.approx(np.mean(shares)), len(shares))


@given(complete_codes, weightings)
def test_congers_chance_is_the_mean_of_cohens_over_pairs(codes, weights):
    matrix, n_readers = agreement_weights(weights, 3), codes.shape[1]
    habits = np.array([np.bincount(codes[:, reader], minlength=3) for reader in range(n_readers)]) / len(codes)
    pairs = [habits[a] @ matrix @ habits[b] for a in range(n_readers) for b in range(a)]
    assume(np.mean(pairs) < 1 - 1e-9)
    observed = percent_agreement(count_table(codes, 3), weights).value
    ours = coefficients(codes, 3, weights)[Coefficient.CONGER_KAPPA]
    assert ours.value == pytest.approx((observed - np.mean(pairs)) / (1 - np.mean(pairs)), abs=1e-9)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportions_agree_with_statsmodels(counts):
    k, n = counts
    assert wilson_interval(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-9)
    assert exact_interval(k, n) == pytest.approx(proportion_confint(k, n, method="beta"), abs=1e-9)


def jackknife_over_images(statistic, rows):
    left_out = [statistic(np.delete(rows, i, axis=0)) for i in range(len(rows))]
    return (np.var(left_out, axis=0) * (len(left_out) - 1)) ** 0.5


@pytest.mark.parametrize("weights", Weights)
@pytest.mark.parametrize("share_missing", [0.0, 0.2])
def test_every_error_over_images_is_that_of_leaving_out_one_image_at_a_time(share_missing, weights):
    codes = study(20, 200, 4, share_missing=share_missing)
    codes = codes[(codes >= 0).sum(axis=1) >= 2]

    def every(rows):
        return [*coefficients(rows, 3, weights).values(), light_kappa(rows, 3, weights)]

    errors = jackknife_over_images(lambda rows: [one.value for one in every(rows)], codes)
    assert [one.se for one in every(codes)] == pytest.approx(errors, rel=0.02)


def test_images_with_one_verdict_make_gwets_error_of_percent_agreement_cautious():
    codes = study(20, 300, 4, share_missing=0.4)
    error = jackknife_over_images(lambda rows: percent_agreement(count_table(rows, 3)).value, codes)
    assert percent_agreement(count_table(codes, 3)).se > 1.02 * error


@pytest.mark.parametrize("metric", Metric)
def test_the_error_of_alpha_counts_that_ordinal_distances_move_with_the_images(metric):
    counts = count_table(study(21, 80, 4, n_categories=5, share_missing=0.2), 5)
    counts = counts[counts.sum(axis=1) >= 2].astype(float)
    whole, nudge, many = coincidences_of(counts), 1e-4, 1e9
    slopes = [
        (alpha_of(many * (whole + nudge * one), metric) - alpha_of(many * (whole - nudge * one), metric)) / (2 * nudge)
        for one in map(coincidences_of, counts[:, None])
    ]
    n = len(counts)
    expected = (np.square(slopes).sum() * n / (n - 1)) ** 0.5
    assert krippendorff_alpha(counts.astype(int), metric).se == pytest.approx(expected, rel=1e-6)
