"""The forms that steer disease: images from one condition to others, and several conditions at once."""

from typing import Any

from django import forms

from generation.actions.orders import OrderLine
from generation.actions.prompt_lines import LinesError, Seeds, Wording, lines_of
from generation.diffusion.composing import joined, strip
from generation.forms.batch import BatchForm
from generation.forms.lines import refuse_unreadable

MOST_COLUMNS, MOST_FINDINGS, MOST_TERMS = 9, 8, 3
# An image in the middle of a strip shows the condition mostly (docs/steering.md), one before it mostly not.
LABELLED_FROM = 0.5
FORBIDDEN = ('"', " AND ", ".blend(")


class SteeringForm(BatchForm):
    """A batch whose prompts are made of conditions and weights."""

    # Django's way to leave out what the form behind this one asks.
    prompt = choices = prompts_csv = seeds = same_seeds = cut_long = None  # type: ignore[assignment]

    def _text(self, field: str, text: str) -> str:
        if any(mark in text for mark in FORBIDDEN):
            raise LinesError(field, "A condition is plain words; the page itself joins them by AND or blends them.")
        return text


class StripForm(SteeringForm):
    """One row of images from a condition to each of several others, the same seeds in every column."""

    low = forms.CharField(
        max_length=1000, label="From", initial="frontal chest radiograph, normal", help_text="The condition at 0 %."
    )
    highs = forms.CharField(
        max_length=8000,
        label="To",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "frontal chest radiograph, cardiomegaly"}),
        help_text=f"The condition at 100 %; several, one a line, give a row each. At most {MOST_FINDINGS}.",
    )
    columns = forms.IntegerField(
        initial=5,
        min_value=2,
        max_value=MOST_COLUMNS,
        widget=forms.NumberInput(attrs={"type": "range"}),
        label="Images in a row",
        help_text="Evenly spaced from 0 % to 100 %.",
    )
    way = forms.ChoiceField(
        choices=[("and", "Weighted predictions (AND)"), ("blend", "Mixed embeddings (blend)")],
        label="How to go from one to the other",
        help_text="AND changes the image early on the way, a blend mostly in its middle.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].widget.attrs["class"] = "form-range"
        self.fields["count"].label = "Rows of each"
        self.fields["count"].initial = 1
        self.fields["count"].help_text = "Each with another seed; within a row the seed is the same."
        self.fields["finding"].help_text = (
            f"Stored with the images from {100 * LABELLED_FROM:.0f} % of the condition on, so that studies can balance "
            "findings; those before, the one at 0 % among them, get no label. The model does not see it."
        )

    def _lines(self, data: dict[str, Any]) -> tuple[OrderLine, ...]:
        highs = list(dict.fromkeys(line.strip() for line in data["highs"].splitlines() if line.strip()))
        if len(highs) > MOST_FINDINGS:
            raise LinesError("highs", f"There are {len(highs)} conditions; at most {MOST_FINDINGS} fit on a page.")
        low = self._text("low", data["low"].strip())
        shares = shares_of(data["columns"])
        wordings = [
            Wording(
                prompt=prompt,
                negative_prompt=data["negative_prompt"],
                finding=data["finding"] if share >= LABELLED_FROM else "",
            )
            for high in highs
            for share, prompt in zip(shares, strip(low, self._text("highs", high), shares, data["way"]), strict=True)
        ]
        return lines_of(wordings, Seeds(first=data["first_seed"], count=data["count"], same=True))


class CombineForm(SteeringForm):
    """Up to three conditions drawn at once, each with a weight."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_TERMS + 1):
            self.fields[f"term{number}"] = forms.CharField(
                max_length=1000, required=number <= 2, label=f"Condition {number}",
                widget=forms.TextInput(attrs={"class": "form-control", "data-term": number}),
            )  # fmt: skip
            self.fields[f"weight{number}"] = forms.FloatField(
                min_value=-1, max_value=2, initial=0.6, required=number <= 2, label=f"Weight of condition {number}",
                widget=forms.NumberInput(
                    attrs={"type": "range", "step": 0.05, "class": "form-range", "data-weight": number}
                ),
            )  # fmt: skip

    @property
    def terms(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each condition beside its weight, for the page."""
        return [(self[f"term{number}"], self[f"weight{number}"]) for number in range(1, MOST_TERMS + 1)]

    def _lines(self, data: dict[str, Any]) -> tuple[OrderLine, ...]:
        numbers = [number for number in range(1, MOST_TERMS + 1) if data[f"term{number}"].strip()]
        texts = [self._text(f"term{number}", data[f"term{number}"].strip()) for number in numbers]
        weights = [data[f"weight{number}"] or 0.0 for number in numbers]
        wording = Wording(
            prompt=joined(texts, weights), negative_prompt=data["negative_prompt"], finding=data["finding"]
        )
        lines = lines_of([wording], Seeds(first=data["first_seed"], count=data["count"]))
        refuse_unreadable(lines)
        return lines


def shares_of(columns: int) -> list[float]:
    """Evenly spaced from 0 to 1, short enough to be read in a prompt."""
    return [round(column / (columns - 1), 4) for column in range(columns)]
