"""What readers said of images, as every analysis takes it: from a study of this site or from any other's file."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reader.stats.unsure import suspicion
from reader.stats.verdicts import FAKE, MISSING, REAL, VERDICTS, FloatArray, IntArray


@dataclass(frozen=True)
class Readings:
    """Verdicts of readers on images, with what is known beside them.

    Attributes
    ----------
    images, readers : tuple of str
        Names, in the order of rows and of columns.
    categories : tuple of str
        Every category that a reader could choose, in their declared order.
    codes : ndarray of int, shape (n_images, n_readers)
        Positions in `categories` at the first showing, or `MISSING`.
    is_fake : ndarray of bool, shape (n_images,), or None
        The truth, where it is known.
    confidence : ndarray of float, shape (n_images, n_readers), or None
        How sure, higher is surer; ``nan`` where not said.
    seconds, positions : ndarray of float, shape (n_images, n_readers), or None
        Time before the verdict, and place in the reader's own order from 1; ``nan`` where unknown.
    right : ndarray of int, shape (n_images,), or None
        The right category's code, where readers chose among several images: then a row is a trial.
    repeats : ndarray of int, shape (n_images, n_readers, n_showings), or None
        Codes of every showing, the first as in `codes`.
    groups : tuple of str, length n_readers, or None
        Whom results compare, such as residents.
    conditions : tuple of str, length n_images, or None
        What made each image, such as its generator.
    """

    images: tuple[str, ...]
    readers: tuple[str, ...]
    categories: tuple[str, ...]
    codes: IntArray
    is_fake: NDArray[np.bool_] | None = None
    confidence: FloatArray | None = None
    seconds: FloatArray | None = None
    positions: FloatArray | None = None
    right: IntArray | None = None
    repeats: IntArray | None = None
    groups: tuple[str, ...] | None = None
    conditions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        shape = (len(self.images), len(self.readers))
        for name in ("codes", "confidence", "seconds", "positions"):
            part = getattr(self, name)
            if part is not None and part.shape != shape:
                raise ValueError(f"{name} must have one entry per image and reader, {shape}, got {part.shape}")

    @property
    def n_categories(self) -> int:
        """How many categories are declared, used or not."""
        return len(self.categories)

    @property
    def are_verdicts(self) -> bool:
        """Whether readers said fake or real, perhaps unsure: then there is a right and a wrong."""
        return {"fake", "real"} <= set(self.categories) <= set(VERDICTS)

    @property
    def are_ratings(self) -> bool:
        """Whether readers rated how real an image looks, from 1."""
        return list(self.categories) == [str(point) for point in range(1, self.n_categories + 1)] and self.right is None

    @cached_property
    def verdict_codes(self) -> IntArray:
        """Codes of `VERDICTS`, whatever order was declared.

        Raises
        ------
        ValueError
            If the categories are no verdicts.
        """
        if not self.are_verdicts:
            raise ValueError(f"verdicts are fake, unsure and real; these readers chose among {self.categories}")
        code_of = np.array([*(VERDICTS.index(category) for category in self.categories), MISSING])
        coded: IntArray = code_of[self.codes]  # MISSING, -1, finds the last entry
        return coded

    @cached_property
    def scores(self) -> FloatArray:
        """How fake each image looked to each reader: verdict and confidence together, the verdict, or the rating."""
        if self.are_ratings:
            return np.where(self.codes == MISSING, np.nan, -self.codes.astype(float))
        said = self.verdict_codes
        if self.confidence is None:
            return suspicion(said)
        side = np.select([said == FAKE, said == REAL], [1.0, -1.0], 0.0)
        # Surer than not sure at all: a verdict without confidence still lies on its own side of unsure.
        sure = np.where(np.isnan(self.confidence), 0.0, self.confidence) + 1.0
        return np.where(said == MISSING, np.nan, side * sure)

    def of_images(self, rows: NDArray[np.intp]) -> "Readings":
        """The same readers on some of the images."""
        parts = ("codes", "is_fake", "confidence", "seconds", "positions", "right", "repeats")
        cut = {name: part[rows] for name in parts if (part := getattr(self, name)) is not None}
        conditions = tuple(self.conditions[row] for row in rows) if self.conditions else None
        return replace(self, images=tuple(self.images[row] for row in rows), conditions=conditions, **cut)
