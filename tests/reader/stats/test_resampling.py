"""Resampling by weights is resampling by hand, and says about whom it speaks."""

import numpy as np
import pytest
from hypothesis import given, settings

from reader.stats import replicates
from reader.stats.coefficients import Coefficient, coefficients
from reader.stats.estimate import Population
from reader.stats.replicates import Reweighting
from reader.stats.resampling import Sampled, bootstrap, bootstrap_replicates, jackknife_readers, with_readers_sampled
from reader.stats.verdicts import MISSING
from reader.stats.weights import Weights, agreement_weights
from tests.reader.stats.random_studies import codes_of_shape, same, seeds, study

codes = codes_of_shape(images=(2, 20), readers=(2, 5))


def values(codes, weights):
    return [one.value for one in coefficients(codes, 3, weights).values()]


def of_set(drawn, index):
    return [drawn[name][index] for name in Coefficient]


@settings(max_examples=50)
@given(codes, seeds)
def test_weighting_images_is_writing_them_down_so_often(codes, seed):
    copies = np.random.default_rng(seed).integers(3, size=(4, len(codes)))
    for weights in (Weights.IDENTITY, Weights.ORDINAL):
        drawn = Reweighting(codes, 3, weights).images_anew(copies.astype(float))
        for index, times in enumerate(copies):
            assert same(of_set(drawn, index), values(np.repeat(codes, times, axis=0), weights))


@settings(max_examples=50)
@given(codes, seeds)
def test_weighting_readers_by_0_and_1_is_leaving_some_out(codes, seed):
    copies = np.random.default_rng(seed).integers(2, size=(4, codes.shape[1]))
    for weights in (Weights.IDENTITY, Weights.ORDINAL):
        drawn = Reweighting(codes, 3, weights).readers_anew(copies.astype(float))
        for index, times in enumerate(copies):
            assert same(of_set(drawn, index), values(codes[:, times == 1], weights))


def percent_by_hand(codes, copies, matrix):
    """Over pairs of drawn readers, pairs of one reader with himself left out."""
    drawn = np.repeat(np.arange(codes.shape[1]), copies)
    per_image = []
    for row in codes:
        pairs = [
            matrix[row[a], row[b]]
            for i, a in enumerate(drawn)
            for b in drawn[i + 1 :]
            if a != b and row[a] != MISSING and row[b] != MISSING
        ]
        per_image += [np.mean(pairs)] if pairs else []
    return np.mean(per_image)


def test_a_reader_drawn_twice_is_not_compared_with_himself():
    codes, copies = study(4, 20, 5, share_missing=0.2), np.array([2, 1, 0, 3, 1])
    for weights in Weights:
        drawn = Reweighting(codes, 3, weights).readers_anew(copies[None].astype(float))
        by_hand = percent_by_hand(codes, copies, agreement_weights(weights, 3))
        assert drawn[Coefficient.PERCENT_AGREEMENT][0] == pytest.approx(by_hand)


def test_every_reader_drawn_twice_changes_nothing_but_how_often_each_pair_counts():
    codes = study(5, 40, 4, share_missing=0)
    data = Reweighting(codes, 3)
    once, twice = data.readers_anew(np.ones((1, 4))), data.readers_anew(np.full((1, 4), 2.0))
    for name in set(Coefficient) - {Coefficient.KRIPPENDORFF_ALPHA}:
        assert twice[name] == pytest.approx(once[name])


def test_weighting_both_is_weighting_readers_on_images_written_down_so_often():
    codes, rng = study(6, 15, 4, share_missing=0.2), np.random.default_rng(6)
    images, readers = rng.integers(3, size=(5, 15)), rng.integers(3, size=(5, 4)).astype(float)
    both = Reweighting(codes, 3, Weights.LINEAR).both_anew(images.astype(float), readers)
    for index in range(5):
        written = Reweighting(np.repeat(codes, images[index], axis=0), 3, Weights.LINEAR)
        assert same(of_set(both, index), of_set(written.readers_anew(readers[[index]]), 0))


@pytest.mark.parametrize("sampled", Sampled)
def test_the_same_seed_gives_the_same_resamples_however_they_are_cut_into_pieces(sampled, monkeypatch):
    data = Reweighting(study(7, 30, 4), 3)
    whole = bootstrap_replicates(data, sampled=sampled, n_resamples=41, seed=8)
    again = bootstrap_replicates(data, sampled=sampled, n_resamples=41, seed=8)
    monkeypatch.setattr(replicates, "CELLS", 30 * 9 * 4)
    other = bootstrap_replicates(data, sampled=sampled, n_resamples=41, seed=9)
    for name in Coefficient:
        assert len(whole[name]) == 41
        assert (whole[name] == again[name]).all()
        assert (whole[name] != other[name]).any()


