"""The prompts of the starter's card, and what each must raise against its own kind's normal prompt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.training import quantities
from generation.diffusion.training.quantities import Quantity
from lungstudy.library.pixels.phantom import Finding, Phantom, draw_phantom
from lungstudy.library.pixels.phantom.anatomy import SIDES, ZONES
from lungstudy.library.pixels.phantom.ct import CtFinding, CtPhantom, draw_ct_phantom

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Kind:
    """A kind of picture: how its prompts open and end where nothing is wrong, and its phantoms."""

    opening: str
    normal_words: str
    draw: Callable[[int, str, int], Phantom | CtPhantom]

    @property
    def normal_prompt(self) -> str:
        """The prompt that all others of this kind are compared with."""
        return f"{self.opening}, {self.normal_words}"

    def shown_by(self, phantom: Phantom | CtPhantom) -> bool:
        """Whether a phantom has the opening's view or level."""
        return phantom.view == "PA" if isinstance(phantom, Phantom) else phantom.level == "heart"


RADIOGRAPH = Kind("frontal chest radiograph, PA view", "normal heart, clear lungs", draw_phantom)
CT_SLICE = Kind("axial CT of the chest, lung window, level of the heart", "clear lungs", draw_ct_phantom)


@dataclass(frozen=True)
class Expectation:
    """A prompt's last words, the phantoms that show the same, and the quantity that both must raise."""

    kind: Kind
    words: str
    finding: str
    side: str
    zone: str
    quantity: Quantity

    @property
    def prompt(self) -> str:
        """The words as a whole prompt."""
        return f"{self.kind.opening}, {self.words}"

    def shown_by(self, phantom: Phantom | CtPhantom) -> bool:
        """Whether a phantom with the finding has it in the same place."""
        zone = phantom.zone if isinstance(phantom, Phantom) else ""
        return (phantom.side, zone) == (self.side, self.zone) and self.kind.shown_by(phantom)


def _radiographs() -> Iterator[Expectation]:
    def row(words: str, finding: Finding, side: str, zone: str, quantity: Quantity) -> Expectation:
        return Expectation(RADIOGRAPH, words, finding, side, zone, quantity)

    yield row("cardiomegaly, enlarged heart", Finding.CARDIOMEGALY, "", "", quantities.heart_width())
    for side, finding in (("left", Finding.LEFT_EFFUSION), ("right", Finding.RIGHT_EFFUSION)):
        yield row(f"{side} pleural effusion", finding, side, "", quantities.fluid(side))
    for side in SIDES:
        yield row(f"{side} pneumothorax", Finding.PNEUMOTHORAX, side, "", quantities.air(side))
    for side in SIDES:
        for zone in ZONES:
            where = f"{side} {zone} zone"
            yield row(f"pneumonia, {where}", Finding.PNEUMONIA, side, zone, quantities.opacity(side, zone))
            yield row(f"nodule, {where}", Finding.NODULE, side, zone, quantities.spot(side, zone))


def _slices() -> Iterator[Expectation]:
    effusions = {"left": CtFinding.LEFT_EFFUSION, "right": CtFinding.RIGHT_EFFUSION}
    for side in SIDES:
        for words, finding, quantity in (
            (f"nodule in the {side} lung", CtFinding.NODULE, quantities.ct_spot(side)),
            (f"ground glass opacity in the {side} lung", CtFinding.GROUND_GLASS, quantities.ct_haze(side)),
            (f"{side} pleural effusion", effusions[side], quantities.ct_fluid(side)),
        ):
            yield Expectation(CT_SLICE, words, finding, side, "", quantity)


EXPECTATIONS = (*_radiographs(), *_slices())
