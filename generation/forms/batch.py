"""The form that queues a batch."""

import secrets
import uuid
from typing import Any

from django import forms

from generation.actions.choosing import adapters_for
from generation.actions.doubles import refuse_doubles
from generation.actions.orders import NewDataset, Order, QueueingError, check_size
from generation.actions.prompt_lines import LinesError
from generation.actions.prompts import cut_long_lines, refuse_long_lines, vectors_of
from generation.actions.queueing import refuse_unfit_dataset
from generation.diffusion.recipe import MOST_STEPS, SCHEDULERS, Start
from generation.forms.attention import AttentionFields
from generation.forms.lines import LinesForm
from generation.models import Adapter, Generator
from lungstudy.library.models import Dataset, Origin

LORA = "lora_"
PRIORITIES = ((0, "After what waits already"), (10, "Before what waits"), (-10, "When nothing else waits"))


class BatchForm(AttentionFields, LinesForm):
    """Generator, prompts and numbers of one batch, and where its images go."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)
    generator = forms.ModelChoiceField(
        queryset=Generator.objects.none(), to_field_name="token", empty_label=None, help_text="The model that draws."
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
    cut_long = forms.BooleanField(
        required=False,
        label="Draw prompts that are too long without their ends",
        help_text="Each is cut after the last word that the model reads, and the recipes have what was read.",
    )
    priority = forms.TypedChoiceField(required=False, choices=PRIORITIES, coerce=int, label="Place in the queue")
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
        generators.queryset = Generator.objects.ready()  # type: ignore[attr-defined]
        datasets.queryset = Dataset.objects.filter(origin=Origin.SYNTHETIC)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check what needs the generator: prompt length, size, adapters, and the data set's fitness."""
        data = super().clean()
        generator = data.get("generator")
        if generator is None or self.errors:
            return data
        self._check_prompts(generator, data)
        self._check_size(generator, data)
        self._check_loras(generator, data)
        if not self.errors:
            self._check_dataset(data)
        if not self.errors:
            self.check_attention(self.order(), vectors_of(generator))
        return data

    def _check_prompts(self, generator: Generator, data: dict[str, Any]) -> None:
        vectors = vectors_of(generator)
        try:
            if data.get("cut_long"):
                data["lines"], self.warnings = cut_long_lines(generator=generator, lines=data["lines"], vectors=vectors)
            refuse_long_lines(generator=generator, lines=data["lines"], vectors=vectors)
        except LinesError as exc:
            self.add_error(exc.field if exc.field in self.fields else None, str(exc))

    def _check_size(self, generator: Generator, data: dict[str, Any]) -> None:
        data["size"] = data.get("size") or generator.native_size
        try:
            check_size(generator, data["size"])
        except QueueingError as exc:
            self.add_error("size", str(exc))

    def _check_loras(self, generator: Generator, data: dict[str, Any]) -> None:
        """Scales come as lora_TOKEN, one for each LoRA that the page offers; an empty one or 0 leaves it out."""
        data["loras"] = {}
        for lora in loras_of(generator):
            text = self.data.get(LORA + lora.token.hex, "").strip()
            try:
                scale = float(text or 0)
            except ValueError:
                scale = float("nan")
            if not -2 <= scale <= 2:
                self.add_error(None, f"The scale of “{lora}” must be a number from -2 to 2, not “{text[:20]}”.")
            data["loras"][lora] = scale

    def _check_dataset(self, data: dict[str, Any]) -> None:
        try:
            refuse_doubles(self.order())
            if data.get("dataset"):
                refuse_unfit_dataset(data["dataset"], self.order())
        except QueueingError as exc:
            self.add_error("dataset", str(exc))
        if data.get("dataset"):
            return
        if not data.get("new_dataset"):
            self.add_error("new_dataset", "Give the new data set a name, or choose one that exists.")
        elif Dataset.objects.filter(name=data["new_dataset"]).exists():
            self.add_error("new_dataset", "A data set of this name exists; choose it above or take another name.")
        elif not data.get("licence"):
            self.add_error("licence", "Say under which licence these images may be used.")

    def order(self) -> Order:
        """What the checked fields ask for."""
        data = self.cleaned_data
        generator, lines = data["generator"], data["lines"]
        return Order(
            generator=generator,
            lines=lines,
            steps=data["steps"],
            guidance=data["guidance"],
            scheduler=data["scheduler"],
            width=data["size"],
            height=data["size"],
            adapters=adapters_for(generator=generator, lines=lines, loras=data["loras"]),
            start=self.start(),
            attended=data["attended"],
            priority=data["priority"] or 0,
        )

    def start(self) -> Start | None:
        """The image that is changed; a form that has one says so."""
        return None

    def target(self) -> Dataset | NewDataset:
        """The chosen data set, or the one to be made."""
        data = self.cleaned_data
        chosen: Dataset | None = data["dataset"]
        return chosen or NewDataset(name=data["new_dataset"], licence=data["licence"])


def loras_of(generator: Generator) -> list[Adapter]:
    """What the page offers beside this generator."""
    return list(Adapter.objects.available().of(generator).filter(kind=Adapter.Kind.LORA))


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
