"""One recipe is one image, whatever it was drawn beside and whatever was drawn before."""

import contextlib

import numpy as np
import pytest
import torch

from generation.diffusion.errors import DrawingError, LackingError, PromptError, SizeError
from generation.diffusion.loading import load_pipeline
from generation.diffusion.recipe import family
from generation.diffusion.sampling import sample
from tests.generation.diffusion.recipes import recipe


def quietly(steps_done: int) -> None:
    """Nobody watches."""


def draw(pipeline, *recipes):
    return sample(pipeline, recipes, quietly)


def test_an_image_alone_equals_the_image_among_others_bit_for_bit(tiny):
    recipes = family(recipe(), 6)
    together = draw(tiny, *recipes)
    assert len(together) == 6
    for one, image in zip(recipes, together, strict=True):
        assert np.array_equal(draw(tiny, one)[0], image)


def test_neighbours_with_other_prompts_change_nothing(tiny):
    alone = draw(tiny, recipe())[0]
    others = [recipe(seed=900, prompt="nodule"), recipe(), recipe(seed=5, negative_prompt="pneumonia, right")]
    assert np.array_equal(draw(tiny, *others)[1], alone)


def test_seed_prompt_and_guidance_each_change_the_image(tiny):
    plain = draw(tiny, recipe())[0]
    for changed in (recipe(seed=12), recipe(prompt="nodule"), recipe(guidance=9.0), recipe(negative_prompt="nodule")):
        assert not np.array_equal(draw(tiny, changed)[0], plain)


def test_drawing_with_another_scheduler_in_between_changes_nothing(tiny):
    before = draw(tiny, recipe())[0]
    other = draw(tiny, recipe(scheduler="dpm++"))[0]
    assert not np.array_equal(other, before)
    assert np.array_equal(draw(tiny, recipe())[0], before)


@pytest.mark.parametrize("stopped", [False, True])
def test_the_models_own_scheduler_is_put_back(tiny, stopped):
    own = tiny.scheduler

    def perhaps_stop(steps_done):
        if stopped:
            raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        sample(tiny, [recipe(scheduler="dpm++")], perhaps_stop)
    assert tiny.scheduler is own


def test_steps_are_counted_over_all_batches(tiny):
    counted = []
    sample(tiny, family(recipe(batch_shape=2), 5), counted.append)
    assert counted == list(range(1, 3 * 3 + 1))


def test_raising_in_the_middle_gives_no_image_and_leaves_the_next_drawing_right(tiny):
    class CancelledError(Exception):
        pass

    def stop(steps_done):
        if steps_done == 2:
            raise CancelledError

    before = draw(tiny, recipe())[0]
    with pytest.raises(CancelledError):
        sample(tiny, [recipe(seed=3, scheduler="dpm++")], stop)
    assert np.array_equal(draw(tiny, recipe())[0], before)


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++"])
@pytest.mark.parametrize(("width", "height"), [(64, 64), (96, 64)])
def test_an_rgb_model_of_version_1_5_draws_grey_images_of_the_asked_size(rgb_folder, scheduler, width, height):
    pipeline = load_pipeline(str(rgb_folder))
    image = draw(pipeline, recipe(scheduler=scheduler, width=width, height=height))[0]
    assert image.shape == (height, width)
    assert image.dtype == np.uint8


def test_rgb_turns_grey_by_luminance(rgb_folder, monkeypatch):
    pipeline = load_pipeline(str(rgb_folder))
    pure_green = torch.tensor([-1.0, 1.0, -1.0]).reshape(1, 3, 1, 1).expand(1, 3, 64, 64)
    monkeypatch.setattr(pipeline.vae.decoder, "forward", lambda *_: pure_green)
    assert set(np.unique(draw(pipeline, recipe())[0])) == {150}  # 0.587 of 255


def test_guidance_of_one_ignores_the_negative_prompt(tiny):
    plain = draw(tiny, recipe(guidance=1.0))[0]
    assert np.array_equal(draw(tiny, recipe(guidance=1.0, negative_prompt="nodule"))[0], plain)


def test_recipes_of_different_settings_are_not_drawn_together(tiny):
    with pytest.raises(ValueError, match="differ in prompt and seed only"):
        draw(tiny, recipe(), recipe(steps=4))


def test_nothing_to_draw_is_refused(tiny):
    with pytest.raises(ValueError, match="no recipe"):
        draw(tiny)


def test_a_prompt_that_would_be_cut_is_refused_instead(tiny):
    with pytest.raises(PromptError, match="reads 24"):
        draw(tiny, recipe(prompt="left " * 40))


def test_a_size_off_the_grid_is_refused(tiny):
    with pytest.raises(SizeError, match="multiples of 8"):
        draw(tiny, recipe(width=60))


def test_a_model_that_computes_no_number_gives_no_image(tiny_folder):
    broken = load_pipeline(str(tiny_folder))
    with torch.no_grad():
        broken.unet.conv_out.bias.fill_(float("nan"))
    with pytest.raises(DrawingError, match="not a number"):
        draw(broken, recipe())


def test_one_image_that_is_no_number_leaves_the_others_as_they_are(tiny):
    good = draw(tiny, *family(recipe(), 4))
    seen = 0

    def break_the_second(_vae, inputs):
        nonlocal seen
        seen += 1
        return (torch.full_like(inputs[0], float("nan")),) if seen == 2 else None

    hook = tiny.vae.post_quant_conv.register_forward_pre_hook(break_the_second)
    try:
        with pytest.raises(LackingError, match="not a number") as raised:
            draw(tiny, *family(recipe(), 4))
    finally:
        hook.remove()
    assert [image is None for image in raised.value.images] == [False, True, False, False]
    assert all(np.array_equal(raised.value.images[at], good[at]) for at in (0, 2, 3))
