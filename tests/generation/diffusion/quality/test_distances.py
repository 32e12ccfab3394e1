"""Distances between sets of features: against closed forms, another library's numbers, and plain loops."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from generation.diffusion.quality.frechet import distance_of, frechet, frechet_distance
from generation.diffusion.quality.kernel import kernel_distance, polynomial

# Of the samples below, by torchmetrics 1.9.0: _compute_fid, maximum_mean_discrepancy with poly_kernel.
FID, KID = 1.5779890330326012, 0.29260127175651585


def test_the_distance_of_two_gaussians_with_one_axis_each_is_known():
    spread_a, spread_b = np.array([1.0, 2.0, 0.5]), np.array([3.0, 2.0, 0.1])
    mean_a, mean_b = np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0])
    found = frechet_distance(mean_a, np.diag(spread_a**2), mean_b, np.diag(spread_b**2))
    assert found == pytest.approx(((mean_a - mean_b) ** 2).sum() + ((spread_a - spread_b) ** 2).sum())


def test_covariances_that_do_not_commute_agree_with_the_matrix_root():
    draw = np.random.default_rng(1)
    a, b = (m @ m.T for m in draw.standard_normal((2, 5, 5)))
    expected = np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert frechet_distance(np.zeros(5), a, np.zeros(5), b) == pytest.approx(expected)


def test_a_covariance_without_full_rank_gives_a_number():
    flat = np.diag([1.0, 0.0, 0.0])
    assert frechet_distance(np.zeros(3), flat, np.zeros(3), np.eye(3)) == pytest.approx(2.0)


def samples() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(5)
    return draw.standard_normal((40, 6)), draw.standard_normal((40, 6)) * 1.3 + 0.2


def test_both_distances_are_those_of_torchmetrics_1_9():
    one, other = samples()
    assert distance_of(one, other) == pytest.approx(FID, rel=1e-9)
    assert kernel_distance(one, other).whole == pytest.approx(KID, rel=1e-9)


def test_the_kernel_distance_is_that_of_a_plain_loop():
    one, other = samples()
    other = other[:33]  # blocks of unequal size
    pairs = [polynomial(a[None], b[None])[0, 0] for i, a in enumerate(one) for j, b in enumerate(one) if i != j]
    within = np.mean(pairs)
    pairs = [polynomial(a[None], b[None])[0, 0] for i, a in enumerate(other) for j, b in enumerate(other) if i != j]
    expected = within + np.mean(pairs) - 2 * np.mean([polynomial(a[None], b[None])[0, 0] for a in one for b in other])
    found = kernel_distance(one, other)
    assert found.whole == pytest.approx(expected)
    assert found.without_synthetic[0] == pytest.approx(kernel_distance(one[2:], other).whole)
    assert found.without_reference[-1] == pytest.approx(kernel_distance(one, other[:-1]).whole)


def test_identical_sets_are_at_no_distance():
    one, _ = samples()
    assert distance_of(one, one) == pytest.approx(0, abs=1e-9)
    assert kernel_distance(one, one).whole < 0  # unbiased: what is the very same counts as nearer than chance


def test_the_bias_of_few_images_is_taken_away_and_the_interval_holds_the_truth():
    draw = np.random.default_rng(2)
    runs = [frechet(draw.standard_normal((120, 8)) + 0.3, draw.standard_normal((200, 8))) for _ in range(12)]
    truth = 8 * 0.3**2
    assert np.mean([run.whole for run in runs]) > truth + 0.1
    assert np.mean([run.unbiased for run in runs]) == pytest.approx(truth, abs=0.1)
    intervals = [run.around(run.unbiased, 120, 200) for run in runs]
    assert sum(one.low <= truth <= one.high for one in intervals) >= 10
