"""What a new word may be taught to mean, on phantoms: what the starter draws already, and what it never saw."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from generation.diffusion.training.quantities import Grey, Quantity, heart_width, right_heart
from lungstudy.library.pixels.phantom import Finding, draw_phantom

# Phantoms that neither the starter's training nor its card has seen; each seed of a run has its own.
FIRST_PHANTOM, PHANTOMS_OF_A_SEED = 700_000_000, 1_000_000


@dataclass(frozen=True)
class WordTarget:
    """A meaning: the word, the finding that its phantoms have, what is done to their pictures, and what is measured."""

    name: str
    word: str
    finding: Finding
    shown: Callable[[Grey], Grey]
    quantity: Quantity

    def pictures(self, wanted: int, seed: int, size: int) -> list[Grey]:
        """PA phantoms with this meaning."""
        return list(islice(self._all(FIRST_PHANTOM + seed * PHANTOMS_OF_A_SEED, size), wanted))

    def _all(self, first: int, size: int) -> Iterator[Grey]:
        drawn = (draw_phantom(at, self.finding, size) for at in count(first))
        return (self.shown(phantom.image) for phantom in drawn if phantom.view == "PA")


def as_drawn(picture: Grey) -> Grey:
    """The phantom as it is."""
    return picture


def mirrored(picture: Grey) -> Grey:
    """Left and right exchanged: the heart lies on the patient's right, as in situs inversus."""
    return np.ascontiguousarray(picture[:, ::-1])


TARGETS = {
    "large_heart": WordTarget("a large heart", "<large-heart>", Finding.CARDIOMEGALY, as_drawn, heart_width()),
    "right_heart": WordTarget("a heart on the right", "<right-heart>", Finding.NORMAL, mirrored, right_heart()),
}
