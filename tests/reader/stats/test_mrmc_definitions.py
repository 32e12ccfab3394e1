"""Shortcuts of the multi-reader code equal their definitions worked out the long way, missing verdicts included."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reader.stats.mrmc_covariance import bootstrap_covariance, delong_covariance, images_read, jackknife_covariance
from reader.stats.mrmc_levels import level_codes, shared_wins
from reader.stats.mrmc_merits import area_merit, balanced_merit, class_merit, share_merit
from reader.stats.roc import area
from reader.stats.ustatistic import one_shot_variance, unbiased_covariance

LEVELS = [0.0, 1, 2, 3]


@st.composite
def studies(draw):
    """Up to nine images, of which every reader has read two fakes and two reals at least."""
    n_images, n_readers = draw(st.integers(4, 9)), draw(st.integers(1, 4))
    truth = np.array([True, True, False, False, *draw(arrays(np.bool_, n_images - 4))])
    read = draw(arrays(np.float64, (4, n_readers), elements=st.sampled_from(LEVELS)))
    others = draw(arrays(np.float64, (n_images - 4, n_readers), elements=st.sampled_from([*LEVELS, np.nan])))
    return truth, np.concatenate([read, others])


small_studies = studies()


def kernels(truth, scores):
    """psi[reader, fake, real], nan where either is unread."""
    fakes, reals = scores[truth].T[:, :, None], scores[~truth].T[:, None, :]
    psi = (fakes > reals) + 0.5 * (fakes == reals)
    return np.where(np.isnan(fakes) | np.isnan(reals), np.nan, psi)


@given(small_studies)
def test_areas_are_the_mean_kernel(study):
    truth, scores = study
    assert area_merit(truth, scores).values == pytest.approx(np.nanmean(kernels(truth, scores), axis=(1, 2)))


@given(small_studies)
def test_the_jackknife_is_that_of_leaving_images_out_one_by_one(study):
    truth, scores = study
    merit = area_merit(truth, scores)
    seen = np.flatnonzero((~np.isnan(scores)).any(axis=1))
    left = np.array([area_merit(np.delete(truth, i), np.delete(scores, i, axis=0)).values for i in seen])
    n = images_read(merit)
    assert n == len(seen)
    away = left - left.mean(axis=0)
    assert jackknife_covariance(merit) == pytest.approx((n - 1) / n * away.T @ away, abs=1e-12)


@given(small_studies)
def test_delongs_variances_are_each_readers_own(study):
    truth, scores = study
    alone = [area(truth, column).se ** 2 for column in scores.T]
    assert np.diag(delong_covariance(area_merit(truth, scores))) == pytest.approx(alone, abs=1e-12)


@settings(max_examples=40)
@given(small_studies)
def test_the_one_shot_variance_is_the_square_less_the_mean_over_wholly_different_readings(study):
    truth, scores = study
    assume(scores.shape[1] > 1)
    psi = kernels(truth, scores)
    readings = [(at, psi[at]) for at in product(*map(range, psi.shape)) if not np.isnan(psi[at])]
    apart = [p * q for a, p in readings for b, q in readings if all(x != y for x, y in zip(a, b, strict=True))]
    assume(apart)
    grand = np.mean([p for _, p in readings])
    made = one_shot_variance(area_merit(truth, scores)).unbiased
    assert made == pytest.approx(grand**2 - np.mean(apart), abs=1e-9)


@settings(max_examples=40)
@given(small_studies)
def test_the_one_shot_variance_of_a_share_is_the_same_over_readers_and_images(study):
    _, scores = study
    marks = scores / 3
    assume(scores.shape[1] > 1 and (~np.isnan(marks)).any(axis=0).all())
    readings = [(at, marks[at]) for at in product(*map(range, marks.shape)) if not np.isnan(marks[at])]
    apart = [p * q for a, p in readings for b, q in readings if a[0] != b[0] and a[1] != b[1]]
    assume(apart)
    grand = np.mean([p for _, p in readings])
    assert one_shot_variance(share_merit(marks)).unbiased == pytest.approx(grand**2 - np.mean(apart), abs=1e-9)


def test_the_unbiased_variance_of_a_share_is_the_textbook_one():
    marks = np.random.default_rng(2).random((30, 3))
    made = unbiased_covariance(share_merit(marks))
    assert made == pytest.approx(np.cov(marks, rowvar=False) / 30)
    assert delong_covariance(share_merit(marks)) == pytest.approx(made)
    assert jackknife_covariance(share_merit(marks)) == pytest.approx(made)


@given(small_studies)
def test_tables_and_blocks_count_the_same_wins(study):
    truth, scores = study
    codes, n_levels = level_codes(np.ascontiguousarray(scores.T))
    fakes, reals = codes[:, truth], codes[:, ~truth]
    by_blocks = shared_wins(fakes, reals, n_levels=10_000)
    psi = np.nan_to_num(kernels(truth, scores)).reshape(scores.shape[1], -1)
    assert by_blocks == pytest.approx(psi @ psi.T)
    many = np.tile(fakes, (1, 9)), np.tile(reals, (1, 9))
    assert shared_wins(*many, n_levels) == pytest.approx(81 * by_blocks)


@given(small_studies, st.sampled_from([7.5, 1e9]))
def test_levels_keep_order_and_ties_whatever_the_scale(study, factor):
    truth, scores = study
    assert area_merit(truth, scores * factor).values == pytest.approx(area_merit(truth, scores).values)


@given(small_studies, st.randoms(use_true_random=False))
def test_the_order_of_images_and_readers_does_not_count(study, random):
    truth, scores = study
    images, readers = list(range(len(truth))), list(range(scores.shape[1]))
    random.shuffle(images)
    random.shuffle(readers)
    made = jackknife_covariance(area_merit(truth, scores))[np.ix_(readers, readers)]
    assert jackknife_covariance(area_merit(truth[images], scores[images][:, readers])) == pytest.approx(made, abs=1e-12)


def test_balanced_accuracy_of_two_verdicts_is_their_area():
    rng = np.random.default_rng(3)
    truth, says_fake = rng.random(50) < 0.4, (rng.random((50, 4)) < 0.5).astype(float)
    right = np.where(truth[:, None], says_fake, 1 - says_fake)
    as_area, as_shares = area_merit(truth, says_fake), balanced_merit(truth, right)
    assert as_shares.values == pytest.approx(as_area.values)
    assert delong_covariance(as_shares) == pytest.approx(delong_covariance(as_area))
    drawn = [bootstrap_covariance(m, resamples=200, rng=np.random.default_rng(1)) for m in (as_area, as_shares)]
    assert drawn[0] == pytest.approx(drawn[1])


def test_resamples_without_any_image_that_a_reader_has_read_are_dropped():
    marks = np.random.default_rng(1).random((6, 2))
    marks[2:, 1] = np.nan
    made = bootstrap_covariance(share_merit(marks), resamples=300, rng=np.random.default_rng(2))
    assert np.isfinite(made).all()
    never = bootstrap_covariance(share_merit(np.full((6, 2), np.nan)), resamples=9, rng=np.random.default_rng(2))
    assert np.isnan(never).all()


def test_sensitivity_sees_no_real_image():
    truth = np.array([True, True, True, False, False])
    marks = np.array([[1, 0], [1, 1], [0, 1], [0, 0], [np.nan, 1.0]])
    assert class_merit(truth, marks, fakes=True).values == pytest.approx([2 / 3, 2 / 3])
    assert class_merit(truth, marks, fakes=False).values == pytest.approx([0, 0.5])


def test_bad_shapes_are_refused():
    with pytest.raises(ValueError, match="one truth per image"):
        area_merit([1, 0], np.zeros((3, 2)))
    with pytest.raises(ValueError, match="unknown truth"):
        area_merit([1, 2], np.zeros((2, 2)))
    with pytest.raises(ValueError, match="n_conditions"):
        share_merit(np.zeros(3))
    with pytest.raises(ValueError, match="two resamples"):
        bootstrap_covariance(share_merit(np.ones((3, 2))), resamples=1, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="one class"):
        balanced_merit([1, 0], np.ones((2, 2))).pair_sums()
