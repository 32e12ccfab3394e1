"""Which training images each batch holds: every group equally often, however few images it has. No torch here."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


def batches(groups: Sequence[str], size: int, seed: int) -> Iterator[Places]:
    """Endless batches of places.

    Parameters
    ----------
    groups : sequence of str
        Each image's group, such as real or synthetic, with the finding or without: a batch takes of each in turn, so
        that a handful of real images is not drowned by thousands of synthetic ones.
    """
    rng = np.random.default_rng([seed, 1])
    decks = [deck(np.flatnonzero(np.asarray(groups) == group), rng) for group in sorted(set(groups))]
    turn = 0
    while True:
        drawn = [next(decks[(turn + at) % len(decks)]) for at in range(size)]
        turn = (turn + size) % len(decks)
        yield np.array(drawn, dtype=np.int64)


def deck(places: Places, rng: np.random.Generator) -> Iterator[int]:
    """Every place once in random order, then all again."""
    while True:
        yield from rng.permutation(places).tolist()
