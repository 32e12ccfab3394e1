"""Find the image that a mask was drawn over, by the name its file came with."""

from collections import Counter
from collections.abc import Collection
from pathlib import PurePosixPath

from lungstudy.library.actions.path_names import PathNames, normal_path
from lungstudy.library.models import Image

MASK_ENDING = "_mask"


class NoSuchImageError(Exception):
    """No image, or more than one, goes by this name; one sentence says which."""


class ImageNames:
    """The images of one data set under the names of their files, with and without the format's ending."""

    def __init__(self, images: Collection[Image]) -> None:
        named = [(normal_path(image.source_name), image) for image in images if image.source_name]
        self._tokens = {image.token.hex: image for image in images}
        self._whole = PathNames(named)
        self._stems = PathNames((_stem(name), image) for name, image in named)
        self._n_whole = Counter(name for name, _ in named)
        self._n_stems = Counter(_stem(name) for name, _ in named)

    def find(self, name: str) -> Image:
        """The image of that name; else the one whose name differs in its ending or in “_mask” only."""
        stem = _stem(normal_path(name))
        if exported := self._tokens.get(PurePosixPath(stem).name):
            return exported  # our own exports name masks so
        image = self._whole.find(name) or self._stems.find(stem) or self._stems.find(stem.removesuffix(MASK_ENDING))
        if image is None:
            raise NoSuchImageError(
                f"No image of the data set is named “{name}”. Import the image first, or correct the name."
            )
        found = normal_path(image.source_name)
        several = self._n_whole[found] if self._whole.find(name) else self._n_stems[_stem(found)]
        if several > 1:
            raise NoSuchImageError(
                f"{several} images of the data set are named “{found}”, so nobody can say which one it is."
            )
        return image


def _stem(path: str) -> str:
    return str(PurePosixPath(path).with_suffix("")) if path not in ("", ".") else path
