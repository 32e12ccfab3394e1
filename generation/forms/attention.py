"""What a batch's form asks about attention: the phrases that masks will be made of, and which of the maps are kept."""

from typing import Any

from django import forms

from generation.actions.attending import phrases_from, refuse_unattended
from generation.actions.orders import Order, QueueingError
from generation.diffusion.attention.wanted import Wanted
from generation.diffusion.prompts import Vectors
from lungstudy.styling import StyledForm


class AttentionFields(StyledForm, forms.Form):
    """All may stay empty: then nothing is kept."""

    attend = forms.CharField(
        required=False,
        max_length=600,
        label="Keep attention for masks of",
        widget=forms.TextInput(attrs={"placeholder": "left lung, right lung, heart", "autocomplete": "off"}),
        help_text="Words of the prompt, with commas between them. Where they act is kept beside each image, and masks "
        "can be made of it. The images are the same with and without.",
    )
    attend_rows = forms.CharField(
        required=False,
        max_length=60,
        label="Rows of the maps",
        widget=forms.TextInput(attrs={"placeholder": "16, 32"}),
        help_text="Empty: every resolution that the model attends at.",
    )
    attend_from = forms.IntegerField(required=False, min_value=1, label="From step", help_text="Empty: the first.")
    attend_to = forms.IntegerField(required=False, min_value=1, label="To step", help_text="Empty: the last.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def clean(self) -> dict[str, Any]:
        """Make `attended` of the fields."""
        data = super().clean() or {}
        if not self.errors:
            try:
                data["attended"] = wanted_of(data)
            except ValueError as exc:
                self.add_error("attend", str(exc))
        return data

    def check_attention(self, order: Order, vectors: Vectors) -> None:
        """Refuse what cannot be kept of any image; `warnings` says what some of the images will lack."""
        try:
            self.warnings += refuse_unattended(order, vectors)
        except QueueingError as exc:
            self.add_error("attend", str(exc))


def wanted_of(data: dict[str, Any]) -> Wanted:
    """What the fields ask for.

    Raises
    ------
    ValueError
        The rows are no numbers, or the numbers contradict each other.
    """
    try:
        rows = tuple(int(text) for text in data["attend_rows"].split(",") if text.strip())
    except ValueError:
        raise ValueError("Rows are whole numbers with commas between them, such as 16, 32.") from None
    return Wanted(phrases_from(data["attend"]), rows, data["attend_from"] or 1, data["attend_to"])
