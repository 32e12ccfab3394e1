"""What unsure does: every way of counting it side by side, over readers and reader by reader."""

import numpy as np

from reader.reports.figures.canvas import SMALL, THEMES, paper, rows_high, sentence, svg
from reader.reports.figures.forest import Line, forest
from reader.reports.results import SAMPLED, Results

HANDLINGS = {
    "or_coverage": "decided at all",
    "or_accuracy_worst": "right, unsure as not right (worst)",
    "or_accuracy_decided": "right among decided",
    "or_accuracy": "right, unsure as half",
    "or_accuracy_best": "right, unsure as right (best)",
    "or_auc": "area under the ROC curve",
}
NOTHING = "Unsure is no answer of this study, or what was right is not known."


def unsure(results: Results, theme: str) -> bytes:
    """The mean over readers under every handling of unsure; the planned one in bold."""
    lines = []
    for name, label in HANDLINGS.items():
        row = results.row(name, SAMPLED)
        planned = name == results.primary[0]
        if row is not None:
            words = f"{label} · planned" if planned else label
            lines.append(Line(words, row.estimate, mean=planned, strong=planned))
    if not lines:
        return sentence(NOTHING, THEMES[theme])
    return forest(lines, THEMES[theme], "mean over readers", reference=0.5, is_share=True)


def bounds(results: Results, theme: str) -> bytes:
    """Each reader: from unsure as not right to unsure as right, with the share right among decided between."""
    tones = THEMES[theme]
    names = ("accuracy_worst", "accuracy_best", "accuracy_decided")
    readers = [reader for reader in results.data.readers if results.row("accuracy_worst", reader)]
    if not readers:
        return sentence(NOTHING, tones)
    found = [[results.row(name, reader) for name in names] for reader in readers]
    worst, best, decided = zip(*[[row.estimate for row in three if row] for three in found], strict=True)
    rows = np.arange(len(readers))
    figure, [axes] = paper(tones, rows_high(len(readers), 1.1))
    axes.hlines(rows, [one.value for one in worst], [one.value for one in best], color=tones.faint, linewidth=7)
    sure = [(y, one) for y, one in enumerate(decided) if one.has_interval]
    axes.hlines([y for y, _ in sure], [o.low for _, o in sure], [o.high for _, o in sure], color=tones.ink, linewidth=1)
    axes.plot([one.value for one in decided], rows, "o", color=tones.ink, markersize=4)
    axes.axvline(0.5, color=tones.quiet, linewidth=0.9, linestyle=":", zorder=0)
    axes.set_yticks(rows, [f"reader {reader}" for reader in readers])
    axes.set_ylim(len(readers) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share right")
    words = "● among decided, 95 % interval    ▬ unsure as not right … as right"
    axes.set_title(words, fontsize=SMALL, loc="left", color=tones.ink)
    return svg(figure)
