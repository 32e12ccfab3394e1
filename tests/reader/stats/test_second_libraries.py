"""On random tables the numbers agree with statsmodels and scikit-learn wherever those have them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater
from statsmodels.stats.proportion import proportion_confint

from reader.stats.agreement import fleiss_kappa, percent_agreement
from reader.stats.cohen import cohen_kappa, pairwise_agreement
from reader.stats.proportions import exact_interval, wilson_interval
from reader.stats.verdicts import count_table

tables = st.integers(2, 5).flatmap(lambda q: arrays(np.int64, (q, q), elements=st.integers(0, 40)))
complete_codes = st.tuples(st.integers(2, 30), st.integers(2, 7)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 2))
)
codes_with_missing = st.tuples(st.integers(2, 30), st.integers(2, 7)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(-1, 2))
)


# statsmodels also makes a z, which may be 0 / 0 and which we do not ask for.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning:statsmodels")
@given(tables)
def test_cohen_agrees_with_statsmodels(table):
    assume((table.sum(axis=0) > 0).sum() > 1 and (table.sum(axis=1) > 0).sum() > 1)
    ours, theirs = cohen_kappa(table), inter_rater.cohens_kappa(table)
    assert ours.value == pytest.approx(theirs.kappa, abs=1e-9)
    if ours.has_interval:
        assert ours.se == pytest.approx(theirs.std_kappa, abs=1e-7)
        cut = np.clip([theirs.kappa_low, theirs.kappa_upp], -1, 1)
        assert (ours.low, ours.high) == pytest.approx(cut, abs=1e-6)


@given(codes_with_missing)
def test_every_pair_agrees_with_scikit_learn_on_the_images_both_have_read(codes):
    for pair in pairwise_agreement(codes, 3):
        if pair.kappa.is_defined:
            first, second = codes[:, pair.first], codes[:, pair.second]
            both = (first >= 0) & (second >= 0)
            assert pair.kappa.n == both.sum()
            theirs = cohen_kappa_score(first[both], second[both], labels=[0, 1, 2])
            assert pair.kappa.value == pytest.approx(theirs, abs=1e-9)
            assert pair.percent.value == pytest.approx((first == second)[both].mean())


@given(complete_codes)
def test_fleiss_agrees_with_statsmodels_on_complete_data(codes):
    assume(len(np.unique(codes)) > 1)
    counts = count_table(codes, 3)
    assert fleiss_kappa(counts).value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-9)


@given(codes_with_missing)
def test_percent_agreement_is_the_share_of_agreeing_pairs_counted_one_by_one(codes):
    shares = []
    for row in codes:
        said = row[row >= 0]
        pairs = [a == b for i, a in enumerate(said) for b in said[i + 1 :]]
        shares += [np.mean(pairs)] if pairs else []
    assume(shares)
    ours = percent_agreement(count_table(codes, 3))
    assert (ours.value, ours.n) == (pytest.approx(np.mean(shares)), len(shares))


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportions_agree_with_statsmodels(counts):
    k, n = counts
    assert wilson_interval(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-9)
    assert exact_interval(k, n) == pytest.approx(proportion_confint(k, n, method="beta"), abs=1e-9)


@pytest.mark.parametrize("share_missing", [0.0, 0.2])
def test_the_error_of_fleiss_is_that_of_leaving_out_one_image_at_a_time(share_missing):
    rng = np.random.default_rng(20)
    truth = rng.integers(0, 3, size=(400, 1))
    said = np.where(rng.random((400, 5)) < 0.5, truth, rng.integers(0, 3, size=(400, 5)))
    counts = count_table(np.where(rng.random(said.shape) < share_missing, -1, said), 3)
    left_out = [fleiss_kappa(np.delete(counts, i, axis=0)).value for i in range(len(counts))]
    jackknife = (np.var(left_out) * (len(left_out) - 1)) ** 0.5
    assert fleiss_kappa(counts).se == pytest.approx(jackknife, rel=0.02)
