"""Forest plots: estimates with their intervals, one row each, the numbers printed beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reader.reports.digits import three_decimals
from reader.reports.figures.canvas import SMALL, Theme, paper, rows_high, svg
from reader.stats.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_MARKERS = 30
"""Rows from which markers are drawn smaller."""


@dataclass(frozen=True)
class Line:
    """One row: an estimate, or a heading where there is none; `mean` is drawn as a diamond, `strong` in bold."""

    label: str
    estimate: Estimate | None = None
    mean: bool = False
    strong: bool = False


def forest(
    lines: Sequence[Line], theme: Theme, title: str, *, reference: float | None = None, is_share: bool = False
) -> bytes:
    """The lines from above; `reference` is dotted, and shares keep to 0 and 1."""
    figure, [axes] = paper(theme, rows_high(len(lines)))
    size = 5.0 if len(lines) <= MOST_MARKERS else 3.5
    draw_alike(axes, [(y, one) for y, one in enumerate(lines) if not one.mean], theme.ink, "s", size)
    draw_alike(axes, [(y, one) for y, one in enumerate(lines) if one.mean], theme.accent, "D", size + 2)
    for y, line in enumerate(lines):
        print_numbers(axes, y, line, theme)
    if reference is not None:
        axes.axvline(reference, color=theme.quiet, linewidth=0.9, linestyle=":", zorder=0)
    if is_share:
        keep_to_shares(axes, lines, reference)
    axes.set_yticks(range(len(lines)), [line.label for line in lines])
    for label, line in zip(axes.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if line.strong or line.estimate is None else "normal")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_xlabel(title)
    return svg(figure)


def draw_alike(axes: "Axes", lines: Sequence[tuple[int, Line]], tone: str, marker: str, size: float) -> None:
    """Intervals and markers of one kind of row, all at once."""
    known = [(y, line.estimate) for y, line in lines if line.estimate is not None and line.estimate.is_defined]
    sure = [(y, one) for y, one in known if one.has_interval]
    width = 2.2 if marker == "D" else 1.3
    axes.hlines([y for y, _ in sure], [o.low for _, o in sure], [o.high for _, o in sure], color=tone, linewidth=width)
    axes.plot([one.value for _, one in known], [y for y, _ in known], marker, color=tone, markersize=size)


def print_numbers(axes: "Axes", y: int, line: Line, theme: Theme) -> None:
    """Numbers of one row beside the plot; a row without a value says so."""
    if line.estimate is None:
        return
    words = numbers(line.estimate) if line.estimate.is_defined else "undefined"
    axes.text(
        1.02, y, words, va="center", color=theme.ink if line.estimate.is_defined else theme.quiet, fontsize=SMALL,
        fontweight="bold" if line.strong else "normal", transform=axes.get_yaxis_transform(),
    )  # fmt: skip


def numbers(one: Estimate) -> str:
    """Value and interval, as tables print them."""
    value, low, high = map(three_decimals, (one.value, one.low, one.high))
    return f"{value} [{low}, {high}]" if one.has_interval else f"{value} (no interval)"


def keep_to_shares(axes: "Axes", lines: Sequence[Line], reference: float | None) -> None:
    """The scale from 0 to 1, or its upper part where nothing reaches lower."""
    ends = [
        one.low if one.has_interval else one.value
        for line in lines
        if (one := line.estimate) is not None and one.is_defined
    ]
    lowest = min([*ends, 1.0 if reference is None else reference])
    axes.set_xlim(-0.02 if not ends or lowest < 0.3 else 0.25, 1.02)


def shortened(words: str, most: int = 44) -> str:
    """A long label, cut in the middle where it would squeeze the plot: prompts often begin and end alike."""
    return words if len(words) <= most else f"{words[: most // 3]} … {words[-(most - most // 3 - 3) :]}"
