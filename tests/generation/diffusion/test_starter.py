"""The model that ships with the project: small, safe to load, and obedient where its card says so."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from PIL import Image

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.loading import load_pipeline
from generation.diffusion.prompts import check_prompt
from generation.diffusion.training.measuring import EXPECTATIONS, drawn_for, measure, phantoms_showing
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from lungstudy.library.pixels.phantom.measure import heart_width_ratio, side_difference
from tests.generation.diffusion.recipes import recipe

STARTER = Path(__file__).resolve().parents[3] / "generation" / "starter"
FIRST = recipe(steps=10, width=128, height=128, seed=500)
BY_WORDS = {expected.words: expected for expected in EXPECTATIONS}


@pytest.fixture(scope="module")
def images():
    """Four images for each of four prompts."""
    pipeline = load_pipeline(str(STARTER))
    return {each.words: drawn_for(pipeline, each, FIRST, 4) for each in EXPECTATIONS[:4]}


def test_it_is_small_grey_and_licensed():
    facts = inspect_model(STARTER)
    assert (facts.native_size, facts.size_multiple, facts.channels) == (128, 8, 1)
    assert facts.licence == "apache-2.0"
    assert "phantoms" in facts.card
    assert sum(file.stat().st_size for file in STARTER.rglob("*") if file.is_file()) < 20_000_000


def test_it_reads_every_caption_whole():
    facts = inspect_model(STARTER)
    for finding in Finding:
        check_prompt(STARTER, draw_phantom(1, finding, 64).caption, facts.max_prompt_tokens)


def test_asking_for_cardiomegaly_makes_the_heart_wider(images):
    def widths(words):
        return np.nanmean([heart_width_ratio(image) for image in images[words]])

    assert widths("cardiomegaly, enlarged heart") > widths("normal heart, clear lungs") + 0.05


def test_asking_for_an_effusion_brightens_the_lower_lung_on_that_side(images):
    left, right = (
        np.mean([side_difference(image, 0.55, 0.75) for image in images[f"{side} pleural effusion"]])
        for side in ("left", "right")
    )
    assert left > right + 20


def test_phantoms_for_comparison_show_what_they_stand_for():
    measured = {words: measure(phantoms_showing(each, 8, 128), each.heights) for words, each in BY_WORDS.items()}
    assert measured["left pleural effusion"].left_effusions == 8
    assert measured["right pleural effusion"].right_effusions == 8
    assert (
        measured["cardiomegaly, enlarged heart"].heart_ratio > 0.55 > measured["normal heart, clear lungs"].heart_ratio
    )
    for left in ("left pleural effusion", "pneumonia, left lower zone"):
        right = left.replace("left", "right")
        assert measured[left].left_minus_right > measured[right].left_minus_right + 10
    assert measured["left pneumothorax"].left_minus_right < measured["right pneumothorax"].left_minus_right - 5


def test_the_cards_table_is_printed_with_its_grid(tmp_path, capsys):
    grid = tmp_path / "grid.png"
    call_command("measure_starter", model=STARTER, images=1, steps=1, grid=grid)
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 2 + len(EXPECTATIONS)
    assert lines[2].startswith("| normal heart, clear lungs | 1 |")
    assert Image.open(grid).size == (128, 128 * len(EXPECTATIONS))
