"""The measured quantity behind each finding: a number that the finding raises, and whether the finding is seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.ct.measure import ct_left_fluid, ct_left_haze, ct_spots
from lungstudy.library.pixels.phantom.measure import heart_to_the_right, heart_width_ratio
from lungstudy.library.pixels.phantom.measure_pleura import left_air, left_fluid
from lungstudy.library.pixels.phantom.measure_spots import Spot, clearest_spots
from lungstudy.library.pixels.phantom.measure_zones import clearest_opacity, left_excess

Grey = NDArray[np.uint8]

# Each lies between phantoms with and without the finding.
WIDE_HEART, FLUID, AIR_LEVELS, OPACITY_LEVELS, SPOT_LEVELS = 0.53, 0.055, 14.0, 18.0, 27.0
CT_FLUID, CT_HAZE_LEVELS, CT_SPOT_LEVELS = 0.07, 9.0, 78.0


@dataclass(frozen=True)
class Quantity:
    """What is measured, in words; larger means more of the finding. `nan` where a picture cannot be measured."""

    name: str
    value: Callable[[Grey], float]
    seen: Callable[[Grey], bool]


def heart_width() -> Quantity:
    """The heart's share of the chest's width."""
    return _above("heart / chest width", heart_width_ratio, WIDE_HEART)


def right_heart() -> Quantity:
    """How much further the heart reaches to the right than to the left, as in no phantom of the starter's training."""
    return _above("heart's reach to the right beyond the left / chest width", heart_to_the_right, 0.0)


def fluid(side: str) -> Quantity:
    """How much higher the lung ends on this side."""
    return _above(f"rise of the {side} lung's floor", _towards(side, left_fluid), FLUID)


def air(side: str) -> Quantity:
    """How much darker the outer rim of the lung is on this side."""
    return _above(f"darkness of the {side} rim, grey levels", _towards(side, left_air), AIR_LEVELS)


def opacity(side: str, zone: str) -> Quantity:
    """How much brighter this zone is than its mirror image."""

    def seen(image: Grey) -> bool:
        found = clearest_opacity(image)
        return (found.side, found.zone) == (side, zone) and found.excess > OPACITY_LEVELS

    value = _towards(side, lambda image: left_excess(image, zone))
    return Quantity(f"brightness of the {side} {zone} zone, grey levels", value, seen)


def spot(side: str, zone: str) -> Quantity:
    """How clearly a round spot stands out in this zone."""

    def found(image: Grey) -> list[Spot]:
        return [spot for spot in clearest_spots(image) if (spot.side, spot.zone) == (side, zone)]

    def seen(image: Grey) -> bool:
        return found(image)[:1] == clearest_spots(image)[:1] != [] and found(image)[0].strength > SPOT_LEVELS

    def value(image: Grey) -> float:
        return found(image)[0].strength if found(image) else float("nan")

    return Quantity(f"clearest spot in the {side} {zone} zone, grey levels", value, seen)


def ct_fluid(side: str) -> Quantity:
    """How much further forward the lung ends on this side."""
    return _above(f"rise of the {side} lung's back", _towards(side, ct_left_fluid), CT_FLUID)


def ct_haze(side: str) -> Quantity:
    """How much brighter the haziest part of the lung is on this side."""
    return _above(f"haze of the {side} lung, grey levels", _towards(side, ct_left_haze), CT_HAZE_LEVELS)


def ct_spot(side: str) -> Quantity:
    """How clearly a round spot stands out in this lung."""
    place = ("right", "left").index(side)

    def seen(image: Grey) -> bool:
        spots = ct_spots(image)
        return spots[place] == max(spots) and spots[place] > CT_SPOT_LEVELS

    return Quantity(f"clearest spot of the {side} lung, grey levels", lambda image: ct_spots(image)[place], seen)


def _above(name: str, value: Callable[[Grey], float], border: float) -> Quantity:
    return Quantity(name, value, lambda image: value(image) > border)


def _towards(side: str, left: Callable[[Grey], float]) -> Callable[[Grey], float]:
    """A measure of the left against the right, turned so that this side counts."""
    return left if side == "left" else lambda image: -left(image)
