"""The forms that queue an experiment: one for segmentation, one for classification."""

import secrets
import uuid
from typing import Any

from django import forms

from generation.actions.experiment_orders import STRATA, ExperimentOrder
from generation.experiments.choices import (
    CLASSIFIERS,
    CLASSIFYING,
    LIMITS,
    SEGMENTERS,
    SEGMENTING,
    Learning,
    may_be_mirrored,
)
from generation.experiments.grid import Arm, Grid
from generation.models import Experiment
from lungstudy.library.models import Dataset, Image, MaskSet, Origin
from lungstudy.styling import StyledForm

SEGMENTATION, CLASSIFICATION = Experiment.Kind.SEGMENTATION, Experiment.Kind.CLASSIFICATION
DEFAULTS = {SEGMENTATION: SEGMENTING, CLASSIFICATION: CLASSIFYING}
NETS = {SEGMENTATION: SEGMENTERS, CLASSIFICATION: CLASSIFIERS}
ARMS = {SEGMENTATION: (Arm.REAL, Arm.BOTH, Arm.SYNTHETIC), CLASSIFICATION: tuple(Arm)}
LEARNING_FIELDS = ("size", "width", "batch", "rate", "rounds", "steps")
IMAGE_FIELDS = {
    SEGMENTATION: ("mask_sets",),
    CLASSIFICATION: ("finding", "against", "synthetic_finding", "synthetic_against", "from_ten"),
}  # fmt: skip
ELSEWHERE = ("request_key", "name", "real", "test", "synthetic", "arms", "nets", "numbers", "seeds", "stratify", "seed")


def within_limits(name: str, **more: Any) -> forms.IntegerField:
    """A whole number that nets can be trained with."""
    least, most, step = LIMITS[name]
    return forms.IntegerField(min_value=int(least), max_value=int(most), step_size=step, **more)


