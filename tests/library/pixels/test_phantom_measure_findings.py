"""The measures of opacities, spots, air and fluid against what the phantoms were drawn with."""

import numpy as np
import pytest

from lungstudy.library.pixels.phantom import draw_phantom
from lungstudy.library.pixels.phantom.ct import draw_ct_phantom
from lungstudy.library.pixels.phantom.ct.measure import ct_left_fluid, ct_left_haze, ct_spots
from lungstudy.library.pixels.phantom.measure_pleura import left_air, left_fluid
from lungstudy.library.pixels.phantom.measure_spots import clearest_spots, standing_out
from lungstudy.library.pixels.phantom.measure_zones import clearest_opacity, left_excess

SEEDS = range(3000, 3030)


def films(finding: str) -> list:
    return [draw_phantom(seed, finding, 128) for seed in SEEDS]


def slices(finding: str) -> list:
    return [draw_ct_phantom(seed, finding, 128) for seed in SEEDS]


def towards(phantoms: list, left) -> np.ndarray:
    """A measure of left against right, positive where it points to the drawn side (left in normal ones)."""
    values = np.array([left(phantom.image) * (-1 if phantom.side == "right" else 1) for phantom in phantoms])
    return values[~np.isnan(values)]


def told_apart(ill: np.ndarray, well: np.ndarray) -> float:
    """Area under the receiver operating curve (Hanley & McNeil 1982): how often the ill one of a pair is larger."""
    return float(np.mean(ill[:, None] > well[None, :]))


@pytest.mark.parametrize(
    ("draw", "finding", "left"),
    [
        (films, "left effusion", left_fluid),
        (films, "right effusion", left_fluid),
        (films, "pneumothorax", left_air),
        (slices, "left effusion", ct_left_fluid),
        (slices, "right effusion", ct_left_fluid),
        (slices, "ground glass opacity", ct_left_haze),
    ],
)
def test_a_sided_finding_is_told_from_normal_and_its_side_found(draw, finding, left):
    ill, well = towards(draw(finding), left), abs(towards(draw("normal"), left))
    assert len(ill) >= 28
    assert (ill > 0).mean() > 0.95
    assert told_apart(ill, well) > 0.93


@pytest.mark.parametrize("left", [left_fluid, left_air])
def test_a_mirrored_film_has_the_finding_on_the_other_side(left):
    finding = "left effusion" if left is left_fluid else "pneumothorax"
    for phantom in films(finding)[:6]:
        seen, mirrored = left(phantom.image), left(np.ascontiguousarray(phantom.image[:, ::-1]))
        assert np.sign(seen) == -np.sign(mirrored)


def test_a_nodule_on_a_film_is_the_clearest_spot_in_its_place():
    ill, well = films("nodule"), films("normal")
    places = [clearest_spots(phantom.image)[0] for phantom in ill]
    hits = [(spot.side, spot.zone) == (phantom.side, phantom.zone) for spot, phantom in zip(places, ill, strict=True)]
    assert np.mean(hits) > 0.85
    seen = np.array([spot.strength for spot in places])
    assert told_apart(seen, np.array([clearest_spots(phantom.image)[0].strength for phantom in well])) > 0.93


def test_a_nodule_in_a_slice_is_the_clearest_spot_on_its_side():
    ill, well = slices("nodule"), slices("normal")
    spots = np.array([ct_spots(phantom.image) for phantom in ill])  # right, left
    assert np.mean([spots[n].argmax() == (phantom.side == "left") for n, phantom in enumerate(ill)]) > 0.93
    assert told_apart(spots.max(axis=1), np.array([max(ct_spots(phantom.image)) for phantom in well])) > 0.95


def test_the_place_of_pneumonia_is_found():
    ill = films("pneumonia")
    found = [clearest_opacity(phantom.image) for phantom in ill]
    assert np.mean([one.side == phantom.side for one, phantom in zip(found, ill, strict=True)]) > 0.93
    hits = [(one.side, one.zone) == (phantom.side, phantom.zone) for one, phantom in zip(found, ill, strict=True)]
    assert np.mean(hits) > 0.8


@pytest.mark.parametrize("zone", ["upper", "mid", "lower"])
def test_an_opacity_is_measured_in_grey_levels(zone):
    """Twenty grey levels added to the left half of a film are twenty more on the left."""
    image = draw_phantom(1, "normal", 128).image // 2
    brighter = image.copy()
    brighter[:, 64:] += 20
    assert left_excess(brighter, zone) - left_excess(image, zone) == pytest.approx(20)


def test_a_disc_stands_out_and_a_line_does_not():
    down, across = np.mgrid[:128, :128]
    disc = np.where(np.hypot(down - 64, across - 64) < 4, 100, 0).astype(np.float32)
    line = np.where(abs(down - across) < 4, 100, 0).astype(np.float32)
    assert standing_out(disc)[64, 64] > 80
    assert standing_out(line)[64, 64] < 40


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_cannot_be_measured(level):
    blank = np.full((128, 128), level, np.uint8)
    assert all(np.isnan(measured(blank)) for measured in (left_fluid, left_air, ct_left_fluid, ct_left_haze))
    assert np.isnan(ct_spots(blank)).all()
    assert clearest_spots(blank) == []


@pytest.mark.parametrize("size", [256, 512])
def test_size_hardly_changes_the_measurement(size):
    for seed in range(3):
        small, large = (draw_ct_phantom(seed, "left effusion", each).image for each in (128, size))
        assert ct_left_fluid(large) == pytest.approx(ct_left_fluid(small), abs=0.03)
        small, large = (draw_phantom(seed, "pneumothorax", each).image for each in (128, size))
        assert left_air(large) == pytest.approx(left_air(small), abs=8)
