"""A recipe has one text and one name."""

import json

import pytest

from generation.diffusion.recipe import MAX_SEED, Adapter, Recipe, family
from tests.generation.diffusion.recipes import PLAIN, recipe


def test_the_canonical_text_is_sorted_and_without_spaces():
    text = recipe(prompt="Lungenödem").canonical_json()
    assert text.startswith('{"batch_shape":4,"guidance":3.0,"height":64,')
    assert '"prompt":"Lungenödem"' in text


def test_the_name_stays_what_it_was_when_recipes_were_first_stored():
    assert PLAIN.sha256() == "198a58c242240a059fac68423141f84dd6ca78abcef357c2d685d8339d31acef"


def test_a_stored_recipe_comes_back_equal():
    assert Recipe(**json.loads(PLAIN.canonical_json())) == PLAIN


def test_whole_and_decimal_guidance_are_the_same_recipe():
    assert recipe(guidance=7).sha256() == recipe(guidance=7.0).sha256()


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"weights_sha256": "1" * 64},
        {"prompt": "x"},
        {"negative_prompt": "x"},
        {"seed": 1},
        {"steps": 4},
        {"guidance": 3.1},
        {"scheduler": "dpm++"},
        {"width": 72},
        {"height": 72},
        {"batch_shape": 1},
        {"adapters": (Adapter("lora", "x", "2" * 64),)},
        {"adapters": (Adapter("lora", "x", "2" * 64, 0.5),)},
    ],
)
def test_every_field_is_part_of_the_name(change):
    assert recipe(**change).sha256() != PLAIN.sha256()


def test_image_i_of_a_batch_has_the_first_seed_plus_i():
    batch = family(recipe(seed=40), 3)
    assert [one.seed for one in batch] == [40, 41, 42]
    assert {one.prompt for one in batch} == {PLAIN.prompt}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seed": -1}, "seed must lie between"),
        ({"seed": MAX_SEED + 1}, "seed must lie between"),
        ({"steps": 0}, "number of steps"),
        ({"steps": 1001}, "number of steps"),
        ({"guidance": -0.5}, "Guidance must be"),
        ({"guidance": float("nan")}, "Guidance must be"),
        ({"scheduler": "plms"}, "no scheduler “plms”; choose one of: ddim, dpm"),
        ({"width": 0}, "at least 1 pixel"),
        ({"batch_shape": 0}, "batch shape must be"),
    ],
)
def test_what_no_model_could_draw_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        recipe(**change)


def test_a_batch_whose_seeds_run_out_is_refused():
    with pytest.raises(ValueError, match="seed must lie between"):
        family(recipe(seed=MAX_SEED), 2)
