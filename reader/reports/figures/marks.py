"""Where readers marked images: a heat map over the mean presented image, for fakes and for reals."""

from typing import TYPE_CHECKING

import numpy as np

from reader.reports.figures.canvas import THEMES, paper, sentence, svg
from reader.reports.marked import Marked
from reader.reports.results import TRUTHS, Results
from reader.stats.verdicts import MISSING, FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELLS = 64
BLUR = 1.6
"""Standard deviation of a point on the heat map, in cells."""

NO_MARKS = "Nobody drew a mark."


def heat_of(places: FloatArray) -> FloatArray:
    """Marks per cell of a square map, rows from above; each mark weighs 1, a box spread over what it covers.

    Parameters
    ----------
    places : ndarray of float, shape (n_marks, 4)
        Left, top, width and height as fractions of the image; width and height 0 for a point.
    """
    from scipy.ndimage import gaussian_filter

    heat = np.zeros((CELLS, CELLS))
    starts = np.clip((places[:, :2] * CELLS).astype(int), 0, CELLS - 1)
    ends = np.clip(np.ceil((places[:, :2] + places[:, 2:]) * CELLS).astype(int), starts + 1, CELLS)
    for (left, top), (right, bottom) in zip(starts, ends, strict=True):
        heat[top:bottom, left:right] += 1 / ((bottom - top) * (right - left))
    smooth: FloatArray = gaussian_filter(heat, BLUR, mode="constant")
    return smooth


def marks(results: Results, theme: str) -> bytes:
    """Where readers marked fakes and reals, as marks per image read; one scale for both."""
    tones, marked = THEMES[theme], results.marked
    if marked is None or not len(marked.places):
        return sentence(NO_MARKS, tones)
    n_read = readings_by_truth(results)
    heats = {
        truth: heat_of(marked.places[marked.on_fake == (truth == "fake")]) / max(n_read[truth], 1) for truth in TRUTHS
    }
    hottest = max(float(heat.max()) for heat in heats.values())
    figure, panels = paper(tones, 4.2, widths=(1, 1))
    for axes, truth in zip(panels, TRUTHS, strict=True):
        draw_map(axes, marked, truth, heats[truth] / (hottest or 1))
        count = int((marked.on_fake == (truth == "fake")).sum())
        axes.set_title(f"{truth}: {count} marks in {n_read[truth]} answers", fontsize=10, color=tones.ink, loc="left")
    return svg(figure)


def draw_map(axes: "Axes", marked: Marked, truth: str, heat: FloatArray) -> None:
    """The mean image, or mid-grey, under marks that show where they are."""
    from matplotlib import colormaps

    whole = (0.0, 1.0, 1.0, 0.0)
    behind = marked.behind.get(truth, np.full((2, 2), 0.5))
    axes.imshow(behind, cmap="gray", vmin=0, vmax=1, extent=whole, interpolation="bilinear")
    shades = colormaps["inferno"](0.25 + 0.75 * heat)
    shades[..., 3] = np.clip(heat * 1.4, 0, 0.85)
    axes.imshow(shades, extent=whole, interpolation="bilinear")
    axes.set_axis_off()


def readings_by_truth(results: Results) -> dict[str, int]:
    """Answers given on fakes and on reals; where trials show several images, each was seen once an answer."""
    data = results.data
    read = (data.codes != MISSING).sum(axis=1)
    if data.is_fake is None:
        return dict.fromkeys(TRUTHS, int(read.sum()))
    return {"fake": int(read[data.is_fake].sum()), "real": int(read[~data.is_fake].sum())}
