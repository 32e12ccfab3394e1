"""Forms of the gallery: which generated images are shown, and one decision about some of them."""

import uuid
from typing import Any

from django import forms

from generation.diffusion.recipe import MAX_SEED
from generation.models import Batch
from lungstudy.library.actions.triage import REJECTION_REASONS
from lungstudy.library.models import Dataset, MaskSet, Origin, Provenance
from lungstudy.library.models.image import ImageQuerySet
from lungstudy.styling import StyledForm

ANY_FLAG = "any flag"
FLAGS = (ANY_FLAG, "blank", "saturated", "noise", "duplicate", "near_duplicate")
DECISIONS = (("", "All"), ("open", "Undecided"), ("kept", "Kept"), ("rejected", "Rejected"))
MOST_BATCHES = 200


class GalleryForm(StyledForm, forms.Form):
    """Narrow the gallery; each choice offers what there is."""

    dataset = forms.ChoiceField(required=False, label="Data set")
    model = forms.ChoiceField(required=False)
    batch = forms.ChoiceField(required=False)
    finding = forms.ChoiceField(required=False)
    prompt = forms.CharField(required=False, max_length=200, label="Prompt holds")
    seed_from = forms.IntegerField(required=False, min_value=0, max_value=MAX_SEED, label="Seed from")
    seed_to = forms.IntegerField(required=False, min_value=0, max_value=MAX_SEED, label="Seed to")
    decision = forms.ChoiceField(required=False, choices=DECISIONS)
    flag = forms.ChoiceField(
        required=False, choices=[("", "All"), *((code, code.replace("_", " ")) for code in FLAGS)], label="Noticed"
    )
    masks = forms.ChoiceField(required=False, label="Masks of")
    least_score = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Least score of the mask",
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )

    def __init__(self, *args: Any, images: ImageQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        datasets = Dataset.objects.filter(origin=Origin.SYNTHETIC)
        self._offer("dataset", [(str(token), name) for token, name in datasets.values_list("token", "name")])
        models = Provenance.objects.order_by("generator").values_list("generator", flat=True).distinct()
        self._offer("model", [(name, name) for name in models])
        batches = Batch.objects.with_title().order_by("-created_at")[:MOST_BATCHES]
        self._offer("batch", [(str(batch.token), f"{batch} ({batch.created_at:%Y-%m-%d})") for batch in batches])
        sets = MaskSet.objects.filter(masks__image__dataset__origin=Origin.SYNTHETIC).distinct()
        self._offer("masks", [(str(token), name) for token, name in sets.values_list("token", "name")])
        self._offer("finding", [(value, value) for value in images.values_of("finding")])

    def _offer(self, name: str, values: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", "All"), *values]

    def of_any_decision(self, images: ImageQuerySet) -> ImageQuerySet:
        """The images that match every choice but the decision; what is wrong or not on offer narrows nothing."""
        self.is_valid()
        columns = {
            "dataset": "dataset__token",
            "model": "provenance__generator",
            "batch": "generated__job__batch__token",
            "finding": "finding",
            "prompt": "provenance__prompt__icontains",
            "seed_from": "provenance__seed__gte",
            "seed_to": "provenance__seed__lte",
            "masks": "masks__mask_set__token",
        }
        data = self.cleaned_data
        if data.get("masks"):  # a score is one of a set, so of no set it narrows nothing
            columns["least_score"] = "masks__score__gte"
        said = {column: data[name] for name, column in columns.items() if data.get(name) not in (None, "")}
        images = images.filter(**said)
        if flag := data.get("flag"):
            images = images.flagged() if flag == ANY_FLAG else images.with_flag(flag)
        return images

    def with_decision(self, images: ImageQuerySet) -> ImageQuerySet:
        """Of these, those with the chosen decision."""
        verb = {"open": images.untriaged, "kept": images.usable().decided, "rejected": images.excluded}
        chosen = self.cleaned_data.get("decision")
        return verb[chosen]() if chosen else images


class DecisionsForm(forms.Form):
    """Keep some images, reject them with a reason, or open them again."""

    MOST = 500

    decision = forms.ChoiceField(choices=[(name, name) for name in ("keep", "exclude", "open")])
    reason = forms.ChoiceField(choices=[(reason, reason) for reason in REJECTION_REASONS], required=False)
    remark = forms.CharField(required=False, max_length=150)
    image = forms.TypedMultipleChoiceField(coerce=uuid.UUID)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Any token is a choice: those that name no generated image find none.
        self.fields["image"].choices = [(text, text) for text in data.getlist("image")[: self.MOST]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nothing is rejected without a reason."""
        data = self.cleaned_data
        if data.get("decision") == "exclude" and not data.get("reason"):
            self.add_error("reason", "Choose a reason.")
        return data

    def stated_reason(self) -> str:
        """The reason with what was written beside it; reports count by the part before the colon."""
        remark = self.cleaned_data["remark"].strip()
        return f"{self.cleaned_data['reason']}: {remark}" if remark else self.cleaned_data["reason"]
