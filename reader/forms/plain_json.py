"""JSON from a browser that must be plain: short, shallow, and without the not-a-numbers that databases refuse."""

import json
import math
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

LONGEST = 60_000


class PlainJSONField(forms.Field):
    """A text of JSON; what it holds is for `checked` to say, and nothing sent stands for `nothing`."""

    nothing: Any = None

    def to_python(self, value: Any) -> Any:
        """The value that the text stands for."""
        if not value:
            return type(self.nothing)()
        if len(value) > LONGEST:
            raise ValidationError("This is too long to be read. Reload the page and answer again.")
        try:
            return self.checked(json.loads(value, parse_constant=refuse_constant))
        except (ValueError, OverflowError, RecursionError):
            raise ValidationError("This could not be read. Reload the page and answer again.") from None

    def checked(self, value: Any) -> Any:
        """The value if it is as it must be; anything else raises."""
        raise NotImplementedError


def refuse_constant(name: str) -> None:
    """NaN and the infinities are no JSON, though Python reads them."""
    raise ValueError(f"{name} is no number")


def is_number(value: Any) -> bool:
    """Whether this is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
