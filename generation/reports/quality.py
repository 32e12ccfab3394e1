"""A quality run's result as its page and its command show it: rows with intervals, histograms, pairs of pictures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generation.models import QualityRun
from lungstudy.library.models import Image

# Each row's name, what it says, and which way is better.
ROWS = {
    "fid": ("FID", "distance between the sets; grows where images are few", "lower"),
    "fid_unbiased": ("FID∞", "FID without the part that comes from few images", "lower"),
    "kid": ("KID", "distance between the sets; does not depend on how many images there are", "lower"),
    "precision": ("Precision", "synthetic images that look like some reference image", "higher"),
    "recall": ("Recall", "reference images that the synthetic ones come near", "higher"),
    "density": ("Density", "how deep in the reference the synthetic images lie", "near 1"),
    "coverage": ("Coverage", "reference images with a synthetic one beside them", "higher"),
    "ms_ssim": ("MS-SSIM of pairs", "how alike two images of one set are", "as the reference"),
}
MEASURES = {"features": "by the net's features", "low_pass": "by the blurred picture (1 − correlation)"}
WIDTH, HEIGHT = 480, 120
PAIRS_AT_ONCE = 24


@dataclass(frozen=True)
class Row:
    """One measure beside the floor that it can be held against."""

    label: str
    meaning: str
    better: str
    found: str
    n: str
    floor: str
    floor_n: str


@dataclass(frozen=True)
class Bar:
    """One bin of a histogram, in the picture's own units."""

    x: float
    width: float
    drawn: float
    real: float

    @property
    def top_drawn(self) -> float:
        """Where the bar of synthetic images begins."""
        return HEIGHT - self.drawn

    @property
    def top_real(self) -> float:
        """Where the line of real images lies."""
        return HEIGHT - self.real


@dataclass(frozen=True)
class Histogram:
    """Distances to the nearest reference image: synthetic images as bars, real ones among themselves as a line."""

    title: str
    bars: list[Bar]
    outline: str
    threshold: float
    threshold_words: str
    highest: str


@dataclass(frozen=True)
class Pair:
    """A synthetic image and the reference image that it is nearest to."""

    synthetic: Image
    reference: Image
    suspect: bool
    features: float
    low_pass: float


def rows_of(result: Mapping[str, Any]) -> list[Row]:
    """Every measure, in the page's order."""
    rows, floor = result["rows"], result["floor"]
    return [
        Row(*words, numbers(rows[name]), count(rows[name]), numbers(floor[name]), count(floor[name]))
        for name, words in ROWS.items()
    ]


def numbers(one: Mapping[str, Any]) -> str:
    """Value and interval with as many decimals as the interval's width makes sense of."""
    if one["value"] is None:
        return f"undefined: {one['reason']}"
    value, low, high = one["value"], one["low"], one["high"]
    places = decimals((high - low) / 2 if low is not None else abs(value))
    shown = [f"{round(number, places) + 0.0:.{places}f}" for number in (value, low, high)]  # never -0
    return f"{shown[0]} [{shown[1]}, {shown[2]}]"


def decimals(spread: float) -> int:
    """Enough for two digits of the spread."""
    return 3 if spread <= 0 else min(max(1 - math.floor(math.log10(spread)), 0), 6)


def count(one: Mapping[str, Any]) -> str:
    """The images under a number."""
    both = [n for n in (one["n_synthetic"], one["n_reference"]) if n]
    return " and ".join(str(n) for n in both)


def histograms_of(copies: Mapping[str, Any]) -> list[Histogram]:
    """Both measures, drawn to their own scale."""
    return [histogram(copies, name) for name in MEASURES if "histograms" in copies]


def histogram(copies: Mapping[str, Any], name: str) -> Histogram:
    """Heights are shares of each set, so that sets of different sizes compare."""
    bins = copies["histograms"][name]
    drawn, real = shares(bins["synthetic"]), shares(bins["real"])
    highest, step = max(*drawn, *real) or 1.0, WIDTH / len(drawn)
    bars = [
        Bar(round(at * step, 2), round(step, 2), round(HEIGHT * one / highest, 2), round(HEIGHT * other / highest, 2))
        for at, (one, other) in enumerate(zip(drawn, real, strict=True))
    ]
    outline = " ".join(f"{bar.x},{bar.top_real} {round(bar.x + bar.width, 2)},{bar.top_real}" for bar in bars)
    limit = copies["thresholds"][name]
    place = round(WIDTH * limit / bins["edges"][-1], 2)
    return Histogram(MEASURES[name], bars, outline, place, f"{limit:.3g}", f"{bins['edges'][-1]:.3g}")


def shares(counts: list[int]) -> list[float]:
    """Of all in the histogram."""
    return [one / (sum(counts) or 1) for one in counts]


def pairs_of(run: QualityRun, start: int = 0) -> list[Pair]:
    """The next nearest pairs from one on, those whose images are still there."""
    stored = run.result["copies"].get("pairs", [])[start : start + PAIRS_AT_ONCE]
    tokens = {pair[side] for pair in stored for side in ("synthetic", "reference")}
    found = {str(image.token): image for image in Image.objects.filter(token__in=tokens).select_related("provenance")}
    return [
        Pair(
            found[pair["synthetic"]], found[pair["reference"]], pair["suspect"],
            pair["features"], pair["low_pass"],
        )
        for pair in stored
        if {pair["synthetic"], pair["reference"]} <= found.keys()
    ]  # fmt: skip


def next_pair(run: QualityRun, start: int = 0) -> int | None:
    """Where the pairs after these begin; None where there are no more."""
    after = start + PAIRS_AT_ONCE
    return after if after < len(run.result["copies"].get("pairs", [])) else None


def headline(run: QualityRun) -> str:
    """The answer to: was any image learned by heart?"""
    copies = run.result["copies"]
    if "reason" in copies:
        return f"Copies were not looked for. {copies['reason']}"
    n, total = copies["n_suspects"], copies["suspects"]["n_synthetic"]
    alarms = {name: 100 * copies["false_alarms"][name] for name in ("value", "low", "high")}
    interval = f"[{alarms['low']:.1f}, {alarms['high']:.1f}]"
    expected = f"{alarms['value']:.1f} % {interval} of real images would be called so by mistake"
    if not n:
        return f"None of {total} images is suspiciously near to a reference image ({expected})."
    return f"{n} of {total} images may be copies of a reference image ({expected})."
