"""What came of the search for copies: counts, every image's nearest and histograms, as plain numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.quality.copies import MEASURES, QUANTILE, Copies
from generation.diffusion.quality.estimate import share

BINS = 40


def copies_json(copies: Copies) -> dict[str, Any]:
    """Suspects, each image with what it is nearest to, false alarms to expect, and both histograms of each measure."""
    n, m = len(copies.suspects), len(copies.real_suspects)
    return {
        "quantile": QUANTILE,
        "thresholds": copies.thresholds,
        "suspects": share(int(copies.suspects.sum()), n, n, m).as_json(),
        "false_alarms": share(int(copies.real_suspects.sum()), m, 0, m).as_json(),
        "n_suspects": int(copies.suspects.sum()),
        "pairs": pairs_json(copies),
        "histograms": {name: histogram(copies, name) for name in MEASURES},
    }


def pairs_json(copies: Copies) -> list[dict[str, Any]]:
    """All images, the suspects and then the nearest first, each with the reference image that it is nearest to.

    `nearest` has that by each measure, with the distance by both; `reference` and the distances beside it are those of
    the measure that finds it nearer.
    """
    relative = {name: relative_distance(copies, name) for name in MEASURES}
    nearer = np.where(relative["features"] <= relative["low_pass"], "features", "low_pass")
    order = np.lexsort((np.minimum(relative["features"], relative["low_pass"]), ~copies.suspects))
    return [
        {
            "synthetic": int(at),
            "reference": int(copies.by[str(nearer[at])].index[at]),
            "suspect": bool(copies.suspects[at]),
            **distances(copies, str(nearer[at]), at),
            "nearest": {
                name: {"reference": int(copies.by[name].index[at]), **distances(copies, name, at)} for name in MEASURES
            },
        }
        for at in order
    ]


def distances(copies: Copies, name: str, at: int) -> dict[str, float]:
    """Of one image to the reference image that one measure finds nearest, by both measures."""
    return {each: float(copies.by[name].distances[each][at]) for each in MEASURES}


def relative_distance(copies: Copies, name: str) -> NDArray[np.float64]:
    """The larger of both distances to the image nearest by one measure, each over its threshold."""
    near = copies.by[name]
    features, low_pass = (near.distances[each] / max(copies.thresholds[each], 1e-12) for each in MEASURES)
    return np.maximum(features, low_pass)


def histogram(copies: Copies, name: str) -> dict[str, Any]:
    """Distances to the nearest reference image, of synthetic images and of real ones among themselves."""
    drawn, real = copies.by[name].distances[name], copies.among_real[name].distances[name]
    # One far-off image must not squeeze all others into a corner: it goes into the last bin.
    far = max(1.25 * float(np.quantile(np.concatenate([drawn, real]), 0.98)), 1.25 * copies.thresholds[name]) or 1.0
    edges = np.linspace(0.0, far, BINS + 1)
    drawn, real = np.minimum(drawn, far), np.minimum(real, far)
    return {
        "edges": edges.tolist(),
        "synthetic": np.histogram(drawn, edges)[0].tolist(),
        "real": np.histogram(real, edges)[0].tolist(),
    }
