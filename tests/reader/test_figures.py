"""Figures: every one is drawn for every design and theme, shows what the rows say, and is the same twice."""

import re
from functools import cache

import numpy as np
import pytest

from reader.reports.figures import FIGURES, PICTURES, pictures_of
from reader.reports.figures.agreement import matrix_of
from reader.reports.figures.canvas import THEMES, VERDICT_TONES
from reader.reports.figures.forest import numbers
from reader.reports.figures.marks import heat_of
from reader.reports.figures.readers import chance_of, mean_shown
from reader.reports.figures.roc import GRID, curves_of, mean_curve
from reader.reports.figures.said import counts_by_truth
from reader.stats.estimate import NAN, Estimate, Population
from tests.reader.results_of_designs import CASES

APPLIES = {
    "three readers": set(FIGURES) - {"marks"},
    "one reader": {"readers", "said", "roc", "unsure", "bounds", "fooled", "pace", "learning"},
    "no truth": {"agreement", "coefficients", "pace"},
    "pairs": {"readers", "agreement", "coefficients", "learning"},
    "ratings": {"readers", "said", "roc", "agreement", "coefficients"},
}  # fmt: skip


@cache
def results(case):
    return CASES[case]()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_for_every_case_or_says_why_not(case, name):
    drawn = FIGURES[name](results(case), "light")

    assert drawn.rstrip().endswith(b"</svg>")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_in_every_theme_and_the_same_twice(name, theme):
    first, again = (FIGURES[name](results("marks"), theme) for _ in range(2))

    assert first == again


@pytest.mark.parametrize(("case", "names"), APPLIES.items())
def test_a_design_gets_the_figures_that_it_has_numbers_for(case, names):
    assert {picture.name for picture in pictures_of(results(case))} == names


def test_marks_are_drawn_where_somebody_marked():
    assert "marks" in {picture.name for picture in pictures_of(results("marks"))}


def test_light_and_dark_differ_in_ink_alone():
    light, dark = (FIGURES["said"](results("three readers"), theme).decode() for theme in ("light", "dark"))

    assert THEMES["light"].ink in light
    assert THEMES["dark"].ink in dark
    assert THEMES["light"].ink not in dark
    assert all(tone.lower() in drawing for tone in VERDICT_TONES.values() for drawing in (light, dark))


def test_a_figure_grows_with_its_readers_and_a_crowded_matrix_drops_its_numbers():
    few, many = (FIGURES["readers"](results(case), "light").decode() for case in ("three readers", "many readers"))
    heights = [float(re.search(r'height="([\d.]+)pt"', drawing).group(1)) for drawing in (few, many)]
    texts = [
        FIGURES["agreement"](results(case), "light").count(b"<!-- 0.") for case in ("three readers", "many readers")
    ]

    assert heights[1] > 3 * heights[0]
    assert texts[0] >= 6  # numbers of the pairs, and of the scale
    assert texts[1] < 12  # the scale's alone


def test_the_mean_curve_has_the_mean_area():
    found = results("three readers")
    mean = found.row("auc", "mean").estimate.value

    assert np.trapezoid(mean_curve(curves_of(found)), GRID) == pytest.approx(mean, abs=2e-3)


def test_the_matrix_holds_the_rows_of_pairs_and_repeats():
    found = results("three readers")
    matrix = matrix_of(found)

    for row in found.named("cohen_kappa"):
        first, second = (int(name) - 1 for name in row.group.split(" x "))
        assert matrix[first, second] == matrix[second, first] == pytest.approx(row.estimate.value)
    for at, reader in enumerate(found.data.readers):
        assert matrix[at, at] == pytest.approx(found.row("intra_cohen_kappa", reader).estimate.value, nan_ok=True)


def test_bars_count_every_first_answer_once():
    found = results("three readers")
    counts = counts_by_truth(found)
    fake, real = counts["fake"], counts["real"]

    assert fake[0].tolist() == fake[1:].sum(axis=0).tolist()
    assert (fake[0] + real[0]).sum() == (found.data.codes >= 0).sum()


@pytest.mark.parametrize(
    ("case", "mean", "chance"),
    [("three readers", "or_accuracy", 0.5), ("pairs", "or_share_found", 1 / 2), ("tuples", "or_share_found", 1 / 4),
     ("ratings", "or_auc", 0.5), ("no truth", "", None)],
)  # fmt: skip
def test_the_forest_shows_the_planned_mean_against_what_guessing_gives(case, mean, chance):
    found = results(case)

    assert (mean_shown(found), chance_of(found, mean)) == (mean, chance)


def test_a_mark_weighs_one_wherever_it_lies_and_whatever_its_size():
    inside = np.array([[0.5, 0.5, 0, 0], [0.3, 0.3, 0.2, 0.4]])

    assert heat_of(inside).sum() == pytest.approx(2, abs=1e-6)
    row, column = np.unravel_index(heat_of(np.array([[0.25, 0.75, 0, 0]])).argmax(), (64, 64))
    assert (row, column) == (48, 16)


def test_numbers_are_printed_as_in_tables_and_never_as_minus_zero():
    one = Estimate(-0.0001, -0.2, 0.19999, 9, Population.THIS_READER)
    bare = Estimate(0.5, NAN, NAN, 9, Population.THIS_READER, "why")

    assert numbers(one) == "0.000 [-0.200, 0.200]"
    assert numbers(bare) == "0.500 (no interval)"


def test_every_picture_says_what_it_shows_and_how_it_was_made():
    assert all(picture.caption and picture.method.endswith(".") for picture in PICTURES)
    assert len(FIGURES) == len(PICTURES)
