"""Draws the images of recipes, always in batches of the recipe's own shape."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, StableDiffusionPipeline
from numpy.typing import NDArray

from generation.diffusion.errors import DrawingError, PromptError, SizeError
from generation.diffusion.recipe import Recipe

OnStep = Callable[[int], None]
Grey = NDArray[np.uint8]

# Rec. 601 luma, as most viewers turn RGB to grey.
LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def sample(pipeline: StableDiffusionPipeline, recipes: Sequence[Recipe], on_step: OnStep) -> list[Grey]:
    """Draw one grey image (height, width) per recipe, in order.

    Each image has its own generator and the batch is filled up to `batch_shape`, so an image does not depend on its
    neighbours. Whatever `on_step` raises ends the drawing: finished images only are ever returned.

    Parameters
    ----------
    recipes : sequence of Recipe
        They may differ in prompt, negative prompt and seed only.
    on_step : callable
        Called after each denoising step with the number of steps done so far, up to batches x steps.

    Raises
    ------
    ValueError
        If there are no recipes or they differ in more than prompt and seed.
    PromptError, SizeError, DrawingError
        If a prompt or size does not fit the model, or the model computes no finite picture.
    """
    _check_family(recipes)
    first = recipes[0]
    _check_fit(pipeline, recipes)
    images: list[Grey] = []
    with _scheduled(pipeline, first.scheduler):
        for start in range(0, len(recipes), first.batch_shape):
            group = recipes[start : start + first.batch_shape]
            steps_before = start // first.batch_shape * first.steps
            latents = _denoise(pipeline, group, _counting(on_step, steps_before))
            images += [_decode(pipeline, latents[i : i + 1]) for i in range(len(group))]
    return images


def _check_family(recipes: Sequence[Recipe]) -> None:
    if not recipes:
        raise ValueError("There is no recipe to draw.")
    if len({replace(recipe, prompt="", negative_prompt="", seed=0) for recipe in recipes}) > 1:
        raise ValueError("Recipes that are drawn together may differ in prompt and seed only.")


def _check_fit(pipeline: StableDiffusionPipeline, recipes: Sequence[Recipe]) -> None:
    """The last guard; pages check earlier and say more."""
    first, step = recipes[0], pipeline.vae_scale_factor
    if first.width % step or first.height % step:
        raise SizeError(f"Width and height must be multiples of {step}, not {first.width} x {first.height}.")
    most = pipeline.text_encoder.config.max_position_embeddings
    for prompt in {text for recipe in recipes for text in (recipe.prompt, recipe.negative_prompt)}:
        length = len(pipeline.tokenizer(prompt, truncation=False).input_ids)
        if length > most:
            raise PromptError(f"The prompt “{prompt[:60]}” is {length} tokens long and this model reads {most}.")


@contextmanager
def _scheduled(pipeline: StableDiffusionPipeline, name: str) -> Iterator[None]:
    """Draw with this scheduler, then put the model's own back, so that no drawing changes the next."""
    own = pipeline.scheduler
    if name == "ddim":
        pipeline.scheduler = DDIMScheduler.from_config(own.config)
    else:
        pipeline.scheduler = DPMSolverMultistepScheduler.from_config(own.config, algorithm_type="dpmsolver++")
    try:
        yield
    finally:
        pipeline.scheduler = own


def _counting(on_step: OnStep, steps_before: int) -> Callable[..., dict[str, Any]]:
    """Diffusers' callback in terms of ours."""

    def after_step(_pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        on_step(steps_before + step + 1)
        return tensors

    return after_step


def _denoise(
    pipeline: StableDiffusionPipeline, group: Sequence[Recipe], after_step: Callable[..., dict[str, Any]]
) -> torch.Tensor:
    """Latents of a full batch; places without a recipe of their own repeat the last one and are thrown away."""
    first = group[0]
    full = [*group, *[group[-1]] * (first.batch_shape - len(group))]
    output = pipeline(
        prompt=[recipe.prompt for recipe in full],
        negative_prompt=[recipe.negative_prompt for recipe in full],
        # Noise is always drawn on the processor: the same seed starts from the same noise on any device.
        generator=[torch.Generator("cpu").manual_seed(recipe.seed) for recipe in full],
        num_inference_steps=first.steps,
        guidance_scale=first.guidance,
        width=first.width,
        height=first.height,
        output_type="latent",
        callback_on_step_end=after_step,
    )
    latents: torch.Tensor = output.images
    return latents


@torch.inference_mode()
def _decode(pipeline: StableDiffusionPipeline, latents: torch.Tensor) -> Grey:
    """One image at a time: less memory, and nothing of its neighbours can enter."""
    decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample[0]
    channels = decoded.float().cpu().numpy()
    if not np.isfinite(channels).all():
        raise DrawingError("The model computed no picture (not a number); draw it in single precision, or use another.")
    unit = np.clip(channels / 2 + 0.5, 0, 1)
    grey = unit[0] if len(unit) == 1 else np.tensordot(LUMINANCE, unit, axes=1)
    return np.asarray(np.rint(grey * 255), dtype=np.uint8)
