"""The files that a batch's recipes name by hash: found on this machine, or copied here, and checked."""

import uuid
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image as PillowImage

from generation.diffusion.errors import DrawingError, ModelError
from generation.diffusion.material import Grey, Material
from generation.models import Adapter, Batch, GivenPicture
from lungstudy.library.pixels.hashes import content_sha256, pixel_sha256

DRAWN_ANEW = 128
"""Grey levels of a mask from which pixels are drawn anew."""


def material_of(batch: Batch) -> Material:
    """The start image, mask and adapter files of a batch.

    Raises
    ------
    DrawingError, ModelError
        One is not there any more, or is not what its recipe names.
    """
    files = {one.sha256: local_copy(one.sha256) for one in batch.used_adapters}
    start = batch.begun_with
    if start is None:
        return Material(files=files)
    masks = {start.mask_sha256: picture(start.mask_sha256) >= DRAWN_ANEW} if start.mask_sha256 else {}
    return Material({start.image_sha256: picture(start.image_sha256)}, masks, files)


def local_copy(sha256: str) -> Path:
    """An adapter's file on this machine's own disk; the storage may be another machine's.

    Raises
    ------
    ModelError
        It is gone, or its content has changed.
    """
    path = Path(settings.WORKER_CACHE) / f"{sha256}.safetensors"
    if path.is_file():  # only ever put there whole and checked
        return path
    adapter = Adapter.objects.filter(sha256=sha256).first()
    if adapter is None:
        raise ModelError("An embedding or LoRA of this batch is not there any more; add it again under another name.")
    content = stored_bytes(adapter)
    if content_sha256(content) != sha256:
        raise ModelError(f"The file of “{adapter}” is not the one that was registered; add it again by another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    half.write_bytes(content)
    half.replace(path)
    return path


def stored_bytes(adapter: Adapter) -> bytes:
    """The file as the site's storage has it."""
    try:
        with adapter.file.open("rb") as file:
            return bytes(file.read())
    except OSError as error:
        raise ModelError(f"The file of “{adapter}” is not there any more; add it again by another name.") from error


@lru_cache(maxsize=16)  # a batch's jobs follow each other, and they all change the same picture
def picture(sha256: str) -> Grey:
    """The pixels of a given picture.

    Raises
    ------
    DrawingError
        They are gone, or have changed.
    """
    kept = GivenPicture.objects.filter(sha256=sha256).first()
    try:
        if kept is None:
            raise FileNotFoundError
        with kept.file.open("rb") as file, PillowImage.open(BytesIO(file.read())) as opened:
            pixels = np.asarray(opened.convert("L"), dtype=np.uint8)
    except OSError as error:
        raise DrawingError(
            "The image to start from, or its mask, is not there any more; choose it anew and queue the batch again."
        ) from error
    if pixel_sha256(pixels) != sha256:
        raise DrawingError("A picture that this batch starts from has changed; choose it anew and queue it again.")
    pixels.setflags(write=False)
    return pixels
