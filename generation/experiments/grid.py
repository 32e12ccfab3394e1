"""What an experiment trains: arms x nets x numbers of real images x seeds, as a list of cells. No torch here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Arm(StrEnum):
    """What a net learns from."""

    REAL = "real"
    BOTH = "real + synthetic"
    SYNTHETIC = "synthetic"
    FROM_TEN = "synthetic from 10"

    @property
    def takes_real(self) -> bool:
        """Whether it learns from real images, so that their number matters."""
        return self in (Arm.REAL, Arm.BOTH)

    @property
    def takes_synthetic(self) -> bool:
        """Whether it learns from synthetic images."""
        return self != Arm.REAL


@dataclass(frozen=True)
class Cell:
    """One net to be trained and tested.

    Attributes
    ----------
    n_real : int
        Real images to learn from, 0 in arms without.
    seed : int
        Decides the net's start, the batches, their augmentation, and which real images a smaller number takes.
    """

    arm: Arm
    net: str
    n_real: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Everything that is crossed."""

    arms: Sequence[Arm]
    nets: Sequence[str]
    numbers: Sequence[int]
    seeds: Sequence[int]

    def cells(self) -> list[Cell]:
        """Seed by seed, so that a whole learning curve is there early and later ones narrow its intervals."""
        return [
            Cell(arm, net, number, seed)
            for seed in self.seeds
            for net in self.nets
            for arm in self.arms
            for number in (self.numbers if arm.takes_real else (0,))
        ]


def numbers_up_to(wanted: Sequence[int], n_real: int) -> list[int]:
    """The wanted numbers of real images that there are enough for, and all of them, rising."""
    return sorted({number for number in wanted if 0 < number < n_real} | {n_real})
