"""ROC curves of every reader and of their mean."""

import numpy as np

from reader.reports.figures.canvas import SMALL, THEMES, paper, sentence, svg
from reader.reports.figures.forest import numbers
from reader.reports.results import Results
from reader.stats.roc import RocCurve, roc_curve
from reader.stats.verdicts import FloatArray

GRID = np.linspace(0, 1, 101)
NO_CURVE = "No reader has read both a fake and a real image."


def curves_of(results: Results) -> list[RocCurve]:
    """Each reader's curve; those without a fake or a real are left out."""
    data = results.data
    if data.is_fake is None or not (data.are_verdicts or data.are_ratings):
        return []
    found = [roc_curve(data.is_fake, column) for column in data.scores.T]
    return [curve for curve in found if len(curve.hits)]


def mean_curve(curves: list[RocCurve]) -> FloatArray:
    """Mean of hits over readers at each share of false alarms: its area is the mean of their areas."""
    mean: FloatArray = np.mean([np.interp(GRID, curve.false_alarms, curve.hits) for curve in curves], axis=0)
    return mean


def roc(results: Results, theme: str) -> bytes:
    """ROC curve of each reader, and in bold their mean; the dotted line is guessing."""
    tones, curves = THEMES[theme], curves_of(results)
    if not curves:
        return sentence(NO_CURVE, tones)
    figure, [axes] = paper(tones, 4.6)
    few = len(curves) <= 5
    for curve in curves:
        axes.plot(curve.false_alarms, curve.hits, color=tones.quiet, linewidth=0.9, alpha=0.9 if few else 0.45)
        if few:
            axes.plot(curve.false_alarms, curve.hits, "o", color=tones.quiet, markersize=3)
    axes.plot([0, *GRID], [0, *mean_curve(curves)], color=tones.accent, linewidth=2.6)
    axes.plot([0, 1], [0, 1], color=tones.quiet, linewidth=0.9, linestyle=":")
    row = results.row("auc", "mean")
    if row is not None and row.estimate.is_defined:
        words = f"mean of {len(curves)}: area\n{numbers(row.estimate)}"
        axes.text(0.98, 0.08, words, ha="right", color=tones.ink, fontweight="bold")
    axes.text(0.98, 0.03, "thin: each reader", ha="right", color=tones.quiet, fontsize=SMALL)
    axes.set_aspect("equal")
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    axes.spines["left"].set(visible=True, color=tones.quiet)
    axes.set_xlabel("share of reals that look at least this fake")
    axes.set_ylabel("share of fakes that look at least this fake")
    return svg(figure)
