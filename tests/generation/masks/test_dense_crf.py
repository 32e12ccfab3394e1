"""Our CRF over a bilateral grid, against the sum over every pair of pixels."""

import numpy as np
import pytest

from generation.masks.dense_crf import PUBLISHED, CrfConstants, refine_by_crf
from generation.masks.errors import MaskSizeError
from tests.generation.masks.scenes import small_picture


def brute_force(picture, probability, constants: CrfConstants):
    """Algorithm 1 of Krähenbühl and Koltun with two dense matrices: no grid, no truncation."""
    y, x = (axis.ravel().astype(np.float32) for axis in np.indices(picture.shape))
    grey = picture.ravel().astype(np.float32)
    place = np.square(y[:, None] - y) + np.square(x[:, None] - x)
    message = np.zeros_like(place)
    for weight, pixels, levels in (
        (constants.smooth_weight, constants.smooth_pixels, np.inf),
        (constants.alike_weight, constants.alike_pixels, constants.alike_levels),
    ):
        kernel = np.exp(-(place / pixels**2 + np.square(grey[:, None] - grey) / levels**2) / 2)
        root = 1 / np.sqrt(kernel.sum(axis=1))
        kernel *= weight * root
        message += root[:, None] * kernel
    p = probability.ravel().astype(np.float64)
    unary = -np.log(np.stack([1 - p, p]))
    belief = np.stack([1 - p, p])
    for _ in range(constants.iterations):
        # Potts: each label pays for what its neighbours believe of the other.
        energy = unary + (message @ belief[::-1].T).T
        belief = np.exp(-energy) / np.exp(-energy).sum(axis=0)
    return belief[1].reshape(picture.shape)


@pytest.mark.parametrize(
    "constants", [PUBLISHED, CrfConstants(1, 20, 2, 60, 15, 5), CrfConstants(0.5, 10, 0.5, 200, 6)]
)
def test_matches_the_exact_sum_over_all_pairs_of_pixels(constants):
    picture, probability = small_picture(64)
    exact = brute_force(picture, probability, constants.for_side(64))
    ours = refine_by_crf(picture, probability, constants)
    assert np.abs(ours - exact).mean() < 1e-3
    assert ((ours >= 0.5) == (exact >= 0.5)).mean() > 0.999


def test_a_mirrored_picture_gives_a_mirrored_mask():
    picture, probability = small_picture(48)
    ours = refine_by_crf(picture, probability)
    mirrored = refine_by_crf(np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(probability[:, ::-1]))
    assert np.abs(mirrored[:, ::-1] - ours).mean() < 1e-3


def test_swapping_structure_and_surroundings_swaps_the_result():
    picture, probability = small_picture(32)
    assert refine_by_crf(picture, 1 - probability) == pytest.approx(1 - refine_by_crf(picture, probability), abs=1e-4)


def test_without_weights_the_probability_stays_as_it_was():
    picture, probability = small_picture(32)
    assert refine_by_crf(picture, probability, CrfConstants(0, 3, 0, 80, 7)) == pytest.approx(probability, abs=1e-6)


def test_a_certain_pixel_stays_finite():
    picture, _ = small_picture(32)
    assert np.isfinite(refine_by_crf(picture, np.eye(32, dtype=np.float32))).all()


def test_a_picture_and_a_map_of_other_sizes_are_refused():
    picture, probability = small_picture(32)
    with pytest.raises(MaskSizeError, match=r"\(32, 32\).*\(31, 32\)"):
        refine_by_crf(picture, probability[1:])


def test_agrees_with_pydensecrf_where_that_is_installed():
    dcrf = pytest.importorskip("pydensecrf.densecrf", reason="pydensecrf2 is not installed; it needs a compiler.")
    picture, probability = small_picture(128)
    constants = PUBLISHED.for_side(128)
    crf = dcrf.DenseCRF2D(128, 128, 2)
    crf.setUnaryEnergy(np.ascontiguousarray(-np.log(np.stack([1 - probability, probability])).reshape(2, -1)))
    crf.addPairwiseGaussian(sxy=constants.smooth_pixels, compat=constants.smooth_weight)
    rgb = np.ascontiguousarray(np.repeat(picture[..., None], 3, axis=2))
    levels = constants.alike_levels * 3**0.5
    crf.addPairwiseBilateral(sxy=constants.alike_pixels, srgb=levels, rgbim=rgb, compat=constants.alike_weight)
    theirs = np.array(crf.inference(constants.iterations))[1].reshape(128, 128)
    assert np.abs(refine_by_crf(picture, probability) - theirs).mean() < 5e-3