def test_small_pieces_give_the_resamples_of_images_that_large_ones_give(monkeypatch):
    data = Reweighting(study(7, 30, 4), 3)
    whole = bootstrap_replicates(data, sampled=Sampled.IMAGES, n_resamples=41, seed=8)
    monkeypatch.setattr(replicates, "CELLS", 30 * 4)
    pieces = bootstrap_replicates(data, sampled=Sampled.IMAGES, n_resamples=41, seed=8)
    for name in Coefficient:
        assert pieces[name] == pytest.approx(whole[name], abs=1e-12)


def test_the_bootstrap_of_images_has_the_limits_of_krippendorff_on_the_same_draws():
    library = pytest.importorskip("krippendorff", reason="krippendorff is not installed, see requirements/dev.in")
    codes = study(9, 60, 5)
    drawn = np.random.default_rng(10).integers(60, size=(200, 60))
    ratings = np.where(codes == MISSING, np.nan, codes).T
    theirs = [library.alpha(ratings[:, row], value_domain=[0, 1, 2], level_of_measurement="nominal") for row in drawn]
    ours = bootstrap(codes, 3, sampled=Sampled.IMAGES, n_resamples=200, seed=10)[Coefficient.KRIPPENDORFF_ALPHA]
    assert (ours.low, ours.high) == pytest.approx(np.quantile(theirs, [0.025, 0.975]), abs=1e-10)
    assert ours.se == pytest.approx(np.std(theirs, ddof=1), abs=1e-10)


def test_the_bootstrap_of_images_has_the_error_of_the_formula():
    codes = study(11, 400, 5, share_missing=0.1)
    drawn = bootstrap(codes, 3, sampled=Sampled.IMAGES, seed=12)
    for name, formula in coefficients(codes, 3).items():
        assert drawn[name].se == pytest.approx(formula.se, rel=0.06)
        assert drawn[name].population == formula.population == Population.THESE_READERS


def different_readers(seed, n_readers):
    """Readers who differ in how often they guess, so that readers matter beside images."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(3, size=(150, 1))
    return np.where(
        rng.random((150, n_readers)) < np.linspace(0, 1, n_readers), truth, rng.integers(3, size=(150, n_readers))
    )


def test_the_bootstrap_of_readers_has_about_the_error_of_the_jackknife_and_names_its_population():
    codes = different_readers(13, 20)
    drawn, left_out = bootstrap(codes, 3, sampled=Sampled.READERS, seed=14), jackknife_readers(codes, 3)
    for name in Coefficient:
        assert drawn[name].se == pytest.approx(left_out[name].se, rel=0.15)
        assert drawn[name].population == left_out[name].population == Population.READERS_LIKE_THESE


def test_drawing_readers_and_images_gives_a_wider_interval_than_either_and_about_that_of_both_formulas():
    codes = different_readers(15, 12)
    drawn = {sampled: bootstrap(codes, 3, sampled=sampled, seed=16) for sampled in Sampled}
    over_images, over_readers = coefficients(codes, 3), jackknife_readers(codes, 3)
    for name in Coefficient:
        both = with_readers_sampled(over_images[name], over_readers[name])
        assert both.population == drawn[Sampled.BOTH][name].population == Population.READERS_AND_IMAGES
        assert drawn[Sampled.BOTH][name].se > max(drawn[one][name].se for one in (Sampled.IMAGES, Sampled.READERS))
        assert both.se == pytest.approx((over_images[name].se ** 2 + over_readers[name].se ** 2) ** 0.5)
        assert drawn[Sampled.BOTH][name].se == pytest.approx(both.se, rel=0.2)


def test_the_jackknife_leaves_out_one_reader_at_a_time():
    codes = study(17, 40, 6, share_missing=0.1)
    left_out = np.array([values(np.delete(codes, reader, axis=1), Weights.QUADRATIC) for reader in range(6)])
    expected = (5 * left_out.var(axis=0)) ** 0.5
    found = jackknife_readers(codes, 3, Weights.QUADRATIC)
    assert [found[name].se for name in Coefficient] == pytest.approx(expected, abs=1e-12)
    assert {found[name].df for name in Coefficient} == {5}
