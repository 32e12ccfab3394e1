"""Files that a drawing is given by command: embeddings, LoRAs, an image to change and a mask."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from generation.actions.adapters import register_adapter
from generation.actions.given_pictures import WHITE, keep_image, keep_mask, source_of
from generation.actions.material import DRAWN_ANEW
from generation.diffusion.errors import DiffusionError
from generation.diffusion.material import Grey, Material
from generation.diffusion.recipe import EMBEDDING, LORA, Adapter, Start
from generation.models import Generator
from lungstudy.accounts.models import User
from lungstudy.library.models import Image
from lungstudy.library.pixels.arrays import Grey as Film
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from lungstudy.library.pixels.encoding import to_8_bit
from lungstudy.library.pixels.hashes import content_sha256, pixel_sha256


class GivenFileError(DiffusionError):
    """A file that was given cannot be used; the sentence says why."""


class Given(NamedTuple):
    """What the files add to a recipe, the files themselves, and the library's image that is changed, if it is one."""

    adapters: tuple[Adapter, ...]
    start: Start | None
    material: Material
    source: Image | None = None


def given_files(
    *, embedding: Sequence[str], lora: Sequence[str], start: Path | None, mask: Path | None, strength: float,
    feather: int,
) -> Given:  # fmt: skip
    """Read everything once; recipes name it by its hash.

    Parameters
    ----------
    embedding : sequence of str
        ``<token>=FILE``, the token as it stands in the prompt.
    lora : sequence of str
        ``FILE`` or ``FILE:scale``.

    Raises
    ------
    GivenFileError
        A file is missing or is not what it should be.
    ValueError
        Strength or feather are out of range.
    """
    files: dict[str, Path] = {}
    adapters = [embedding_from(text, files) for text in embedding] + [lora_from(text, files) for text in lora]
    if start is None:
        if mask is not None:
            raise GivenFileError("A mask says which part of an image to change; give the image with --start too.")
        return Given(tuple(adapters), None, Material(files=files))
    content = bytes_of(start)
    film = pixels_from(start, content)
    image = to_8_bit(film)
    images, masks, mask_sha256 = {pixel_sha256(image): image}, {}, ""
    if mask is not None:
        levels = grey_from(mask)
        mask_sha256 = pixel_sha256(np.where(levels >= DRAWN_ANEW, WHITE, 0).astype(np.uint8))
        masks[mask_sha256] = levels >= DRAWN_ANEW
    began = Start(pixel_sha256(image), strength, mask_sha256, feather)
    return Given(tuple(adapters), began, Material(images, masks, files), source_of(content=content, pixels=film))


def keep_given(*, given: Given, generator: Generator, by: User | None) -> None:
    """Make the site keep these files, as if they had been added on its pages, for workers to find by their hash.

    Raises
    ------
    DiffusionError
        An adapter does not fit the generator, or its name is taken by another file.
    """
    for one in given.adapters:
        content = bytes_of(given.material.files[one.sha256])
        register_adapter(generator=generator, kind=one.kind, name=one.name, content=content, by=by)
    for image in given.material.images.values():
        keep_image(pixels=image, source=given.source)
    for mask in given.material.masks.values():
        keep_mask(mask=mask)


def embedding_from(text: str, files: dict[str, Path]) -> Adapter:
    """An embedding and its token."""
    token, sign, path = text.partition("=")
    if not sign or not token.strip():
        raise GivenFileError(f"An embedding is given as TOKEN=FILE, such as <large-heart>=heart.safetensors: “{text}”.")
    return Adapter(EMBEDDING, token.strip(), noted(Path(path), files))


def lora_from(text: str, files: dict[str, Path]) -> Adapter:
    """A LoRA and how strongly it acts."""
    path, sign, scale = text.rpartition(":")
    try:
        factor = float(scale) if sign else 1.0
    except ValueError:
        path, factor = text, 1.0  # a colon of the path
    file = Path(path if sign else text)
    return Adapter(LORA, file.stem, noted(file, files), factor)


def noted(path: Path, files: dict[str, Path]) -> str:
    """The hash of an adapter's file; a pickle is refused by its name already."""
    if path.suffix != ".safetensors":
        raise GivenFileError(
            f"{path} is no .safetensors file, and other weights can run code when they are opened; convert it first."
        )
    sha256 = content_sha256(bytes_of(path))
    files[sha256] = path
    return sha256


def grey_from(path: Path) -> Grey:
    """An image file as 8-bit grey levels."""
    return to_8_bit(pixels_from(path, bytes_of(path)))


def pixels_from(path: Path, content: bytes) -> Film:
    """An image file's pixels, in as many bits as it has."""
    try:
        return decode(content).pixels
    except ImageError as error:
        raise GivenFileError(f"{path}: {error}") from error


def bytes_of(path: Path) -> bytes:
    """A file's content."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise GivenFileError(f"{path} cannot be read ({error.strerror}).") from error
