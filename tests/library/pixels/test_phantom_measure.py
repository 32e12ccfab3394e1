"""The measuring functions against what the phantoms were drawn with."""

import numpy as np
import pytest

from lungstudy.library.pixels.phantom import Finding, draw_phantom
from lungstudy.library.pixels.phantom.measure import (
    aerated_lung,
    heart_width_ratio,
    lung_floors,
    side_of_effusion,
)

SEEDS = range(1000, 1030)


def ratios(finding: Finding) -> np.ndarray:
    return np.array([heart_width_ratio(draw_phantom(seed, finding, 128).image) for seed in SEEDS])


def test_the_measured_heart_is_as_wide_as_the_drawn_one():
    phantoms = [draw_phantom(seed, finding, 128) for seed in SEEDS for finding in ("normal", "cardiomegaly")]
    drawn = np.array([phantom.cardiothoracic_ratio for phantom in phantoms])
    measured = np.array([heart_width_ratio(phantom.image) for phantom in phantoms])
    seen = ~np.isnan(measured)
    assert seen.mean() > 0.95
    assert np.corrcoef(drawn[seen], measured[seen])[0, 1] > 0.95
    assert abs(drawn[seen] - measured[seen]).mean() < 0.03


def test_cardiomegaly_is_told_from_normal_by_the_usual_border():
    assert np.nanmax(ratios(Finding.NORMAL)) < 0.53 < np.nanmin(ratios(Finding.CARDIOMEGALY))


def test_the_side_of_an_effusion_is_found():
    for finding, side in ((Finding.LEFT_EFFUSION, "left"), (Finding.RIGHT_EFFUSION, "right"), (Finding.NORMAL, "")):
        found = [side_of_effusion(draw_phantom(seed, finding, 128).image) for seed in SEEDS]
        assert np.mean([one == side for one in found]) > 0.95


def test_a_mirrored_film_has_the_effusion_on_the_other_side():
    image = draw_phantom(3, "left effusion", 128).image
    assert side_of_effusion(np.ascontiguousarray(image[:, ::-1])) == "right"


@pytest.mark.parametrize("size", [128, 256, 512])
def test_size_hardly_changes_the_measurement(size):
    for seed in range(5):
        image = draw_phantom(seed, "cardiomegaly", size).image
        assert heart_width_ratio(image) == pytest.approx(
            heart_width_ratio(draw_phantom(seed, "cardiomegaly", 128).image), abs=0.04
        )


def test_the_rough_mask_agrees_with_the_true_one():
    for seed in range(10):
        phantom = draw_phantom(seed, "normal", 128)
        found = aerated_lung(phantom.image)
        assert (found & phantom.lung_mask).sum() / (found | phantom.lung_mask).sum() > 0.8


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_has_no_heart_and_no_fluid(level):
    blank = np.full((128, 128), level, np.uint8)
    assert np.isnan(heart_width_ratio(blank))
    assert side_of_effusion(blank) == ""
    assert all(np.isnan(lung_floors(blank)))
