"""The marks of an unblinded study, and the mean image that they are shown over."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.core.files.storage import default_storage
from numpy.typing import NDArray
from PIL import Image as Pillow

from reader.models import Marking, Study
from reader.reports.truth import every_mark, some_presentations
from reader.stats.verdicts import FloatArray

MOST_BEHIND = 24
SIDE = 96
"""How many images of each origin make the mean image, and its pixels on each side."""


@dataclass(frozen=True)
class Marked:
    """Marks of all readers, and what they are shown over.

    Attributes
    ----------
    places : ndarray of float, shape (n_marks, 4)
        Left, top, width and height as fractions of the presented square; no width and height for a point.
    on_fake : ndarray of bool, shape (n_marks,)
    reasons : tuple of str, length n_marks
        Empty where none was chosen.
    behind : mapping of "fake" and "real" to ndarray of float, shape (side, side)
        Mean presented images, 0 to 1; absent where no file is left.
    """

    places: FloatArray
    on_fake: NDArray[np.bool_]
    reasons: tuple[str, ...]
    behind: Mapping[str, FloatArray]

    def counted(self) -> list[tuple[str, int, int]]:
        """Each reason with its marks on fakes and on reals, the most frequent first."""
        on_fakes = Counter(reason for reason, fake in zip(self.reasons, self.on_fake, strict=True) if fake)
        return [
            (reason or "no reason chosen", on_fakes[reason], n - on_fakes[reason])
            for reason, n in Counter(self.reasons).most_common()
        ]


def marked_of(study: Study) -> Marked | None:
    """What readers marked; None where the protocol took no marks.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    if study.marking == Marking.NONE:
        return None
    found = list(every_mark(study))
    places = [[mark["x"], mark["y"], mark["w"], mark["h"]] for _, mark in found]
    return Marked(
        np.array(places, dtype=float).reshape(-1, 4),
        np.array([fake for fake, _ in found], dtype=bool),
        tuple(mark["reason"] for _, mark in found),
        mean_images(study) if found else {},
    )


def mean_images(study: Study) -> dict[str, FloatArray]:
    """Mean of some presented images of each origin."""
    shown: dict[str, list[FloatArray]] = {}
    for fake, name in some_presentations(study, MOST_BEHIND):
        if default_storage.exists(name):
            shown.setdefault("fake" if fake else "real", []).append(small(name))
    return {truth: np.mean(images, axis=0) for truth, images in shown.items()}


def small(name: str) -> FloatArray:
    """A presented image as fractions of white, reduced."""
    with default_storage.open(name) as stored, Pillow.open(stored) as opened:
        white = 255.0 if opened.mode == "L" else 65535.0
        pixels: FloatArray = np.asarray(opened.convert("F").resize((SIDE, SIDE), Pillow.Resampling.BOX)) / white
    return pixels
