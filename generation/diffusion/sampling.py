"""Draws the images of recipes, always in batches of the recipe's own shape."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from diffusers import EulerAncestralDiscreteScheduler, StableDiffusionPipeline

from generation.diffusion.adapting import Embeddings, adapted
from generation.diffusion.attention.capture import Capture
from generation.diffusion.composing import terms_of, texts_of
from generation.diffusion.conditioning import Conditions, conditions_of
from generation.diffusion.errors import LackingError, PromptError, SizeError
from generation.diffusion.material import NOTHING, Grey, Material
from generation.diffusion.prompts import MARKS
from generation.diffusion.reading import ids_of
from generation.diffusion.recipe import Recipe
from generation.diffusion.schedulers import scheduler_for
from generation.diffusion.starting import checked_image, checked_mask, origin_of, pasted

OnStep = Callable[[int], None]

# Rec. 601 luma, as most viewers turn RGB to grey.
LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)
NO_PICTURE = "The model computed no picture (not a number); choose another seed, scheduler or model."
# Turns an image's seed into that of the noise added while drawing.
OTHER_NOISE = 0x5EED


def sample(
    pipeline: StableDiffusionPipeline,
    recipes: Sequence[Recipe],
    on_step: OnStep,
    given: Material = NOTHING,
    capture: Capture | None = None,
) -> list[Grey]:
    """Draw one grey image (height, width) per recipe, in order.

    Each image has its own generator and the batch is filled up to `batch_shape`, so an image does not depend on its
    neighbours. Whatever `on_step` raises ends the drawing: finished images only are ever returned.

    Parameters
    ----------
    recipes : sequence of Recipe
        They may differ in prompt, negative prompt and seed only, and join the same number of terms by AND.
    on_step : callable
        Called after each denoising step with the number of steps done so far, up to batches x steps taken.
    given : Material
        The images, masks and adapter files that the recipes name.
    capture : Capture, optional
        Is told on the way where the wanted phrases act; the images are bit for bit the same with and without it.

    Raises
    ------
    ValueError
        If there are no recipes or they differ in more than prompt and seed.
    PromptError, SizeError, DrawingError, ModelError
        If a prompt, size, image or adapter does not fit the model.
    LackingError
        If it computed no finite picture for some; raised once the others are drawn, which it has.
    """
    _check_family(recipes)
    first = recipes[0]
    images: list[Grey | None] = []
    capture = capture or Capture()
    with (
        adapted(pipeline, first.adapters, given.files) as embeddings,
        torch.inference_mode(),
        capture.on(pipeline.unet),
    ):
        _check_fit(pipeline, recipes, embeddings)
        for start in range(0, len(recipes), first.batch_shape):
            group = recipes[start : start + first.batch_shape]
            images += _drawn_group(pipeline, group, embeddings, given, capture, _counting(on_step, start, first))
    drawn = [image for image in images if image is not None]
    if len(drawn) < len(images):
        raise LackingError(NO_PICTURE, images)
    return drawn


def _drawn_group(
    pipeline: StableDiffusionPipeline,
    group: Sequence[Recipe],
    embeddings: Embeddings,
    given: Material,
    capture: Capture,
    on_step: OnStep,
) -> list[Grey | None]:
    """The images of one batch, filled up to its shape; None for each that has no finite picture."""
    full = [*group, *[group[-1]] * (group[0].batch_shape - len(group))]
    conditions = conditions_of(pipeline, full, embeddings)
    with capture.of_batch(pipeline, full, embeddings, conditions, len(group), on_step) as counted:
        latents = _denoised(pipeline, full, conditions, given, counted)
    return [_finished(pipeline, latents[at : at + 1], recipe, given) for at, recipe in enumerate(group)]


def _counting(on_step: OnStep, start: int, first: Recipe) -> OnStep:
    """Goes on counting from the batches before."""
    taken_before = start // first.batch_shape * first.steps_taken
    return lambda step: on_step(taken_before + step)


def _check_family(recipes: Sequence[Recipe]) -> None:
    if not recipes:
        raise ValueError("There is no recipe to draw.")
    if len({replace(recipe, prompt="", negative_prompt="", seed=0) for recipe in recipes}) > 1:
        raise ValueError("Recipes that are drawn together may differ in prompt and seed only.")
    if len({len(terms_of(recipe.prompt)) for recipe in recipes}) > 1:
        raise ValueError("Prompts that are drawn together must join the same number of terms by AND.")


def _check_fit(pipeline: StableDiffusionPipeline, recipes: Sequence[Recipe], embeddings: Embeddings) -> None:
    """The last guard; pages check earlier and say more."""
    first, step = recipes[0], pipeline.vae_scale_factor
    if first.width % step or first.height % step:
        raise SizeError(f"Width and height must be multiples of {step}, not {first.width} x {first.height}.")
    most = pipeline.text_encoder.config.max_position_embeddings
    for text in {one for recipe in recipes for one in (*texts_of(recipe.prompt), recipe.negative_prompt)}:
        length = len(ids_of(pipeline.tokenizer, text, embeddings)[0]) + MARKS
        if length > most:
            raise PromptError(f"The prompt “{text[:60]}” is {length} tokens long and this model reads {most}.")


def _denoised(
    pipeline: StableDiffusionPipeline, full: Sequence[Recipe], conditions: Conditions, given: Material, on_step: OnStep
) -> torch.Tensor:
    """Latents of a full batch; places without a recipe of their own repeat the last one and are thrown away."""
    scheduler = scheduler_for(pipeline.scheduler, full[0].scheduler)
    origin = origin_of(pipeline, scheduler, full, given)
    latents, options = origin.latents, _options_of(scheduler, full)
    for at, time in enumerate(origin.timesteps):
        seen = scheduler.scale_model_input(torch.cat([latents] * conditions.calls), time)
        predicted = pipeline.unet(seen, time, encoder_hidden_states=conditions.embeddings, return_dict=False)[0]
        latents = scheduler.step(conditions.combined(predicted), time, latents, return_dict=False, **options)[0]
        latents = origin.kept(scheduler, latents, at)
        if (at + 1) % scheduler.order == 0:
            on_step((at + 1) // scheduler.order)
    return latents


def _options_of(scheduler: object, full: Sequence[Recipe]) -> dict[str, list[torch.Generator]]:
    """Generators for rules that add noise on the way, each image's own, apart from the one of its first noise."""
    if not isinstance(scheduler, EulerAncestralDiscreteScheduler):
        return {}
    return {"generator": [torch.Generator("cpu").manual_seed(recipe.seed ^ OTHER_NOISE) for recipe in full]}


def _finished(pipeline: StableDiffusionPipeline, latents: torch.Tensor, recipe: Recipe, given: Material) -> Grey | None:
    """The picture, with everything outside a mask as it was; None where the model computed none."""
    drawn = _decode(pipeline, latents)
    mask = checked_mask(given, recipe)
    if drawn is None or mask is None or recipe.start is None:
        return drawn
    return pasted(drawn, checked_image(given, recipe), mask, recipe.start.feather)


def _decode(pipeline: StableDiffusionPipeline, latents: torch.Tensor) -> Grey | None:
    """One image at a time: less memory, and nothing of its neighbours can enter."""
    decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample[0]
    channels = decoded.float().cpu().numpy()
    if not np.isfinite(channels).all():
        return None
    unit = np.clip(channels / 2 + 0.5, 0, 1)
    grey = unit[0] if len(unit) == 1 else np.tensordot(LUMINANCE, unit, axes=1)
    return np.asarray(np.rint(grey * 255), dtype=np.uint8)
