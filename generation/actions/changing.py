"""An image of the library, and a mask over it, at the size at which a batch changes them."""

import numpy as np

from generation.actions.given_pictures import keep_image, keep_mask
from generation.actions.material import DRAWN_ANEW
from generation.actions.orders import QueueingError
from generation.diffusion.material import Grey, Mask
from generation.diffusion.recipe import Start
from lungstudy.library.models import Image
from lungstudy.library.pixels.arrays import Grey as Film
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from lungstudy.library.pixels.encoding import to_8_bit
from lungstudy.library.pixels.presenting import Policy, present


def start_from(*, image: Image, mask: bytes | None, size: int, strength: float, feather: int) -> Start:
    """Keep what is changed, and where, for the workers; None as the mask changes the whole image.

    Raises
    ------
    QueueingError
        The mask is no image, has another size, or covers nothing.
    """
    kept = keep_image(pixels=at_size(stored_pixels(image), size), source=image)
    if mask is None:
        return Start(kept.sha256, strength)
    kept_mask = keep_mask(mask=mask_at_size(mask, image, size))
    return Start(kept.sha256, strength, kept_mask.sha256, feather)


def at_size(pixels: Film, size: int) -> Grey:
    """The central square at the size that is drawn, 8 bit, its grey levels as they are stored."""
    return to_8_bit(present(pixels, Policy(size=size, fit="crop", grey="as_stored")))


def mask_at_size(content: bytes, image: Image, size: int) -> Mask:
    """Where a mask file is white: a file of the image's own size is cut and scaled as the image is.

    Raises
    ------
    QueueingError
        It is no image, has a third size, or covers nothing.
    """
    try:
        levels = to_8_bit(decode(content).pixels)
    except ImageError as error:
        raise QueueingError(f"The mask cannot be read: {error}") from error
    if levels.shape == (image.height, image.width):
        levels = at_size(levels, size)
    if levels.shape != (size, size):
        raise QueueingError(
            f"The mask has {levels.shape[1]} x {levels.shape[0]} pixels. It must have the image's own "
            f"{image.width} x {image.height}, or the {size} x {size} that are drawn."
        )
    mask: Mask = np.asarray(levels) >= DRAWN_ANEW
    if not mask.any():
        raise QueueingError("The mask covers nothing; paint over what is to be drawn anew, or change the whole image.")
    return mask


def stored_pixels(image: Image) -> Film:
    """The image's pixels as the library has them."""
    with image.file.open("rb") as file:
        return decode(file.read()).pixels
