"""Figures of the results page, as SVG in one style: intervals always drawn, tones safe for colour-blind people."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reader.reports.results import Results
from reader.stats.rows import Row
from reader.stats.verdicts import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: the same three tones for the verdicts everywhere.
VERDICT_TONES = {"fake": "#D55E00", "unsure": "#999999", "real": "#0072B2"}
INKS = {"light": "#212529", "dark": "#dee2e6"}
WIDTH_INCHES = 7.2
ROW_INCHES = 0.34


def forest(title: str, rows: Sequence[Row], labels: Sequence[str], theme: str, *, chance: float | None = None) -> bytes:
    """Estimates with their intervals, one row each; a row without a value says so."""
    figure, axes = _blank(len(rows), theme)
    ink = INKS[theme]
    for y, row in enumerate(rows):
        estimate = row.estimate
        if not estimate.is_defined:
            axes.text(0.02, y, "undefined", va="center", color=ink, transform=axes.get_yaxis_transform())
            continue
        if estimate.has_interval:
            axes.plot([estimate.low, estimate.high], [y, y], color=ink, linewidth=1.4)
        axes.plot([estimate.value], [y], marker="s", color=ink, markersize=5)
    if chance is not None:
        axes.axvline(chance, color=ink, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(rows)), list(labels))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(title)
    return _svg(figure)


def kappas(results: Results, theme: str) -> bytes:
    """Every kappa with its interval; the dotted line is agreement by chance."""
    rows = results.named("fleiss_kappa", "cohen_kappa")
    labels = [f"readers {row.group}" if row.name == "cohen_kappa" else "all readers" for row in rows]
    return forest("kappa (all readers: Fleiss; pairs: Cohen), 95 % interval", rows, labels, theme, chance=0.0)


def accuracies(results: Results, theme: str) -> bytes:
    """Every reader's accuracy with its interval; unsure counts as not right."""
    rows = results.named("accuracy")
    labels = [f"reader {row.group}" for row in rows]
    return forest("share right, unsure in the denominator, 95 % interval", rows, labels, theme, chance=0.5)


def verdicts_by_truth(results: Results, theme: str) -> bytes:
    """What each reader called the fakes and the reals, as shares of those read."""
    bars = [(f"reader {one.reader}: {truth}", row) for one in results.tables() for truth, row, _ in one.rows]
    figure, axes = _blank(len(bars), theme)
    for y, (_, counts) in enumerate(bars):
        _stack(axes, y, counts)
    axes.set_yticks(range(len(bars)), [name for name, _ in bars])
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of images read, by truth")
    handles = [(name, axes.barh(-5, 0, color=tone)) for name, tone in VERDICT_TONES.items()]
    axes.legend(
        [handle for _, handle in handles],
        [f"called {name}" for name, _ in handles],
        ncols=3,
        frameon=False,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        labelcolor=INKS[theme],
    )
    return _svg(figure)


def _stack(axes: "Axes", y: int, counts: Sequence[int]) -> None:
    total, left = sum(counts), 0.0
    for name, count in zip(VERDICTS, counts, strict=True):
        if not count:
            continue
        share = count / total
        axes.barh(y, share, left=left, height=0.7, color=VERDICT_TONES[name])
        axes.text(left + share / 2, y, str(count), ha="center", va="center", color="white", fontsize=9)
        left += share


def _blank(n_rows: int, theme: str) -> "tuple[Figure, Axes]":
    # matplotlib only where a plot is drawn: importing it costs a web process 40 MB.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, 1.1 + ROW_INCHES * max(n_rows, 1)), layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    ink = INKS[theme]
    axes.tick_params(colors=ink, left=False)
    axes.xaxis.label.set_color(ink)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(ink)
    return figure, axes


def _svg(figure: "Figure") -> bytes:
    buffer = io.BytesIO()
    # Without a date and with a fixed salt the same results give the same file.
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "lungstudy"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


FIGURES = {"kappas": kappas, "accuracies": accuracies, "verdicts": verdicts_by_truth}
