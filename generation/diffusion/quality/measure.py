"""All that is measured of a synthetic set beside a reference, as plain numbers that a page can show."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.quality.copies import Copies, copies_among
from generation.diffusion.quality.copies_report import copies_json
from generation.diffusion.quality.estimate import Estimate, mean_of, undefined
from generation.diffusion.quality.features import Described
from generation.diffusion.quality.frechet import frechet
from generation.diffusion.quality.kernel import kernel_distance
from generation.diffusion.quality.neighbours import neighbourhoods

FEWEST = 20
ROWS = ("fid", "fid_unbiased", "kid", "precision", "recall", "density", "coverage")


@dataclass(frozen=True)
class Compared:
    """Everything about two sets: rows of estimates beside their floor, and the search for copies."""

    rows: dict[str, Estimate]
    floor: dict[str, Estimate]
    copies: Copies | None
    without_copies: str

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; images are named by their place in the set."""
        return {
            "rows": {name: one.as_json() for name, one in self.rows.items()},
            "floor": {name: one.as_json() for name, one in self.floor.items()},
            "copies": copies_json(self.copies) if self.copies else {"reason": self.without_copies},
        }


def compare(
    synthetic: Described, reference: Described, groups: NDArray[np.int64], seed: int, similar: dict[str, NDArray[Any]]
) -> Compared:
    """Measure a synthetic set beside a reference; the floor is one half of the reference beside the other.

    Parameters
    ----------
    groups : ndarray of int
        The patient of each reference image: the halves share no patient.
    similar : dict
        `synthetic` and `reference`: structural similarities of pairs, taken while the pictures were at hand.
    """
    generator = np.random.default_rng(seed)
    mixed_s, mixed_r = generator.permutation(len(synthetic)), generator.permutation(len(reference))
    rows = distances(synthetic.features[mixed_s], reference.features[mixed_r])
    one, other = halves(groups, generator)
    floor = distances(reference.features[one], reference.features[other])
    rows["ms_ssim"] = similarity(similar["synthetic"], len(synthetic), 0)
    floor["ms_ssim"] = similarity(similar["reference"], 0, len(reference))
    try:
        return Compared(rows, floor, copies_among(synthetic, reference, groups), "")
    except ValueError as error:
        return Compared(rows, floor, None, str(error))


def distances(synthetic: NDArray[np.float64], reference: NDArray[np.float64]) -> dict[str, Estimate]:
    """Every measure that rests on features; each undefined, with its reason, where the images are too few."""
    n, m = len(synthetic), len(reference)
    if min(n, m) < FEWEST:
        reason = f"Each set needs at least {FEWEST} images; there are {n} and {m}."
        return {name: undefined(reason, n, m) for name in ROWS}
    near = neighbourhoods(synthetic, reference)
    kernel = kernel_distance(synthetic, reference)
    return {
        **frechet_rows(synthetic, reference),
        "kid": kernel.around(kernel.whole, n, m),
        "precision": near.precision,
        "recall": near.recall,
        "density": near.density,
        "coverage": near.coverage,
    }


def frechet_rows(synthetic: NDArray[np.float64], reference: NDArray[np.float64]) -> dict[str, Estimate]:
    """FID, and FID without the part that comes from the number of images."""
    n, m = len(synthetic), len(reference)
    dimensions = synthetic.shape[1]
    # The jackknife leaves out a twentieth, and what is left must still span all dimensions.
    needed = int(np.ceil((dimensions + 2) / 0.95))
    if min(n, m) < needed:
        reason = f"{dimensions} features need at least {needed} images in each set; there are {n} and {m}."
        return {name: undefined(reason, n, m) for name in ("fid", "fid_unbiased")}
    found = frechet(synthetic, reference)
    return {"fid": found.around(found.whole, n, m), "fid_unbiased": found.around(found.unbiased, n, m)}


def similarity(values: NDArray[Any], n_synthetic: int, n_reference: int) -> Estimate:
    """Mean structural similarity of pairs of one set: high where images are alike."""
    if 2 * len(values) < FEWEST:
        reason = f"It needs at least {FEWEST} images; there are {max(n_synthetic, n_reference)}."
        return undefined(reason, n_synthetic, n_reference)
    return mean_of(values, n_synthetic, n_reference)


def halves(groups: NDArray[np.int64], generator: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two halves of the images, in random order, without a group in both."""
    names = generator.permutation(np.unique(groups))
    place = np.empty(int(names.max(initial=0)) + 1, dtype=np.int64)
    place[names] = np.arange(len(names))
    ordered = generator.permutation(len(groups))
    first = place[groups[ordered]] < len(names) / 2
    return ordered[first], ordered[~first]
