"""Readers against themselves: occasions of one reader are what readers are elsewhere."""

import numpy as np
import pytest

from reader.stats.coefficients import Coefficient, coefficients
from reader.stats.cohen import cohen_kappa
from reader.stats.estimate import NAN, Estimate, Population, undefined
from reader.stats.intra import KAPPA, intra_reader, mean_over_readers
from reader.stats.verdicts import MISSING, pair_tables
from reader.stats.weights import Weights
from tests.reader.stats.random_studies import study


def repeats(n_readers=3, n_occasions=2):
    """Verdicts of readers who each see 40 images, 25 of them again."""
    said = np.stack([study(reader, 40, n_occasions) for reader in range(n_readers)], axis=1)
    said[25:, :, 1:] = MISSING
    return said


@pytest.mark.parametrize("weights", Weights)
def test_each_reader_has_the_coefficients_of_his_occasions_on_the_images_he_saw_twice(weights):
    said = repeats()
    for reader, found in enumerate(intra_reader(said, 3, weights)):
        twice = said[:, reader][(said[:, reader] != MISSING).all(axis=1)]
        for name, expected in coefficients(twice, 3, weights).items():
            assert (found[name].value, found[name].se, found[name].n) == (expected.value, expected.se, len(twice))
            assert found[name].population == Population.THIS_READER
        kappa = cohen_kappa(pair_tables(twice, 3)[0, 1], weights)
        assert (found[KAPPA].value, found[KAPPA].se) == pytest.approx((kappa.value, kappa.se))


def test_images_seen_once_move_nothing():
    said = repeats()
    without = np.where((said != MISSING).all(axis=2, keepdims=True), said, MISSING)
    assert intra_reader(said, 3) == intra_reader(without, 3)


def test_three_occasions_give_the_mean_over_their_pairs():
    said = study(5, 40, 3, share_missing=0)[:, None]
    [found] = intra_reader(said, 3)
    tables = pair_tables(said[:, 0], 3)
    pairs = [cohen_kappa(tables[a, b]).value for a, b in ((0, 1), (0, 2), (1, 2))]
    assert found[KAPPA].value == pytest.approx(np.mean(pairs))


def test_a_reader_without_repeats_has_no_agreement_with_himself():
    said = repeats()
    said[:, 1, 1] = MISSING
    found = intra_reader(said, 3)[1]
    assert set(found) == {KAPPA, *(name.value for name in Coefficient)}
    assert all("shown to this reader twice" in one.reason for one in found.values())


def test_the_mean_over_readers_takes_readers_and_not_repeats_as_the_sample():
    each = [Estimate(value, 0, 1, 25, Population.THIS_READER) for value in (0.5, 0.6, 0.7)]
    each.append(undefined("No image.", n=0, population=Population.THIS_READER))
    mean = mean_over_readers(each)
    assert (mean.value, mean.n, mean.df) == (pytest.approx(0.6), 3, 2)
    assert (mean.low, mean.high) == pytest.approx((0.6 - 4.302653 * 0.1 / 3**0.5, 0.6 + 4.302653 * 0.1 / 3**0.5))
    assert mean.population == Population.READERS_LIKE_THESE
    assert mean.warning == "Readers left out for want of a defined value: 1."


def test_one_reader_or_none_or_equal_ones_give_no_interval_over_readers():
    one = Estimate(0.5, 0, 1, 25, Population.THIS_READER)
    assert "single reader" in mean_over_readers([one]).reason
    assert "standard error is 0" in mean_over_readers([one, one]).reason
    assert "No reader" in mean_over_readers([]).reason
    assert np.isnan([mean_over_readers([]).value, NAN]).all()


def test_codes_without_occasions_are_refused():
    with pytest.raises(ValueError, match="n_occasions"):
        intra_reader(study(1, 5, 2), 3)
