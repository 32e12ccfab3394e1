"""The power grid as a picture: shaded power, the line of 80 %, and where the plan stands."""

from typing import TYPE_CHECKING

from reader.reports.figures.canvas import THEMES, VERDICT_TONES, Theme, paper, svg
from reader.reports.planning.answer import WANTED_POWER
from reader.reports.planning.grid import Plan
from reader.stats.planning_mrmc import power_grid

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

HEIGHT_INCHES = 3.8
COLUMNS = 40
BANDS = 10


def power_picture(plan: Plan, theme_name: str) -> bytes:
    """An SVG; draw it under `DRAWING`."""
    theme = THEMES[theme_name]
    readers = list(range(2, max(20, plan.n_readers + 4) + 1))
    most = max(400, round(1.4 * plan.n_images))
    images = [round(20 + (most - 20) * step / COLUMNS) for step in range(COLUMNS + 1)]
    powers = power_grid(plan.assumed, effect=plan.effect, readers=readers, images=images)
    figure, [axes] = paper(theme, HEIGHT_INCHES)
    # Half see-through bands of one tone: the page behind is the light or dark end of the scale.
    for band in range(1, BANDS):
        axes.contourf(images, readers, powers, levels=[band / BANDS, 1.01], colors=VERDICT_TONES["real"], alpha=0.11)
    if powers.min() < WANTED_POWER < powers.max():
        line = axes.contour(images, readers, powers, levels=[WANTED_POWER], colors=theme.ink, linewidths=1.6)
        axes.clabel(line, fmt={WANTED_POWER: "80 %"}, manual=[half_way(readers, images, powers >= WANTED_POWER)])
    mark(axes, plan, theme)
    axes.set_xlabel("images")
    axes.set_ylabel("readers")
    return svg(figure)


def half_way(readers: list[int], images: list[int], enough: "NDArray[np.bool_]") -> tuple[float, float]:
    """A point near the middle of the line: its label must not fall off the picture's edge."""
    reached = [(images[column], readers[int(rows.argmax())]) for column, rows in enumerate(enough.T) if rows.any()]
    return reached[len(reached) // 2]


def mark(axes: "Axes", plan: Plan, theme: Theme) -> None:
    """Where the plan stands, its label on the side that has room."""
    on_the_right = plan.n_images > sum(axes.get_xlim()) / 2
    axes.plot([plan.n_images], [plan.n_readers], marker="o", markersize=7, color=theme.ink)
    axes.annotate(
        "planned",
        (plan.n_images, plan.n_readers),
        (-8 if on_the_right else 8, 6),
        textcoords="offset points",
        ha="right" if on_the_right else "left",
        color=theme.ink,
    )
