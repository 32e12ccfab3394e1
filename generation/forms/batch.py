"""The form that queues a batch."""

import secrets
import uuid
from typing import Any

from django import forms

from generation.actions.prompts import refuse_long_prompt
from generation.actions.queueing import NewDataset, Order, QueueingError, refuse_unfit_dataset
from generation.diffusion.errors import DiffusionError
from generation.diffusion.recipe import MOST_STEPS, SCHEDULERS
from generation.models import Generator
from lungstudy.library.models import Dataset, Origin
from lungstudy.styling import StyledForm

HIGHEST_SEED = 2**32 - 1
MOST_IMAGES = 2000


class BatchForm(StyledForm, forms.Form):
    """Generator, prompt and numbers of one batch, and where its images go."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)
    generator = forms.ModelChoiceField(
        queryset=Generator.objects.none(), to_field_name="token", empty_label=None, help_text="The model that draws."
    )
    prompt = forms.CharField(
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "chest radiograph, left pleural effusion"}),
        help_text="What the image should show, in the words that the model was trained on. "
        "“a :0.5 AND b :0.5” draws two conditions at once, with these weights.",
    )
    negative_prompt = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 1}),
        help_text="What it should not show. May be empty.",
    )
    count = forms.IntegerField(
        label="Images", initial=8, min_value=1, max_value=MOST_IMAGES, help_text="How many to draw."
    )
    first_seed = forms.IntegerField(
        min_value=0,
        max_value=HIGHEST_SEED,
        help_text="Image 1 has this seed, image 2 the next one, and so on. The same recipe draws the same image.",
    )
    steps = forms.IntegerField(
        initial=20, min_value=1, max_value=MOST_STEPS, help_text="More steps take longer and add detail up to a point."
    )
    guidance = forms.FloatField(
        initial=3.0,
        min_value=1.0,
        max_value=50.0,
        help_text="How strictly to follow the prompt; 1 leaves the negative prompt unused.",
    )
    scheduler = forms.ChoiceField(
        choices=list(SCHEDULERS.items()), help_text="The rule that removes noise from step to step."
    )
    size = forms.IntegerField(
        required=False,
        min_value=8,
        max_value=4096,
        label="Size in pixels",
        help_text="Width and height. Empty: the size that the model was trained at.",
    )
    finding = forms.CharField(
        required=False,
        max_length=120,
        label="Finding label",
        help_text="Stored with each image, so that studies can balance findings. The model does not see it.",
    )
    dataset = forms.ModelChoiceField(
        queryset=Dataset.objects.none(), required=False, empty_label="A new data set", label="Goes into"
    )
    new_dataset = forms.CharField(
        required=False, max_length=120, label="Name of the new data set", help_text="Only for a new one."
    )
    licence = forms.CharField(
        required=False, max_length=200, label="Licence of the new data set", help_text="Usually the model's own."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        generators = self.fields["generator"]
        datasets = self.fields["dataset"]
        generators.queryset = Generator.objects.available()  # type: ignore[attr-defined]
        datasets.queryset = Dataset.objects.filter(origin=Origin.SYNTHETIC)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check what needs the generator: prompt length, size, and the data set's fitness."""
        data = super().clean() or {}
        generator = data.get("generator")
        if generator is None or self.errors:
            return data
        self._check_prompts(generator, data)
        self._check_size(generator, data)
        self._check_dataset(data)
        return data

    def _check_prompts(self, generator: Generator, data: dict[str, Any]) -> None:
        for field in ("prompt", "negative_prompt"):
            try:
                refuse_long_prompt(generator=generator, prompt=data[field])
            except DiffusionError as exc:
                self.add_error(field, str(exc))

    def _check_size(self, generator: Generator, data: dict[str, Any]) -> None:
        data["size"] = data.get("size") or generator.native_size
        if data["size"] % generator.size_multiple:
            lower = data["size"] // generator.size_multiple * generator.size_multiple
            self.add_error(
                "size",
                f"{generator} draws multiples of {generator.size_multiple} pixels; "
                f"take {lower or generator.size_multiple} or {lower + generator.size_multiple}.",
            )

    def _check_dataset(self, data: dict[str, Any]) -> None:
        if dataset := data.get("dataset"):
            try:
                refuse_unfit_dataset(dataset, self.order())
            except QueueingError as exc:
                self.add_error("dataset", str(exc))
        elif not data.get("new_dataset"):
            self.add_error("new_dataset", "Give the new data set a name, or choose one that exists.")
        elif Dataset.objects.filter(name=data["new_dataset"]).exists():
            self.add_error("new_dataset", "A data set of this name exists; choose it above or take another name.")
        elif not data.get("licence"):
            self.add_error("licence", "Say under which licence these images may be used.")

    def order(self) -> Order:
        """What the checked fields ask for."""
        data = self.cleaned_data
        names = ("generator", "prompt", "negative_prompt", "finding", "count", "first_seed", "steps")
        wanted = {name: data[name] for name in (*names, "guidance", "scheduler")}
        return Order(**wanted, width=data["size"], height=data["size"])

    def target(self) -> Dataset | NewDataset:
        """The chosen data set, or the one to be made."""
        data = self.cleaned_data
        chosen: Dataset | None = data["dataset"]
        return chosen or NewDataset(name=data["new_dataset"], licence=data["licence"])


def blank_batch(generator: Generator) -> dict[str, Any]:
    """What a fresh form offers for this generator."""
    return {
        "request_key": uuid.uuid4(),
        "generator": generator,
        "first_seed": secrets.randbelow(2**31),
        "new_dataset": free_name(f"{generator} images"),
        "licence": generator.licence,
    }


def free_name(wanted: str) -> str:
    """The name, or the name with the first number that is not taken."""
    taken = set(Dataset.objects.filter(name__startswith=wanted).values_list("name", flat=True))
    names = (wanted, *(f"{wanted} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