class ExperimentForm(StyledForm, forms.Form):
    """What is compared, on which images, and how each net is trained."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=120)
    real = forms.ModelMultipleChoiceField(
        queryset=Dataset.objects.none(), to_field_name="token", label="Real data sets",
        help_text="Split by patient into images to learn from, to choose the epoch, and to test on.",
    )  # fmt: skip
    test = forms.ModelMultipleChoiceField(
        queryset=Dataset.objects.none(), to_field_name="token", required=False, label="Of these, test on all of",
        help_text="None: 30 % of the patients test. Choose a data set where a model learned from the others.",
    )  # fmt: skip
    synthetic = forms.ModelMultipleChoiceField(
        queryset=Dataset.objects.none(), to_field_name="token", required=False, label="Synthetic data sets",
        help_text="Only learned from, never tested on.",
    )  # fmt: skip
    from_ten = forms.ModelChoiceField(
        queryset=Dataset.objects.none(), to_field_name="token", required=False, empty_label="none",
        label="Synthetic, from 10 examples", help_text="Drawn with an embedding that was learned from ten images.",
    )  # fmt: skip
    mask_sets = forms.ModelMultipleChoiceField(
        queryset=MaskSet.objects.none(), to_field_name="token", label="Outlines",
        help_text="Of one structure under one definition; for test images, drawn by people.",
    )  # fmt: skip
    finding = forms.ChoiceField(help_text="What is to be told.")
    against = forms.ChoiceField(required=False, label="From", help_text="What it is told from.")
    synthetic_finding = forms.CharField(
        max_length=120, required=False, label="Synthetic images call it", help_text="Empty: the same."
    )
    synthetic_against = forms.CharField(
        max_length=120, required=False, label="Synthetic images are told from", help_text="Empty: the same."
    )
    arms = forms.MultipleChoiceField(help_text="What nets learn from. Arms differ in nothing else.")
    nets = forms.MultipleChoiceField()
    numbers = forms.CharField(
        initial="10, 20, 40, 80", label="Numbers of real images",
        help_text="Points of the learning curve, with commas; all of them are a point anyway.",
    )  # fmt: skip
    seeds = forms.IntegerField(min_value=1, max_value=50, initial=3, help_text="Nets trained for each point.")
    stratify = forms.ChoiceField(
        choices=[("", "nothing"), *STRATA.items()], initial="dataset", required=False,
        label="Splits keep in proportion", help_text="The finding that is told always is, too.",
    )  # fmt: skip
    seed = forms.IntegerField(min_value=0, max_value=2**31, label="Seed of the split")
    size = within_limits("size", label="Size in pixels", help_text="A multiple of 16.")
    width = within_limits("width", help_text="Channels of the first level; a multiple of 4.")
    batch = within_limits("batch")
    rate = forms.FloatField(min_value=LIMITS["rate"][0], max_value=LIMITS["rate"][1], label="Learning rate")
    rounds = within_limits("rounds", help_text="After each, the validation images are tried.")
    steps = within_limits("steps", label="Batches in a round")

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        self.kind = Experiment.Kind(kind)
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for other in IMAGE_FIELDS[CLASSIFICATION if self.kind == SEGMENTATION else SEGMENTATION]:
            del fields[other]
        filled = Dataset.objects.filter(images__excluded_at=None, images__isnull=False).distinct()
        for name, origin in (("real", Origin.REAL), ("test", Origin.REAL), ("synthetic", Origin.SYNTHETIC)):
            fields[name].queryset = filled.filter(origin=origin)
        fields["arms"].choices = [(str(arm), str(arm)) for arm in ARMS[self.kind]]
        fields["nets"].choices = list(NETS[self.kind].items())
        if self.kind == SEGMENTATION:
            fields["mask_sets"].queryset = MaskSet.objects.all()
        else:
            self._offer_findings(fields, filled)

    def _offer_findings(self, fields: dict[str, Any], filled: Any) -> None:
        findings = [(name, name) for name in Image.objects.usable().real().values_of("finding")]
        fields["finding"].choices = findings
        fields["against"].choices = [("", "every other stated finding"), *findings]
        fields["from_ten"].queryset = filled.filter(origin=Origin.SYNTHETIC)

    def clean_numbers(self) -> list[int]:
        """Numbers between commas."""
        try:
            return [int(part) for part in self.cleaned_data["numbers"].replace(",", " ").split()]
        except ValueError:
            raise forms.ValidationError("Write whole numbers with commas between, such as 10, 20, 40.") from None

    @property
    def image_fields(self) -> list[forms.BoundField]:
        """What is learned from which images."""
        return [self[name] for name in ("real", "test", "synthetic", *IMAGE_FIELDS[self.kind])]

    @property
    def grid_fields(self) -> list[forms.BoundField]:
        """What is crossed."""
        return [self[name] for name in ("arms", "nets", "numbers", "seeds", "stratify", "seed")]

    @property
    def learning_fields(self) -> list[forms.BoundField]:
        """How each net is trained."""
        return [self[name] for name in LEARNING_FIELDS]

    def order(self) -> ExperimentOrder:
        """What a valid form asks for."""
        said = self.cleaned_data
        plain = ("name", "from_ten", "finding", "against", "synthetic_finding", "synthetic_against", "seed")
        several: dict[str, Any] = {
            name: list(said.get(name) or ()) for name in ("real", "test", "synthetic", "mask_sets")
        }
        structure = several["mask_sets"][0].structure if several["mask_sets"] else ""
        numbers = {name: said[name] for name in LEARNING_FIELDS}
        return ExperimentOrder(
            kind=self.kind,
            grid=Grid(
                arms=[arm for arm in Arm if str(arm) in said["arms"]],
                nets=said["nets"],
                numbers=said["numbers"],
                seeds=range(said["seeds"]),
            ),
            learning=Learning(mirrored=self.kind == SEGMENTATION and may_be_mirrored(structure), **numbers),
            stratify=[said["stratify"]] if said["stratify"] else [],
            **{name: said[name] for name in plain if name in said},
            **several,
        )


def blank_experiment(kind: str) -> dict[str, Any]:
    """What a fresh form says."""
    kind = Experiment.Kind(kind)
    learning = DEFAULTS[kind].as_json()
    return {
        "request_key": uuid.uuid4(),
        "arms": [str(Arm.REAL)],
        "nets": list(NETS[kind])[:1],
        "seed": secrets.randbelow(10_000),
        **{name: learning[name] for name in LEARNING_FIELDS},
    }
