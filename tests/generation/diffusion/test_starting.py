"""Changing an image: outside the mask it stays what it was, pixel for pixel; inside, the recipe decides."""

import numpy as np
import pytest
from hypothesis import given as drawn_from
from hypothesis import settings as trying
from hypothesis import strategies as st

from generation.diffusion.errors import DrawingError, SizeError
from generation.diffusion.loading import load_pipeline
from generation.diffusion.material import Material
from generation.diffusion.recipe import Recipe, Start, family, recipe_from
from generation.diffusion.sampling import sample
from generation.diffusion.starting import pasted
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from tests.generation.diffusion.recipes import PLAIN, recipe
from tests.generation.diffusion.test_starter import STARTER

IMAGE = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(np.uint8)
MASK = np.zeros((64, 64), dtype=bool)
MASK[16:40, 20:50] = True
GIVEN = Material(images={"i": IMAGE, "small": IMAGE[:32]}, masks={"m": MASK, "empty": MASK & False})


def changed(pipeline, *, given=GIVEN, image="i", strength=0.67, mask="m", feather=0, **others) -> np.ndarray:
    start = Start(image, strength, mask, feather)
    return sample(pipeline, [recipe(start=start, **others)], lambda _: None, given)[0]


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++", "dpm++karras", "unipc", "euler", "euler_a"])
def test_outside_the_mask_nothing_changes_and_inside_something_does(tiny, scheduler):
    image = changed(tiny, scheduler=scheduler)

    assert np.array_equal(image[~MASK], IMAGE[~MASK])
    assert not np.array_equal(image[MASK], IMAGE[MASK])


def test_the_same_recipe_changes_an_image_alike_whatever_stands_beside_it(tiny):
    alone = changed(tiny)
    start = Start("i", 0.67, "m")
    together = sample(tiny, [recipe(seed=99, start=start), recipe(start=start)], lambda _: None, GIVEN)

    assert np.array_equal(together[1], alone)
    assert not np.array_equal(together[0], alone)


def test_more_strength_leaves_less_of_the_image():
    starter = load_pipeline(str(STARTER))
    phantom = draw_phantom(3, Finding.NORMAL, 128).image
    given = Material(images={"p": phantom})
    sizes = {"width": 128, "height": 128, "steps": 10, "prompt": "chest radiograph, cardiomegaly, enlarged heart"}

    def distance(strength):
        start = Start("p", strength)
        images = sample(starter, family(recipe(start=start, **sizes), 4), lambda _: None, given)
        return np.mean([np.abs(image.astype(int) - phantom).mean() for image in images])

    assert distance(0.2) < distance(0.6) < distance(1.0)


def test_only_the_share_of_the_steps_is_taken(tiny):
    counted = []
    sample(tiny, [recipe(steps=10, start=Start("i", 0.3))], counted.append, GIVEN)

    assert counted == [1, 2, 3]


@trying(max_examples=30)
@drawn_from(st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_a_feather_mixes_inside_the_mask_only(feather, seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((24, 24)) < 0.7
    drawn, image = rng.integers(0, 256, (2, 24, 24)).astype(np.uint8)
    mixed = pasted(drawn, image, mask, feather).astype(int)

    assert np.array_equal(mixed[~mask], image[~mask])
    low, high = np.minimum(drawn, image), np.maximum(drawn, image)
    assert ((low <= mixed) & (mixed <= high)).all()
    assert feather or np.array_equal(mixed[mask], drawn[mask])


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"image": "gone"}, DrawingError, "not there any more"),
        ({"image": "small"}, SizeError, "64 x 32 pixels and the batch draws 64 x 64"),
        ({"mask": "gone"}, DrawingError, "mask is not there"),
        ({"mask": "empty"}, DrawingError, "covers nothing"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_a_sentence(tiny, options, error, sentence):
    with pytest.raises(error, match=sentence):
        changed(tiny, **options)


@pytest.mark.parametrize(
    ("start", "sentence"),
    [(Start("i", 0.0), "Strength"), (Start("i", 1.1), "Strength"), (Start("i", 0.5, "m", -1), "feather")],
)
def test_a_start_out_of_range_is_refused(start, sentence):
    with pytest.raises(ValueError, match=sentence):
        recipe(start=start)


def test_a_start_is_part_of_the_recipes_name_and_comes_back():
    changed_recipe: Recipe = recipe(start=Start("i", 0.5, "m", 3))

    assert changed_recipe.sha256() != PLAIN.sha256()
    assert recipe_from(changed_recipe.as_json()) == changed_recipe
