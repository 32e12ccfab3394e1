"""What every figure shares: the paper it is drawn on, its tones, and how it becomes SVG."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: the same three tones for the verdicts everywhere, and two of them for the truth.
VERDICT_TONES = {"fake": "#D55E00", "unsure": "#999999", "real": "#0072B2"}
INK_ON = {"fake": "#000000", "unsure": "#000000", "real": "#ffffff"}
WIDTH_INCHES = 7.2
TEXT, SMALL = 9.0, 8.0
DRAWING = Lock()
"""matplotlib's fonts and settings belong to the process, and a page asks for all of its figures at once."""


@dataclass(frozen=True)
class Theme:
    """Tones that follow the page: ink for what is meant, quiet for what helps, faint for what lies behind."""

    ink: str
    quiet: str
    faint: str
    accent: str


THEMES = {
    "light": Theme("#212529", "#5c636a", "#ced4da", "#1f6f8b"),
    "dark": Theme("#dee2e6", "#a7adb3", "#495057", "#6cb6d0"),
    "print": Theme("#000000", "#4d4d4d", "#bfbfbf", "#1f6f8b"),
}


def paper(
    theme: Theme, height: float, *, widths: Sequence[float] = (1,), share_y: bool = False
) -> "tuple[Figure, list[Axes]]":
    """A figure without a background, of one or several panels side by side, `height` inches high."""
    figure_class = loaded()
    figure: Figure = figure_class(figsize=(WIDTH_INCHES, height), layout="constrained")
    panels = figure.subplots(1, len(widths), squeeze=False, sharey=share_y, gridspec_kw={"width_ratios": list(widths)})
    figure.patch.set_alpha(0)
    for axes in panels[0]:
        dress(axes, theme)
    return figure, list(panels[0])


@cache
def loaded() -> "type[Figure]":
    """matplotlib, only where a figure is drawn: it costs a web process 40 MB."""
    import matplotlib
    from matplotlib.figure import Figure

    # A fixed salt, and below no date: the same results give the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "lungstudy", "font.size": TEXT, "axes.unicode_minus": True})
    return Figure


def dress(axes: "Axes", theme: Theme) -> None:
    """Quiet axes: one line below, no box."""
    axes.patch.set_alpha(0)
    axes.tick_params(colors=theme.ink, left=False, labelsize=TEXT)
    axes.xaxis.label.set_color(theme.ink)
    axes.yaxis.label.set_color(theme.ink)
    axes.title.set_color(theme.ink)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(theme.quiet)


def rows_high(n_rows: int, besides: float = 0.9) -> float:
    """Inches for this many rows of text: closer where there are many."""
    return besides + (0.3 if n_rows <= 20 else 0.21) * max(n_rows, 1)


def svg(figure: "Figure") -> bytes:
    """The finished figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def sentence(words: str, theme: Theme) -> bytes:
    """A figure that says in words why there is nothing to draw."""
    figure, [axes] = paper(theme, 0.7)
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", color=theme.quiet, wrap=True)
    return svg(figure)
