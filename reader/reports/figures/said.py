"""What each reader said of fakes and of reals: bars of shares, one row for each reader, one panel for each truth."""

from typing import TYPE_CHECKING, Any

import numpy as np

from reader.reports.figures.canvas import INK_ON, SMALL, THEMES, VERDICT_TONES, Theme, paper, rows_high, sentence, svg
from reader.reports.results import Results
from reader.stats.verdicts import MISSING, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NO_TRUTH = "What was right is not known for single images here."
ROOM_FOR_A_COUNT = 0.07
MOST_COUNTED = 15
"""Readers up to whom bars carry their counts."""


def counts_by_truth(results: Results) -> dict[str, IntArray]:
    """For fakes and for reals: how often each reader, and above all of them together, said each category."""
    data = results.data
    if data.is_fake is None:
        return {}
    found = {}
    for truth, chosen in (("fake", data.is_fake), ("real", ~data.is_fake)):
        codes = np.where(chosen[:, None], data.codes, MISSING)
        each = np.stack([(codes == code).sum(axis=0) for code in range(data.n_categories)], axis=1)
        found[truth] = np.concatenate([each.sum(axis=0, keepdims=True), each])
    return found


def said(results: Results, theme: str) -> bytes:
    """What readers said of the fakes and of the reals, as shares of what each has read."""
    counts = counts_by_truth(results)
    if not counts or not results.data.readers:
        return sentence(NO_TRUTH, THEMES[theme])
    labels = ["all readers", *(f"reader {reader}" for reader in results.data.readers)]
    tones, inks = tones_of(results)
    figure, panels = paper(THEMES[theme], rows_high(len(labels), 1.1), widths=(1, 1), share_y=True)
    for axes, (truth, table) in zip(panels, counts.items(), strict=True):
        stack(axes, table, tones, inks)
        axes.set_title(f"{truth} images", fontsize=10, loc="left", pad=18, color=THEMES[theme].ink)
        name_categories(axes, results, tones, THEMES[theme])
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of those read")
    panels[0].set_yticks(range(len(labels)), labels)
    panels[0].set_ylim(len(labels) - 0.5, -0.5)
    return svg(figure)


def tones_of(results: Results) -> tuple[list[str], list[str]]:
    """A tone for each category, and the ink that is read on it: verdicts have theirs, ratings run between."""
    if results.data.are_verdicts:
        return [VERDICT_TONES[name] for name in results.data.categories], [INK_ON[n] for n in results.data.categories]
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    steps = np.linspace(0.0, 1.0, results.data.n_categories)
    shades = colormaps["cividis"](steps)
    return [to_hex(shade) for shade in shades], ["#ffffff" if step < 0.55 else "#000000" for step in steps]


def stack(axes: "Axes", table: IntArray, tones: list[str], inks: list[str]) -> None:
    """Bars of shares, with the counts where they fit."""
    total = np.maximum(table.sum(axis=1), 1)
    shares = table / total[:, None]
    left = np.cumsum(shares, axis=1) - shares
    for code, (tone, ink) in enumerate(zip(tones, inks, strict=True)):
        axes.barh(range(len(table)), shares[:, code], left=left[:, code], height=0.78, color=tone)
        for y in range(len(table)) if len(table) <= MOST_COUNTED + 1 else ():
            if shares[y, code] >= ROOM_FOR_A_COUNT:
                middle = left[y, code] + shares[y, code] / 2
                axes.text(middle, y, str(table[y, code]), ha="center", va="center", color=ink, fontsize=SMALL)


def name_categories(axes: "Axes", results: Results, tones: list[str], theme: Theme) -> None:
    """The categories' names above the bars, each after a swatch of its tone."""
    names = results.data.categories
    said = [f"said {name}" for name in names] if results.data.are_verdicts else list(names)
    for place, (name, tone) in enumerate(zip(said, tones, strict=True)):
        at = place / len(said)
        above: dict[str, Any] = {"xycoords": "axes fraction", "va": "bottom", "fontsize": SMALL}
        axes.annotate("■", (at, 1.0), color=tone, xytext=(0, 3), textcoords="offset points", **above)
        axes.annotate(name, (at, 1.0), color=theme.ink, xytext=(9, 3), textcoords="offset points", **above)
