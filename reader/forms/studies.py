"""Forms of the study builder."""

from typing import Any

from django import forms

from lungstudy.library.models import Dataset
from lungstudy.styling import StyledForm
from reader.actions.seeds import fresh_seed
from reader.models import Pool, Study


class StudyForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]
    """Question, policy and seed of a draft."""

    seed = forms.IntegerField(
        min_value=0, max_value=2**63 - 1, initial=fresh_seed, help_text="Decides the draw and every reader's order."
    )
    image_size = forms.IntegerField(
        min_value=128,
        max_value=2048,
        initial=768,
        label="Image size, px",
        help_text="Pixels on each side, the same for every image.",
    )
    border_crop_percent = forms.IntegerField(
        min_value=0,
        max_value=30,
        initial=2,
        label="Border crop, %",
        help_text="Cut away at each side; borders differ between sources.",
    )

    keep_days_after_closing = forms.IntegerField(
        min_value=1,
        max_value=36500,
        required=False,
        label="Days to keep after closing",
        help_text="Then the study, its answers and its rendered images are deleted. Empty keeps them.",
    )

    class Meta:
        model = Study
        fields = [
            "title", "question", "instructions", "allow_unsure", "seed", "image_size", "border_crop_percent", "fit",
            "grey", "keep_days_after_closing",
        ]  # fmt: skip
        widgets = {"instructions": forms.Textarea(attrs={"rows": 4})}
        labels = {
            "allow_unsure": "Readers may say unsure",
            "fit": "Films that are not square",
            "grey": "Grey levels",
        }


class PoolForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]
    """One pool: how many images of which data set, perhaps of one finding or view."""

    count = forms.IntegerField(min_value=1, max_value=5000, initial=20)

    class Meta:
        model = Pool
        fields = ["dataset", "finding", "view", "count"]
        labels = {"dataset": "Data set", "finding": "Finding (empty: all)", "view": "View (empty: all)"}
        widgets = {
            "finding": forms.TextInput(attrs={"list": "findings", "autocomplete": "off"}),
            "view": forms.TextInput(attrs={"list": "views", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        datasets = self.fields["dataset"]
        assert isinstance(datasets, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        datasets.queryset = Dataset.objects.all()
        datasets.label_from_instance = dataset_label  # type: ignore[assignment, method-assign]


def dataset_label(dataset: Any) -> str:
    """A data set with what it stands for."""
    kind = f"{dataset.get_origin_display()}, phantoms" if dataset.phantoms else dataset.get_origin_display()
    return f"{dataset.name} ({kind.lower()})"


class InviteForm(StyledForm, forms.Form):
    """Whom a link is for, in the researcher's own words."""

    note = forms.CharField(max_length=120, required=False, label="For whom (a note for you)")


class ResearcherForm(StyledForm, forms.Form):
    """Somebody to add to the research side."""

    username = forms.CharField(max_length=150)


class ConfirmForm(StyledForm, forms.Form):
    """The study's name, typed, before a step that cannot be taken back."""

    title = forms.CharField(max_length=160, label="Type the study's name to confirm")

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study

    def clean_title(self) -> str:
        """Refuse anything but the name."""
        typed: str = self.cleaned_data["title"].strip()
        if typed != self.study.title:
            raise forms.ValidationError(f"That is not the name. Type: {self.study.title}")
        return typed
