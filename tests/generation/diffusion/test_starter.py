"""The model that ships with the project: small, safe to load, and obedient where its card says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import call_command
from PIL import Image

from generation.diffusion.attention.capture import Capture
from generation.diffusion.attention.wanted import Wanted
from generation.diffusion.composing import strip
from generation.diffusion.inspecting import inspect_model
from generation.diffusion.loading import load_pipeline
from generation.diffusion.prompts import check_prompt
from generation.diffusion.recipe import family
from generation.diffusion.sampling import sample
from generation.diffusion.training.expectations import CT_SLICE, EXPECTATIONS, RADIOGRAPH
from generation.diffusion.training.measuring import drawn_for, measure, normal_phantoms, phantoms_showing
from generation.management.commands.measure_starter import GAP, ROWS
from generation.masks.fusing import fuse, union_of
from generation.masks.thresholds import otsu, probability
from lungstudy.library.pixels.masks.overlap import overlap
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from lungstudy.library.pixels.phantom.ct import CtFinding
from lungstudy.library.pixels.phantom.measure import aerated_lung, heart_width_ratio, side_difference
from tests.generation.diffusion.recipes import recipe

STARTER = Path(__file__).resolve().parents[3] / "generation" / "starter"
FIRST = recipe(steps=10, width=128, height=128, seed=500)
DRAWN = ("normal heart, clear lungs", "cardiomegaly, enlarged heart", "left pleural effusion", "right pleural effusion")


@pytest.fixture(scope="module")
def images():
    """Four images for each of four prompts."""
    pipeline = load_pipeline(str(STARTER))
    return {words: drawn_for(pipeline, f"{RADIOGRAPH.opening}, {words}", FIRST, 4) for words in DRAWN}


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


@pytest.mark.parametrize("expected", EXPECTATIONS, ids=lambda each: f"{each.kind.opening[:6]}: {each.words}")
def test_each_measure_of_the_card_tells_phantoms_with_its_finding_from_normal_ones(expected):
    """Else a model that obeys could not be told from one that does not."""
    ill = measure(phantoms_showing(expected, 8, 128), expected.quantity)
    well = measure(normal_phantoms(expected.kind, 8, 128), expected.quantity)
    assert ill.mean > well.mean + well.spread
    assert ill.seen >= 5
    assert well.seen <= 1


@pytest.mark.parametrize("kind", [RADIOGRAPH, CT_SLICE], ids=lambda kind: kind.opening)
def test_every_prompt_of_the_card_moves_its_quantity_the_right_way(kind):
    """Four images each; the card's table has 24."""
    pipeline = load_pipeline(str(STARTER))
    normal = drawn_for(pipeline, kind.normal_prompt, FIRST, 4)
    for expected in (each for each in EXPECTATIONS if each.kind is kind):
        images = drawn_for(pipeline, expected.prompt, FIRST, 4)
        assert measure(images, expected.quantity).mean > measure(normal, expected.quantity).mean, expected.words


def test_every_finding_and_side_of_the_phantoms_is_on_the_card():
    for kind, findings in ((RADIOGRAPH, set(Finding)), (CT_SLICE, set(CtFinding))):
        rows = [each for each in EXPECTATIONS if each.kind is kind]
        assert {each.finding for each in rows} == findings - {"normal"}
        sided = {(each.finding, each.side) for each in rows if each.side}
        assert {("nodule", "left"), ("nodule", "right")} <= sided


def test_what_cannot_be_measured_is_left_out_of_the_mean():
    blank, film = np.zeros((128, 128), np.uint8), draw_phantom(0, "cardiomegaly", 128).image
    quantity = EXPECTATIONS[0].quantity
    measured = measure([blank, film], quantity)
    assert (measured.n, measured.seen, measured.mean) == (2, 1, heart_width_ratio(film))
    assert np.isnan(measure([blank], quantity).mean)


def test_the_cards_table_is_printed_with_its_grid(tmp_path, capsys):
    grid = tmp_path / "grid.png"
    call_command("measure_starter", model=STARTER, images=1, steps=1, grid=grid)
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 2 + len(EXPECTATIONS)
    assert lines[2].startswith("| cardiomegaly, enlarged heart | heart / chest width | ")
    assert lines[2].endswith(" of 1 | 1 of 1 |")
    columns = sum(-(-(1 + sum(each.kind is kind for each in EXPECTATIONS)) // ROWS) for kind in (RADIOGRAPH, CT_SLICE))
    assert Image.open(grid).size == (128 * columns + GAP * (columns - 1), 128 * ROWS)


@pytest.mark.parametrize("way", ["and", "blend"])
def test_the_heart_grows_from_prompt_to_prompt(way):
    pipeline = load_pipeline(str(STARTER))
    opening = "frontal chest radiograph, PA view"
    ends = (f"{opening}, normal heart, clear lungs", f"{opening}, cardiomegaly, enlarged heart")
    recipes = [family(replace(FIRST, prompt=prompt), 4) for prompt in strip(*ends, [0.0, 0.4, 1.0], way)]
    images = [sample(pipeline, each, quietly) for each in recipes]
    widths = [np.nanmean([heart_width_ratio(image) for image in each]) for each in images]

    assert widths[0] + 0.02 < widths[1] < widths[2]


def test_words_for_lungs_and_heart_attend_where_these_are():
    """It was taught so; the first starter's attention fell on the lower chest."""
    words = ("left lung", "right lung", "heart")
    prompt = f"{RADIOGRAPH.opening}, normal heart, left lung clear, right lung clear"
    capture = Capture(Wanted(words))
    images = sample(load_pipeline(str(STARTER)), family(replace(FIRST, prompt=prompt), 4), quietly, capture=capture)
    for image, kept in zip(images, capture.images, strict=True):
        left, right, heart = (columns_of(kept.maps[phrase][16]) for phrase in words)
        assert left[8:].sum() > 0.9
        assert right[:8].sum() > 0.9
        assert heart[4:12].sum() > 0.9
        fused = fuse(union_of([kept.maps[phrase] for phrase in words[:2]]), image.shape)
        assert overlap(probability(fused, otsu(fused)) >= 0.5, aerated_lung(image)).dice > 0.7


def test_another_number_of_threads_changes_single_grey_levels_by_one():
    """What docs/generating.md promises beyond bit for bit."""
    pipeline, threads = load_pipeline(str(STARTER)), torch.get_num_threads()
    drawn = []
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            drawn.append(
                np.stack(sample(pipeline, family(replace(FIRST, prompt=RADIOGRAPH.normal_prompt), 2), quietly))
            )
    finally:
        torch.set_num_threads(threads)
    apart = abs(drawn[0].astype(int) - drawn[1])
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.001


def columns_of(plane: np.ndarray) -> np.ndarray:
    """The share of the attention that each column of the grid has."""
    return plane.sum(axis=0) / plane.sum()


def quietly(steps_done: int) -> None:
    """Nobody watches."""
