"""Marks: points and boxes that a reader drew where an image looks generated."""

from typing import Any

from django.core.exceptions import ValidationError

from reader.forms.plain_json import PlainJSONField, is_number
from reader.models import Marking, Study

MOST_MARKS = 50
SHAPE = ("x", "y", "w", "h")
ROUNDING = 1e-6
"""How far beyond the picture's edge the sum of two rounded fractions may lie."""


class MarksField(PlainJSONField):
    """A list of marks, each a dict of place, x, y, w, h and reason; fractions of the picture at that place."""

    nothing: list[dict[str, Any]] = []

    def checked(self, value: Any) -> list[dict[str, Any]]:
        """The marks, each with its six parts and no other, as far as can be said without the study's protocol."""
        if not isinstance(value, list) or not all(is_a_mark(mark) for mark in value):
            raise ValidationError("The marks could not be read. Reload the page and mark again.")
        if len(value) > MOST_MARKS:
            raise ValidationError(f"There are {len(value)} marks; remove some until {MOST_MARKS} are left.")
        return value


def is_a_mark(mark: Any) -> bool:
    """Whether this has the parts of a mark, with fractions inside the picture."""
    if not isinstance(mark, dict) or set(mark) != {"place", "reason", *SHAPE}:
        return False
    if type(mark["place"]) is not int or not isinstance(mark["reason"], str):
        return False
    return all(is_number(mark[name]) for name in SHAPE) and is_inside(*(mark[name] for name in SHAPE))


def is_inside(x: float, y: float, w: float, h: float) -> bool:
    """Whether a point, or a box with two sides, lies in the picture."""
    has_shape = (w == 0 and h == 0) or (w > 0 and h > 0)
    return has_shape and x >= 0 and y >= 0 and x + w <= 1 + ROUNDING and y + h <= 1 + ROUNDING


def check_marks(marks: list[dict[str, Any]], study: Study) -> None:
    """Raise where the protocol takes no such marks; the sentence says which."""
    if marks and study.marking == Marking.NONE:
        raise ValidationError("This study takes no marks. Reload the page and answer again.")
    for number, mark in enumerate(marks, start=1):
        kind = Marking.BOX if mark["w"] else Marking.POINT
        if study.marking not in (kind, Marking.BOTH):
            raise ValidationError(f"Mark {number} is a {kind}; this study takes none. Remove it and answer again.")
        if not 1 <= mark["place"] <= study.images_per_trial:
            raise ValidationError(f"Mark {number} lies on no image. Remove it and answer again.")
        if mark["reason"] not in ("", *study.mark_reasons):
            raise ValidationError(f"The reason of mark {number} is not on the list. Choose another and answer again.")
