"""Where maps are cut, against scikit-learn-free truth: brute force, invariance, and a histogram made by hand."""

import numpy as np
import pytest

from generation.masks.errors import UnusableAttentionError
from generation.masks.thresholds import cut_at, otsu, probability, valley


def two_hills(seed: int = 0, share: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(4000) < share, rng.normal(0.7, 0.08, 4000), rng.normal(0.25, 0.08, 4000))
    return values.reshape(50, 80).astype(np.float32)


def within_variance(plane: np.ndarray, threshold: float) -> float:
    above = plane >= threshold
    return sum(part.size * part.var() for part in (plane[above], plane[~above]))


def test_otsu_finds_the_threshold_of_least_variance_within_the_classes():
    plane = two_hills()
    best = min(within_variance(plane, each) for each in np.linspace(plane.min(), plane.max(), 2000)[1:-1])
    assert within_variance(plane, otsu(plane).threshold) == pytest.approx(best, rel=1e-3)


@pytest.mark.parametrize("cut", [otsu, valley])
@pytest.mark.parametrize(("scale", "shift"), [(3.0, 0.0), (0.01, 0.0), (1.0, 5.0), (40.0, -7.0)])
def test_stretching_or_shifting_a_map_changes_no_pixels_side(cut, scale, shift):
    plane = two_hills()
    other = (scale * plane.astype(np.float64) + shift).astype(np.float32)
    assert ((plane >= cut(plane).threshold) != (other >= cut(other).threshold)).mean() < 2e-3
    assert probability(other, cut(other)) == pytest.approx(probability(plane, cut(plane)), abs=0.01)


def test_the_valley_lies_where_the_histogram_is_emptiest_though_one_hill_is_small():
    plane = two_hills(share=0.04)
    assert 0.42 < valley(plane).threshold < 0.58


def test_a_probability_is_one_half_at_the_threshold_and_nine_tenths_at_the_mean_of_a_balanced_side():
    plane = np.array([[0.0, 1.0]], dtype=np.float32)
    assert probability(plane, cut_at(plane, 0.5)) == pytest.approx(np.array([[0.1, 0.9]]), abs=1e-6)
    assert probability(np.array([[0.5]], np.float32), cut_at(plane, 0.5))[0, 0] == pytest.approx(0.5)


def test_a_threshold_beyond_all_values_leaves_one_side_empty_and_no_number_undefined():
    plane = np.array([[0.1, 0.2]], dtype=np.float32)
    assert np.isfinite(probability(plane, cut_at(plane, 0.5))).all()
    assert (probability(plane, cut_at(plane, 0.5)) < 0.5).all()


def test_a_map_of_one_value_is_refused():
    with pytest.raises(UnusableAttentionError, match="same everywhere"):
        otsu(np.ones((4, 4), dtype=np.float32))
