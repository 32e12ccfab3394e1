"""Parts a batch into folds so that each picture is judged by a net that never saw it, nor another of its patient."""

from collections.abc import Sequence

import numpy as np


def folds_of(groups: Sequence[str], folds: int, seed: int) -> list[int]:
    """Each picture's fold, 0 to `folds` - 1: whole groups, in random order, each into the smallest fold so far.

    Parameters
    ----------
    groups : sequence of str
        One a picture: its patient, say. Pictures of one group share a fold; an empty string is a group of its own.

    Raises
    ------
    ValueError
        If there are fewer groups than folds.
    """
    names = [group or f"\0{index}" for index, group in enumerate(groups)]
    distinct = sorted(set(names))
    if len(distinct) < folds:
        raise ValueError(f"{len(distinct)} groups of pictures cannot be parted into {folds} folds.")
    order = np.random.default_rng(seed).permutation(len(distinct))
    sizes, fold_of = [0] * folds, {}
    for index in order:
        smallest = int(np.argmin(sizes))
        fold_of[distinct[index]] = smallest
        sizes[smallest] += names.count(distinct[index])
    return [fold_of[name] for name in names]
