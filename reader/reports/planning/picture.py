"""The power grid as a picture: shaded power, the line of 80 %, and where the plan stands."""

import io

from reader.reports.planning.answer import WANTED_POWER
from reader.reports.planning.grid import Plan
from reader.stats.planning_mrmc import power_grid

INKS = {"light": "#212529", "dark": "#dee2e6"}
PAPERS = {"light": "#ffffff", "dark": "#14171a"}
FULL = "#0072B2"
"""Okabe and Ito's blue, as in every figure."""


def power_picture(plan: Plan, theme: str) -> bytes:
    """An SVG."""
    # matplotlib only where a plot is drawn: importing it costs a web process 40 MB.
    from matplotlib import rc_context
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    readers = range(2, max(20, plan.n_readers + 4) + 1)
    most = max(400, round(1.4 * plan.n_images))
    images = [round(20 + (most - 20) * step / 40) for step in range(41)]
    powers = power_grid(plan.assumed, effect=plan.effect, readers=readers, images=images)
    ink = INKS[theme]
    with rc_context({"svg.hashsalt": "lungstudy"}):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.add_subplot()
        figure.patch.set_alpha(0)
        tones = LinearSegmentedColormap.from_list("power", [PAPERS[theme], FULL])
        axes.contourf(images, list(readers), powers, levels=[step / 10 for step in range(11)], cmap=tones, alpha=0.75)
        if powers.min() < WANTED_POWER < powers.max():
            line = axes.contour(images, list(readers), powers, levels=[WANTED_POWER], colors=ink, linewidths=1.6)
            axes.clabel(line, fmt={WANTED_POWER: "80 %"}, fontsize=10)
        axes.plot([plan.n_images], [plan.n_readers], marker="o", markersize=8, color=ink, markerfacecolor=PAPERS[theme])
        axes.annotate(
            "planned", (plan.n_images, plan.n_readers), (8, 6), textcoords="offset points", color=ink, fontsize=10
        )
        axes.set_xlabel("images", color=ink)
        axes.set_ylabel("readers", color=ink)
        axes.tick_params(colors=ink)
        for spine in axes.spines.values():
            spine.set_visible(False)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
