"""What a page shows of the search for copies: counts, the nearest pairs and histograms, as plain numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.quality.copies import MEASURES, QUANTILE, Copies
from generation.diffusion.quality.estimate import share

MOST_PAIRS_SHOWN = 24
BINS = 40


def copies_json(copies: Copies) -> dict[str, Any]:
    """Suspects, the nearest pairs, false alarms to expect, and both histograms of each measure."""
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
    """The images nearest to the reference, suspects first, each with the image that it is near to."""
    relative = {name: relative_distance(copies, name) for name in MEASURES}
    nearer = np.where(relative["features"] <= relative["low_pass"], "features", "low_pass")
    order = np.lexsort((np.minimum(relative["features"], relative["low_pass"]), ~copies.suspects))
    return [
        {
            "synthetic": int(at),
            "reference": int(copies.by[str(nearer[at])].index[at]),
            "suspect": bool(copies.suspects[at]),
            **{name: float(copies.by[str(nearer[at])].distances[name][at]) for name in MEASURES},
        }
        for at in order[:MOST_PAIRS_SHOWN]
    ]


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
