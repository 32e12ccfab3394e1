"""Where drawing starts from: noise alone, or an image of which all or a masked part is drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from scipy.ndimage import distance_transform_edt

from generation.diffusion.errors import DrawingError, SizeError
from generation.diffusion.material import Grey, Mask, Material
from generation.diffusion.recipe import Recipe


@dataclass(frozen=True)
class Origin:
    """The start of a batch: the first latents, the steps that are taken, and what is kept in place while drawing.

    Attributes
    ----------
    latents, noise : Tensor, shape (B, channels, h, w)
    timesteps : Tensor, shape (n_steps,)
    clean : Tensor or None
        Latents of the start image.
    under : Tensor or None, shape (1, 1, h, w)
        1 where latents are drawn anew, 0 where they are kept.
    """

    latents: torch.Tensor
    noise: torch.Tensor
    timesteps: torch.Tensor
    clean: torch.Tensor | None = None
    under: torch.Tensor | None = None

    def kept(self, scheduler: Any, latents: torch.Tensor, at: int) -> torch.Tensor:
        """The latents after step `at`, with what lies outside the mask put back as noisy as they are by now."""
        if self.under is None or self.clean is None:
            return latents
        outside = self.clean
        if at + 1 < len(self.timesteps):
            outside = scheduler.add_noise(self.clean, self.noise, self.timesteps[at + 1 : at + 2])
        return self.under * latents + (1 - self.under) * outside


def origin_of(pipeline: StableDiffusionPipeline, scheduler: Any, group: Sequence[Recipe], material: Material) -> Origin:
    """The noise of each image's own seed, and where the recipe changes an image, that image under its share of it.

    Noise is always drawn on the processor: the same seed starts from the same noise on any device.
    """
    first, dtype, device = group[0], pipeline.unet.dtype, pipeline._execution_device
    scale = pipeline.vae_scale_factor
    shape = (1, pipeline.unet.config.in_channels, first.height // scale, first.width // scale)
    sources = [torch.Generator("cpu").manual_seed(recipe.seed) for recipe in group]
    noise = torch.cat([torch.randn(shape, generator=source, dtype=dtype) for source in sources]).to(device)
    scheduler.set_timesteps(first.steps, device=device)
    if first.start is None:
        return Origin(noise * scheduler.init_noise_sigma, noise, scheduler.timesteps)
    return _from_image(pipeline, scheduler, first, noise, material)


def _from_image(
    pipeline: StableDiffusionPipeline,
    scheduler: Any,
    recipe: Recipe,
    noise: torch.Tensor,
    given: Material,
) -> Origin:
    """Meng et al. (2022), arXiv:2108.01073 (SDEdit); with a mask Lugmayr et al. (2022), arXiv:2201.09865, eq. 8."""
    taken = recipe.steps_taken
    timesteps = scheduler.timesteps[recipe.steps - taken :]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(recipe.steps - taken)
    clean = _encoded(pipeline, checked_image(given, recipe))
    mask = checked_mask(given, recipe)
    under = None if mask is None else _on_latents(mask, noise.shape[-2:]).to(noise)
    clean = clean.expand(noise.shape)
    return Origin(scheduler.add_noise(clean, noise, timesteps[:1]), noise, timesteps, clean, under)


def _encoded(pipeline: StableDiffusionPipeline, image: Grey) -> torch.Tensor:
    vae = pipeline.vae
    unit = torch.from_numpy(image.astype(np.float32) / 127.5 - 1).to(vae.device, vae.dtype)
    channels = unit.expand(1, vae.config.in_channels, *image.shape)
    encoded: torch.Tensor = vae.encode(channels).latent_dist.mode() * vae.config.scaling_factor
    return encoded


def _on_latents(mask: Mask, shape: Sequence[int]) -> torch.Tensor:
    """A latent is drawn anew where any of its pixels is."""
    by_cell = torch.from_numpy(mask.astype(np.float32))[None, None]
    return torch.nn.functional.adaptive_max_pool2d(by_cell, (int(shape[0]), int(shape[1])))


def checked_image(given: Material, recipe: Recipe) -> Grey:
    """The start image, of the recipe's own size.

    Raises
    ------
    DrawingError, SizeError
        It is not there, or has another size.
    """
    if recipe.start is None or recipe.start.image_sha256 not in given.images:
        raise DrawingError("The image to start from is not there any more; choose another and queue the batch again.")
    image = given.images[recipe.start.image_sha256]
    if image.shape != (recipe.height, recipe.width):
        raise SizeError(
            f"The image to start from has {image.shape[1]} x {image.shape[0]} pixels and the batch draws "
            f"{recipe.width} x {recipe.height}; take an image of that size."
        )
    return image


def checked_mask(given: Material, recipe: Recipe) -> Mask | None:
    """The mask of a recipe, of its own size; None where the whole image is changed.

    Raises
    ------
    DrawingError
        It is not there, of another size, or covers nothing.
    """
    if recipe.start is None or not recipe.start.mask_sha256:
        return None
    mask = given.masks.get(recipe.start.mask_sha256)
    if mask is None or mask.shape != (recipe.height, recipe.width):
        raise DrawingError("The mask is not there any more, or is not of the image's size; draw it again.")
    if not mask.any():
        raise DrawingError("The mask covers nothing, so nothing would be drawn; draw it over what is to change.")
    return mask


def pasted(drawn: Grey, image: Grey, mask: Mask, feather: int) -> Grey:
    """The drawn image inside the mask, the start image outside it, pixel for pixel; mixed over the feather inside.

    Parameters
    ----------
    drawn, image : ndarray of uint8, shape (height, width)
    mask : ndarray of bool, shape (height, width)
    feather : int
        Pixels inside the mask's edge over which the share of `drawn` rises from 0 to 1.
    """
    share = mask.astype(np.float64)
    if feather:
        share = np.minimum(1.0, distance_transform_edt(mask) / (feather + 1))
    # Where the share is 0, as it is everywhere outside, this is the start image's very level.
    return np.asarray(np.rint(share * drawn + (1 - share) * image), dtype=np.uint8)
