"""The form that asks for a quality run."""

from typing import Any

from django import forms
from django.conf import settings

from generation.actions.measuring import RANDOM, XRAY
from generation.models import TrainingRun
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Origin
from lungstudy.styling import StyledForm


class QualityForm(StyledForm, forms.Form):
    """Which synthetic data set, and which images it should be like."""

    dataset = forms.ModelChoiceField(
        queryset=Dataset.objects.none(), to_field_name="token", empty_label=None, label="Synthetic data set"
    )
    reference = forms.ModelChoiceField(
        queryset=Dataset.objects.none(),
        to_field_name="token",
        empty_label=None,
        help_text="What the images should be like: best those that the model was trained on, since copies are looked "
        "for among these.",
    )

    learned_by = forms.ModelChoiceField(
        queryset=TrainingRun.objects.none(),
        to_field_name="token",
        required=False,
        empty_label="the reference above",
        label="Or the images that a model learned from",
        help_text="Of a training here that taught the model, or an adapter, which drew the images: exactly those that "
        "it learned from, none held out.",
    )

    features = forms.ChoiceField(
        choices=[(RANDOM, "fixed random convolutions (64 numbers)"), (XRAY, "chest X-ray net (1,024 numbers)")],
        initial=RANDOM,
        help_text="What distances are taken in; the X-ray net's FID needs over a thousand images in each set.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        filled = Dataset.objects.filter(images__excluded_at=None, images__isnull=False).distinct()
        synthetic, any_origin = self.fields["dataset"], self.fields["reference"]
        synthetic.queryset = filled.filter(origin=Origin.SYNTHETIC)  # type: ignore[attr-defined]
        any_origin.queryset = filled.order_by("origin", "name")  # type: ignore[attr-defined]
        trainings = TrainingRun.objects.filter(state=JobState.DONE)
        self.fields["learned_by"].queryset = trainings  # type: ignore[attr-defined]
        if not trainings.exists():
            del self.fields["learned_by"]
        if not settings.XRAY_NET:
            del self.fields["features"]
        any_origin.initial = filled.filter(origin=Origin.REAL).first()

    @property
    def can_be_sent(self) -> bool:
        """Whether there is anything to choose from."""
        return all(self.fields[name].queryset.exists() for name in ("dataset", "reference"))  # type: ignore[attr-defined]
