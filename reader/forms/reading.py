"""What the reading room sends with an answer: the answer itself, and what may be said beside it."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reader.forms.marks import MarksField, check_marks
from reader.forms.plain_json import PlainJSONField, is_number
from reader.models import Confidence, Study

UNREADABLE = "The answer could not be read. Reload the page and answer again."
LONGEST_COMMENT = 2000
MOST_VIEWING = 20
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
RANGES = {Confidence.KEYS: (1, 5), Confidence.SLIDER: (0, 100)}
COMMENT_ERRORS = {
    "max_length": f"The comment is longer than {LONGEST_COMMENT} characters. Shorten it and answer again.",
    "null_characters_not_allowed": "The comment holds a character that cannot be stored. Write it anew, then answer.",
}


class ViewingField(PlainJSONField):
    """How the image was looked at: short names and numbers."""

    nothing: dict[str, float] = {}

    def checked(self, value: Any) -> dict[str, float]:
        """The names and numbers."""
        if not isinstance(value, dict) or len(value) > MOST_VIEWING:
            raise ValidationError(UNREADABLE)
        if not all(NAME.fullmatch(name) and is_number(number) for name, number in value.items()):
            raise ValidationError(UNREADABLE)
        return value


class ReadingForm(forms.Form):
    """One answer as the browser's outbox sends it, checked against the protocol of its study."""

    client_key = forms.UUIDField()
    sequence = forms.IntegerField(min_value=0, max_value=2**53)
    answer = forms.CharField(max_length=8)
    seconds_open = forms.FloatField(min_value=0, max_value=86_400)
    confidence = forms.IntegerField(required=False)
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT, error_messages=COMMENT_ERRORS)
    marks = MarksField(required=False)
    viewing = ViewingField(required=False)

    def __init__(self, data: Mapping[str, Any], *, study: Study) -> None:
        super().__init__(data)
        self.study = study

    def clean_confidence(self) -> int | None:
        """Asked for: in its range. Not asked for: absent."""
        confidence: int | None = self.cleaned_data["confidence"]
        if self.study.confidence == Confidence.NONE:
            if confidence is not None:
                raise ValidationError("This study does not ask how sure you are. Reload the page and answer again.")
            return None
        low, high = RANGES[Confidence(self.study.confidence)]
        if confidence is None or not low <= confidence <= high:
            raise ValidationError(f"Say how sure you are, from {low} to {high}, and answer again.")
        return confidence

    def clean_comment(self) -> str:
        """Empty where the protocol takes no comment."""
        comment: str = self.cleaned_data["comment"]
        if comment and not self.study.allow_comment:
            raise ValidationError("This study takes no comments. Reload the page and answer again.")
        return comment

    def clean_marks(self) -> list[dict[str, Any]]:
        """Of the kinds, on the images and for the reasons that the protocol names."""
        marks: list[dict[str, Any]] = self.cleaned_data["marks"]
        check_marks(marks, self.study)
        return marks

    @property
    def sentence(self) -> str:
        """What was wrong and what to do: with the answer itself, else with what was said beside it."""
        beside = {"confidence", "comment", "marks"}
        if not set(self.errors) <= beside:
            return UNREADABLE
        return str(next(iter(self.errors.values()))[0])
