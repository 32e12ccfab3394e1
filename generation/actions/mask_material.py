"""What a mask run sees of each image: its grey levels and its attention, or the sentence that says why it cannot."""

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from generation.actions.keeping_attention import attention_of, read_anew
from generation.diffusion.attention.files import AttentionFileError
from generation.masks.errors import MaskError
from generation.models import AttentionMaps, GeneratedImage
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from lungstudy.library.pixels.encoding import to_8_bit

Maps = dict[int, NDArray[np.float32]]
BACK = "bring it back from a backup, or draw it again."


class UnusableImageError(MaskError):
    """Why one image takes no part, after its name; the others go on."""


def name_of(one: GeneratedImage) -> str:
    """As the batch's page calls it."""
    return f"Image {one.index + 1} (seed {one.recipe.get('seed', 'unknown')})"


def reason_against(one: GeneratedImage, phrases: Sequence[str]) -> str:
    """The sentence that says why the image cannot take part; empty where it can."""
    from generation.masks.refining import attention_map  # keeps torch out of the web process

    try:
        attention_map(pixels_of(one), maps_of(one, phrases))
    except MaskError as error:
        return f"{name_of(one)}: {error}"
    return ""


def maps_of(one: GeneratedImage, phrases: Sequence[str]) -> Maps:
    """The attention to all phrases together."""
    from generation.masks.fusing import union_of

    kept: AttentionMaps | None = getattr(one, "attention", None)
    if kept is None:
        raise UnusableImageError("it was drawn without keeping attention; draw it again with the phrases.")
    refuse_missing(phrases, kept.phrases, {each["phrase"]: each["reason"] for each in kept.missing})
    try:
        maps = attention_of(kept)
    except FileNotFoundError as error:
        raise UnusableImageError(f"the file of its attention is missing; {BACK}") from error
    except AttentionFileError as error:
        raise UnusableImageError(f"the file of its attention is damaged; {BACK}") from error
    refuse_missing(phrases, maps, {})
    return union_of([maps[phrase] for phrase in phrases])


def refuse_missing(phrases: Sequence[str], known: Container[str], reasons: dict[str, str]) -> None:
    """Say which phrase there is no attention of, and why."""
    for phrase in phrases:
        if phrase not in known:
            reason = reasons.get(phrase, f"the attention of “{phrase}” was not kept; draw it again with that phrase.")
            raise UnusableImageError(reason)


def pixels_of(one: GeneratedImage) -> NDArray[np.uint8]:
    """Its grey levels."""
    try:
        return to_8_bit(decode(read_anew(one.image.file)).pixels)
    except FileNotFoundError as error:
        raise UnusableImageError(f"its file is missing; {BACK}") from error
    except ImageError as error:
        raise UnusableImageError(f"its file is damaged; {BACK}") from error
