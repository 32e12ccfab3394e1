"""The form of one pool: which images a study draws, and how many."""

from typing import Any

from django import forms

from lungstudy.library.models import Dataset, Origin
from lungstudy.styling import StyledForm

ANY = "any-"
MADE_BY = ("generator", "prompt")


class PoolForm(StyledForm, forms.Form):
    """One stratum: real or synthetic images, of one data set or any, perhaps of one finding, view, model or prompt."""

    dataset = forms.ChoiceField(label="Images from")
    finding = forms.CharField(max_length=120, required=False, label="Finding (empty: any)")
    view = forms.CharField(max_length=40, required=False, label="View (empty: any)")
    generator = forms.CharField(max_length=120, required=False, label="Model (empty: any)")
    prompt = forms.CharField(max_length=500, required=False, label="Prompt (empty: any)")
    count = forms.IntegerField(min_value=1, max_value=5000, initial=20, label="Images to draw")
    practice = forms.BooleanField(required=False, label="For practice", help_text="Shown first and never counted.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.datasets = {str(dataset.pk): dataset for dataset in Dataset.objects.all()}
        chooser = self.fields["dataset"]
        assert isinstance(chooser, forms.ChoiceField)  # noqa: S101 - narrows the type
        chooser.choices = [("", "Choose…"), *(self.choices_of(Origin(origin)) for origin in Origin.values)]
        for name in ("finding", "view", "generator", "prompt"):
            self.fields[name].widget.attrs |= {"list": f"{name}s", "autocomplete": "off"}

    def choices_of(self, origin: Origin) -> tuple[str, list[tuple[str, str]]]:
        """Any data set of an origin, and each by itself."""
        own = [(key, dataset_label(one)) for key, one in self.datasets.items() if one.origin == origin]
        return str(origin.label), [(f"{ANY}{origin}", f"Any {origin.label.lower()} data set"), *own]

    @property
    def seen(self) -> list[forms.BoundField]:
        """What is always on the page."""
        return [self[name] for name in ("dataset", "finding", "view", "count", "practice")]

    @property
    def folded(self) -> list[forms.BoundField]:
        """What only synthetic images have."""
        return [self[name] for name in MADE_BY]

    @property
    def is_narrowed(self) -> bool:
        """Whether the fold holds something."""
        return any(field.value() for field in self.folded)

    def clean(self) -> dict[str, Any]:
        """Origin and data set apart; real images have neither model nor prompt."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.pop("dataset", "")
        dataset = self.datasets.get(chosen)
        if not chosen:
            return cleaned
        origin = dataset.origin if dataset else chosen.removeprefix(ANY)
        for name in MADE_BY:
            if origin == Origin.REAL and cleaned.get(name):
                self.add_error(name, "Real images have none. Empty it, or choose synthetic images.")
        return {**cleaned, "origin": origin, "dataset": dataset}


def dataset_label(dataset: Dataset) -> str:
    """A data set with what it stands for."""
    kind = f"{dataset.get_origin_display()}, phantoms" if dataset.phantoms else dataset.get_origin_display()
    return f"{dataset.name} ({kind.lower()})"
