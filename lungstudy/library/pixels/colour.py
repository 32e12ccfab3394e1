"""Colour pictures as grey ones: tints are dropped, photographs refused, coloured overlays counted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from lungstudy.library.pixels.decoded import ImageError

SAMPLE_SIDE = 640  # colour is judged on every n-th pixel, so that a large film takes no longer
OWN_COLOUR = 48  # levels of 255 between a pixel's colour and the tint of its grey: above JPEG's colour noise
TINT = 6
# A film on blue base has one hue. More pixels with a hue of their own, or a stronger tint, is no radiograph.
PHOTOGRAPH_SHARE = 0.15
PHOTOGRAPH_TINT = 110
GREY_BINS = 32


@dataclass(frozen=True)
class Colour:
    """What was seen of colour before it was dropped."""

    is_tinted: bool = False
    own_share: float = 0.0


def grey_of(image: Image.Image) -> tuple[NDArray[np.uint8], Colour]:
    """Eight-bit grey of any Pillow picture of 8 bits a channel; transparent parts are shown over black."""
    image = _plain(image)
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colour = _judge(image) if image.mode in ("RGB", "RGBA") else Colour()
    grey = image.convert("L")  # luma of ITU-R 601; equal channels keep their level
    if alpha is not None and alpha.getextrema() != (255, 255):
        grey = ImageChops.multiply(grey, alpha)
    return np.asarray(grey), colour


def _plain(image: Image.Image) -> Image.Image:
    """The same picture as L, LA, RGB or RGBA."""
    if image.mode in ("P", "PA") or "transparency" in image.info:
        has_alpha = image.mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if has_alpha else "RGB")
    if image.mode in ("La", "RGBa"):
        return image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGB")


def _judge(image: Image.Image) -> Colour:
    step = max(1, max(image.size) // SAMPLE_SIDE)
    sample = np.asarray(image)[::step, ::step].astype(np.int16)
    if sample.shape[2] == 4:
        sample = sample[..., :3] * sample[..., 3:] // 255
    tint, own_share = measure_colour(sample)
    if tint > PHOTOGRAPH_TINT or own_share > PHOTOGRAPH_SHARE:
        raise ImageError("This is a colour picture and no radiograph; import grey films only.")
    return Colour(is_tinted=tint > TINT, own_share=own_share)


def measure_colour(rgb: NDArray[Any]) -> tuple[float, float]:
    """Strength of the common tint (levels), and the share of pixels whose colour is none of it."""
    red, green, blue = (rgb[..., channel].ravel() for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return 0.0, 0.0
    differences = np.stack([red - green, blue - green])
    bins = (red + green + blue) * GREY_BINS // (3 * 256)
    tint = 0.0
    own = 0
    for each in np.unique(bins):
        inside = differences[:, bins == each]
        common = np.median(inside, axis=1)
        own += int((np.abs(inside - common[:, None]).max(axis=0) > OWN_COLOUR).sum())
        tint += float(np.ptp([*common, 0.0])) * inside.shape[1]
    return tint / red.size, own / red.size
