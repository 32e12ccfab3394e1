"""Do they agree: the matrix of pairs, and every coefficient of all readers."""

from typing import TYPE_CHECKING

import numpy as np

from reader.reports.figures.canvas import SMALL, THEMES, Theme, paper, sentence, svg
from reader.reports.figures.forest import Line, forest
from reader.reports.results import Results
from reader.stats.cohen import pairwise_kappas
from reader.stats.rows import EVERYBODY
from reader.stats.verdicts import FloatArray
from reader.stats.weights import Weights

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COEFFICIENTS = {
    "gwet_ac": "Gwet's AC",
    "brennan_prediger": "Brennan and Prediger",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "light_kappa": "Light's mean kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
}
MOST_NUMBERED, MOST_NAMED = 12, 30
ONE_READER = "One reader has nobody to agree with."


def matrix_of(results: Results) -> FloatArray:
    """Cohen's kappa of every pair; on the diagonal each reader against themselves, where images were shown again."""
    kappas = pairwise_kappas(results.data.codes, results.data.n_categories)
    for place, reader in enumerate(results.data.readers):
        row = results.row("intra_cohen_kappa", reader)
        kappas[place, place] = row.estimate.value if row else np.nan
    return kappas


def agreement(results: Results, theme: str) -> bytes:
    """Cohen's kappa of every pair of readers; on the diagonal each against themselves where images were repeated."""
    readers, tones = results.data.readers, THEMES[theme]
    if len(readers) < 2:
        return sentence(ONE_READER, tones)
    kappas = matrix_of(results)
    figure, [axes] = paper(tones, min(6.4, 2.2 + 0.45 * len(readers)))
    top = top_of(kappas)
    # From no agreement beyond chance; the few below it share its tone, and their numbers say so.
    cells = np.ma.masked_invalid(kappas)
    shown = axes.pcolormesh(cells, cmap="cividis", vmin=0, vmax=top, edgecolors="face", linewidth=0.2)
    axes.set_aspect("equal")
    axes.invert_yaxis()
    name_sides(axes, readers)
    if len(readers) <= MOST_NUMBERED:
        print_numbers(axes, kappas, bright=0.55 * top)
    bar = figure.colorbar(shown, ax=axes, shrink=0.8, pad=0.02)
    bar.set_label("Cohen's kappa", color=tones.ink)
    bar.ax.tick_params(colors=tones.ink)
    bar.outline.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    return svg(figure)


def name_sides(axes: "Axes", readers: tuple[str, ...]) -> None:
    """Readers' numbers on both sides, every fifth where there are many."""
    step = 1 if len(readers) <= MOST_NAMED else 5
    chosen = [at for at in range(len(readers)) if step == 1 or (at + 1) % step == 0]
    axes.set_xticks([at + 0.5 for at in chosen], [readers[at] for at in chosen])
    axes.set_yticks([at + 0.5 for at in chosen], [readers[at] for at in chosen])
    axes.tick_params(bottom=False, top=False)
    axes.set_xlabel("reader")
    axes.set_ylabel("reader")


def top_of(kappas: FloatArray) -> float:
    """The scale's upper end: the next tenth above the highest kappa."""
    known = kappas[~np.isnan(kappas)]
    return float(np.clip(np.ceil(known.max() * 10) / 10, 0.1, 1)) if known.size else 1.0


def print_numbers(axes: "Axes", kappas: FloatArray, *, bright: float) -> None:
    """Every kappa in its cell, in the ink that is read on its tone."""
    for (row, column), value in np.ndenumerate(kappas):
        ink = "#000000" if value > bright else "#ffffff"
        words = "" if np.isnan(value) else f"{value:.2f}"
        axes.text(column + 0.5, row + 0.5, words, ha="center", va="center", color=ink, fontsize=SMALL)


def coefficients(results: Results, theme: str) -> bytes:
    """Every coefficient of agreement of all readers; 0 is agreement by chance."""
    tones: Theme = THEMES[theme]
    if len(results.data.readers) < 2:
        return sentence(ONE_READER, tones)
    lines: list[Line] = []
    for weights, heading in ((Weights.IDENTITY, "same answer or not"), (Weights.ORDINAL, "near misses count in part")):
        rows = {row.name: row for row in results.named(*COEFFICIENTS, weights=weights) if row.group == EVERYBODY}
        if rows:
            lines.append(Line(heading))
        for name, label in COEFFICIENTS.items():
            if row := rows.get(name):
                planned = (name, weights) == (results.primary[0], Weights.IDENTITY)
                lines.append(Line(f"{label} · planned" if planned else label, row.estimate, planned, planned))
    return forest(lines, tones, "agreement beyond chance", reference=0.0)
