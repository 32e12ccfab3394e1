"""Time and order: how long a verdict takes along each reader's own order, and whether readers learn."""

import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from reader.reports.figures.canvas import SMALL, THEMES, Theme, paper, sentence, svg
from reader.reports.figures.forest import Line, forest
from reader.reports.results import Results
from reader.stats.order import median
from reader.stats.verdicts import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BINS, FEWEST_IN_A_BIN = 20, 8
NAME_HEIGHT = 0.06
"""Of a line's name, as a share of the plot's."""
FEW_READERS = 5
"""Up to here every reader is drawn with intervals; beyond, the median of readers is."""

NO_TIMES = "No time is known."
NO_ORDER = "The order of reading is not known."


def time_edges(positions: FloatArray) -> FloatArray:
    """Edges of equal parts of the order, so that a part has some answers of each reader."""
    last = float(np.nanmax(positions))
    return np.linspace(0.5, last + 0.5, int(np.clip(last // FEWEST_IN_A_BIN, 1, MOST_BINS)) + 1)


def times_by_part(results: Results) -> tuple[FloatArray, list[list[FloatArray]]]:
    """Middles of the parts, and for each reader the times in each part; nothing where no time is known."""
    data = results.data
    if data.positions is None or data.seconds is None or not np.isfinite(data.seconds * data.positions).any():
        return np.empty(0), []
    edges = time_edges(data.positions)
    each = []
    for where, times in zip(data.positions.T, data.seconds.T, strict=True):
        known = np.isfinite(where) & np.isfinite(times)
        part = np.digitize(where[known], edges) - 1
        each.append([times[known][part == at] for at in range(len(edges) - 1)])
    return (edges[1:] + edges[:-1]) / 2, each


def pace(results: Results, theme: str) -> bytes:
    """Seconds per answer along each reader's own order: medians of equal parts of it."""
    tones = THEMES[theme]
    middles, each = times_by_part(results)
    if not each:
        return sentence(NO_TIMES, tones)
    figure, [axes] = paper(tones, 3.4)
    if len(each) <= FEW_READERS:
        draw_each(axes, results.data.readers, middles, each, tones)
    else:
        draw_median(axes, middles, each, tones)
    axes.set_ylim(bottom=0)
    axes.spines["left"].set(visible=True, color=tones.quiet)
    axes.set_xlabel("position in the reader's own order")
    axes.set_ylabel("seconds per answer")
    return svg(figure)


def draw_each(
    axes: "Axes", readers: tuple[str, ...], middles: FloatArray, each: list[list[FloatArray]], tones: Theme
) -> None:
    """Every reader's medians with their intervals, named at the end of the line."""
    width = middles[1] - middles[0] if len(middles) > 1 else 1.0
    styles = ["-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1))]
    ends: dict[str, tuple[float, float]] = {}
    for at, (reader, parts) in enumerate(zip(readers, each, strict=True)):
        found = [median(part) for part in parts]
        x = middles + width * 0.06 * (at - (len(each) - 1) / 2)
        values = [one.value for one in found]
        axes.plot(x, values, color=tones.ink, linewidth=1.4, marker="o", markersize=4, linestyle=styles[at])
        sure = [(place, one) for place, one in zip(x, found, strict=True) if one.has_interval]
        axes.vlines([p for p, _ in sure], [o.low for _, o in sure], [o.high for _, o in sure], color=tones.ink, lw=0.9)
        last = next((k for k in reversed(range(len(values))) if np.isfinite(values[k])), None)
        if last is not None:
            ends[f"reader {reader}"] = (float(x[last]), values[last])
    name_ends(axes, ends, tones)


def name_ends(axes: "Axes", ends: Mapping[str, tuple[float, float]], tones: Theme) -> None:
    """Each line's name right of where the lines end, moved up where the name below would touch it."""
    if not ends:
        return
    room, lowest = NAME_HEIGHT * axes.get_ylim()[1], -math.inf
    right = max(x for x, _ in ends.values())
    for name, (_, y) in sorted(ends.items(), key=lambda end: end[1][1]):
        lowest = max(y, lowest + room)
        axes.annotate(name, (right, lowest), color=tones.ink, fontsize=SMALL, xytext=(8, 0),
                      textcoords="offset points", va="center", annotation_clip=False)  # fmt: skip


def draw_median(axes: "Axes", middles: FloatArray, each: list[list[FloatArray]], tones: Theme) -> None:
    """Readers as thin lines, and in bold the median of readers with its interval."""
    by_reader = np.array([[float(np.median(part)) if len(part) else np.nan for part in parts] for parts in each])
    axes.plot(middles, by_reader.T, color=tones.quiet, linewidth=0.6, alpha=0.4)
    found = [median(column[~np.isnan(column)]) for column in by_reader.T]
    axes.plot(middles, [one.value for one in found], color=tones.accent, linewidth=2.4)
    axes.fill_between(
        middles, [one.low for one in found], [one.high for one in found], color=tones.accent, alpha=0.3, linewidth=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a part that nobody reached has no highest time
        top = float(np.nanquantile(by_reader, 0.99)) * 1.15
    axes.set_ylim(0, top)
    words = "bold: median of readers, 95 % interval · thin: each reader"
    axes.set_title(words, fontsize=SMALL, loc="left", color=tones.ink)


def learning(results: Results, theme: str) -> bytes:
    """Change of the share right per 100 answers, reader by reader; above 0 a reader gets better."""
    rows = sorted(results.named("learning_per_100"), key=lambda row: row.group != "mean")
    if not rows:
        return sentence(NO_ORDER, THEMES[theme])
    lines = [
        Line("mean of readers", row.estimate, mean=True, strong=True)
        if row.group == "mean"
        else Line(f"reader {row.group}", row.estimate)
        for row in rows
    ]
    return forest(lines, THEMES[theme], "change of the share right per 100 answers", reference=0.0)
