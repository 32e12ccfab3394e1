"""Which images are held out: whole patients, chosen by a seed. No torch here."""

from collections import Counter
from collections.abc import Sequence

import numpy as np


def held_out(patients: Sequence[str], share: float, seed: int) -> list[bool]:
    """True for the images to hold out; all images of one patient stand on one side.

    Parameters
    ----------
    patients : sequence of str
        A key for each image; an image without one counts as a patient of its own.
    share : float
        About what share of the images to hold out, 0 for none. At least one patient always stays to learn from.
    """
    keys = [key or f"\0{number}" for number, key in enumerate(patients)]
    counts = Counter(keys)
    order = np.random.default_rng(seed).permutation(len(unique := sorted(counts)))
    wanted, taken, chosen = share * len(keys), 0, set[str]()
    for key in [unique[at] for at in order[:-1]]:
        images = counts[key]
        if taken + images / 2 <= wanted and share > 0:
            chosen.add(key)
            taken += images
    return [key in chosen for key in keys]
