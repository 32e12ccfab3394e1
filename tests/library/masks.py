"""Small masks for tests: discs and rectangles over images of 64 x 64 pixels, and sets that hold them."""

import io
import zipfile

import numpy as np
from PIL import Image as Pillow

from lungstudy.library.actions.mask_sets import SetDescription, set_described_as
from lungstudy.library.actions.masks import store_mask
from lungstudy.library.models import Definition, MaskSource
from tests.factories import ImageFactory

SIDE = 64


def box(left=10, top=10, right=40, bottom=40, side=SIDE):
    inside = np.zeros((side, side), bool)
    inside[top:bottom, left:right] = True
    return inside


def png(pixels, mode="L"):
    levels = np.asarray(pixels)
    if levels.dtype == bool:
        levels = np.where(levels, 255, 0).astype(np.uint8)
    buffer = io.BytesIO()
    Pillow.fromarray(levels).convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


def described(name="Lungs by hand", definition=Definition.HEART_INSIDE, source=MaskSource.PEOPLE, **more):
    return SetDescription(name=name, structure="lungs", definition=definition, source=source, **more)


def mask_set(**described_as):
    return set_described_as(described=described(**described_as), by=None)


def stored_mask(*, image=None, inside=None, within=None, **measures):
    """A mask with its first version."""
    version = store_mask(
        mask_set=within or mask_set(),
        image=image or ImageFactory(),
        pixels=box() if inside is None else inside,
        **measures,
    )
    return version.mask


def folder_of(path, files):
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def zip_of(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return buffer.getvalue()
