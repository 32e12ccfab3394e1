"""Forest plots: estimates with their intervals, one row each, the numbers printed beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    for y, line in enumerate(lines):
        draw_line(axes, y, line, theme, size=5.0 if len(lines) <= MOST_MARKERS else 3.5)
    if reference is not None:
        axes.axvline(reference, color=theme.quiet, linewidth=0.9, linestyle=":", zorder=0)
    if is_share:
        keep_to_shares(axes, lines)
    axes.set_yticks(range(len(lines)), [line.label for line in lines])
    for label, line in zip(axes.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if line.strong or line.estimate is None else "normal")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_xlabel(title)
    return svg(figure)


def draw_line(axes: "Axes", y: int, line: Line, theme: Theme, *, size: float) -> None:
    """Interval, marker and numbers of one row; a row without a value says so."""
    one = line.estimate
    if one is None:
        return
    beside = axes.get_yaxis_transform()
    if not one.is_defined:
        axes.text(1.02, y, "undefined", va="center", color=theme.quiet, fontsize=SMALL, transform=beside)
        return
    tone = theme.accent if line.mean else theme.ink
    if one.has_interval:
        axes.plot([one.low, one.high], [y, y], color=tone, linewidth=2.2 if line.mean else 1.3)
    axes.plot([one.value], [y], marker="D" if line.mean else "s", color=tone, markersize=size + 2 * line.mean)
    weight = "bold" if line.strong else "normal"
    axes.text(
        1.02, y, numbers(one), va="center", color=theme.ink, fontsize=SMALL, fontweight=weight, transform=beside
    )


def numbers(one: Estimate) -> str:
    """Value and interval, as tables print them."""
    return f"{one.value:.3f}" + (f" [{one.low:.3f}, {one.high:.3f}]" if one.has_interval else " (no interval)")


def keep_to_shares(axes: "Axes", lines: Sequence[Line]) -> None:
    """The scale from 0 to 1, or its upper part where nothing reaches lower."""
    ends = [
        one.low if one.has_interval else one.value
        for line in lines
        if (one := line.estimate) is not None and one.is_defined
    ]
    axes.set_xlim(0.0 if not ends or min(ends) < 0.3 else 0.25, 1.0)


def shortened(words: str, most: int = 44) -> str:
    """A long label, cut where it would squeeze the plot."""
    return words if len(words) <= most else f"{words[: most - 1]}…"
