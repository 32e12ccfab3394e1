"""The form that queues a training: one for each kind, with what suits it filled in."""

import secrets
import uuid
from typing import Any

from django import forms

from generation.actions.training_orders import TrainingOrder, chosen_images, refuse_unfit_order
from generation.diffusion.errors import DiffusionError
from generation.diffusion.learning.plan import (
    DEVICES,
    EMBEDDING,
    FINE_TUNE,
    HIGHEST_SEED,
    LORA,
    MOST_VECTORS,
    PRECISIONS,
    PREDICTIONS,
    SCHEDULES,
    SCRATCH,
    LearningPlan,
    sensible,
)  # fmt: skip
from generation.models import Generator
from lungstudy.library.models import Dataset
from lungstudy.styling import StyledForm

OWN = {
    EMBEDDING: ("generator", "word", "vectors", "initial_words"),
    LORA: ("generator", "name", "rank", "alpha"),
    FINE_TUNE: ("generator", "name", "text_encoder", "average", "autoencoder_steps", "autoencoder_rate"),
    SCRATCH: ("name", "size", "width", "prediction", "average", "autoencoder_steps", "autoencoder_rate"),
}
OF_A_KIND = {field for fields in OWN.values() for field in fields}
BY_FINDING = "{view} chest radiograph, {finding}"
TEMPLATES = {EMBEDDING: "{view} chest radiograph, {word}", LORA: BY_FINDING, FINE_TUNE: BY_FINDING, SCRATCH: BY_FINDING}
PLAN_FIELDS = (
    "seed", "steps", "batch", "accumulate", "rate", "schedule", "warmup", "snr_limit", "variants", "caption_dropout",
    "precision", "spare_memory", "device",
)  # fmt: skip


class TrainingForm(StyledForm, forms.Form):
    """What to learn from which images, and the numbers of it."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)
    generator = forms.ModelChoiceField(
        queryset=Generator.objects.none(), to_field_name="token", empty_label=None, label="Start from",
        help_text="The model that the result belongs to.",
    )  # fmt: skip
    word = forms.CharField(
        max_length=42, widget=forms.TextInput(attrs={"placeholder": "<large-heart>"}),
        help_text="What stands for the embedding in prompts: small letters, digits and hyphens between < and >.",
    )  # fmt: skip
    name = forms.CharField(max_length=80, help_text="What the result is called in lists and recipes.")
    vectors = forms.IntegerField(
        min_value=1, max_value=MOST_VECTORS,
        help_text="1 to 64. More hold more detail, and take as many tokens of each prompt.",
    )  # fmt: skip
    initial_words = forms.CharField(
        required=False, max_length=200, label="Begins as",
        help_text="Words whose meaning it starts from, such as “enlarged heart”. Empty: from noise.",
    )  # fmt: skip
    rank = forms.IntegerField(min_value=1, max_value=256, help_text="Size of the LoRA; 4 to 16 are usual.")
    alpha = forms.IntegerField(min_value=1, max_value=1024, help_text="Its strength; as large as the rank is usual.")
    text_encoder = forms.BooleanField(
        required=False, label="Train the text encoder too",
        help_text="For words that the model does not know yet; needs more memory.",
    )  # fmt: skip
    size = forms.IntegerField(
        min_value=64,
        max_value=1024,
        initial=128,
        label="Size in pixels",
        help_text="Of the images it will draw; a multiple of 16.",
    )
    width = forms.IntegerField(
        min_value=16,
        max_value=320,
        help_text="Channels of the denoiser's first level; 80 is as small as the starter's. A multiple of 16.",
    )
    prediction = forms.ChoiceField(choices=list(PREDICTIONS.items()), help_text="What the denoiser predicts.")
    average = forms.FloatField(
        min_value=0,
        max_value=0.99999,
        label="Running average",
        help_text="Decay of the averaged weights, which are kept; 0 for none.",
    )
    autoencoder_steps = forms.IntegerField(
        min_value=0, label="Steps of the autoencoder",
        help_text="It is trained first. 0 keeps that of the model to start from, which mostly shows films well enough.",
    )  # fmt: skip
    autoencoder_rate = forms.FloatField(label="Learning rate of the autoencoder")

    datasets = forms.ModelMultipleChoiceField(
        queryset=Dataset.objects.none(), to_field_name="token", label="Learn from",
        help_text="Images that a person excluded are left out. Several: hold Ctrl or Shift.",
    )  # fmt: skip
    finding = forms.CharField(
        required=False, max_length=120, label="Only this finding",
        help_text="As the images are labelled. Empty: all images.",
    )  # fmt: skip
    most_images = forms.IntegerField(
        required=False, min_value=1, label="At most so many images", help_text="Chosen by the seed. Empty: all."
    )
    held_out_percent = forms.IntegerField(
        min_value=0, max_value=50, initial=10, label="Held out, in percent",
        help_text="Never learned from, to see whether it holds for other patients; whole patients at a time, an image "
        "of nobody known as one of its own.",
    )  # fmt: skip
    template = forms.CharField(
        max_length=500, label="Caption",
        help_text="{finding}, {view}, {sex} and {age} are filled in from each image's record, {word} with the word.",
    )  # fmt: skip
    sample_prompt = forms.CharField(
        required=False, max_length=500, label="Prompt of the samples",
        help_text="Drawn on the way, to see how it goes. Empty: the first image's caption, as far as it is read.",
    )  # fmt: skip

    steps = forms.IntegerField(min_value=1, help_text="Of the optimizer.")
    batch = forms.IntegerField(min_value=1, max_value=1024, label="Images in a batch")
    accumulate = forms.IntegerField(
        min_value=1, max_value=1024, label="Batches in a step", help_text="More than one saves memory."
    )
    rate = forms.FloatField(label="Learning rate")
    schedule = forms.ChoiceField(choices=list(SCHEDULES.items()), label="Course of the rate")
    warmup = forms.IntegerField(min_value=0, label="Warm-up steps", help_text="Over which the rate rises.")
    snr_limit = forms.FloatField(
        min_value=0, label="Min-SNR limit", help_text="Lets nearly clean images count less; 5 is usual, 0 for none."
    )
    variants = forms.IntegerField(
        min_value=1, max_value=64, label="Versions of each image",
        help_text="Itself and slightly moved or scaled ones. None is ever mirrored.",
    )  # fmt: skip
    caption_dropout = forms.FloatField(
        min_value=0, max_value=0.9, label="Share without caption", help_text="Guidance needs some, 0.1 is usual."
    )
    precision = forms.ChoiceField(choices=list(PRECISIONS.items()))
    spare_memory = forms.BooleanField(
        required=False, label="Spare memory", help_text="Gradient checkpointing: about a third slower."
    )
    device = forms.ChoiceField(
        choices=list(DEVICES.items()), label="Computed on",
        help_text="“Only” stops where the worker has no card, instead of taking days.",
    )  # fmt: skip
    seed = forms.IntegerField(min_value=0, max_value=HIGHEST_SEED)

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for field in OF_A_KIND - set(OWN[kind]):
            del self.fields[field]
        if kind == EMBEDDING:
            del self.fields["caption_dropout"]  # a caption without the word teaches it nothing
        if "generator" in self.fields:
            known = Generator.objects.available().exclude(weights_sha256="")
            self.fields["generator"].queryset = known  # type: ignore[attr-defined]
        self.fields["datasets"].queryset = Dataset.objects.all()  # type: ignore[attr-defined]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Those that only this kind has, in their order."""
        return [self[name] for name in OWN[self.kind]]

    @property
    def number_fields(self) -> list[forms.BoundField]:
        """Those that decide how it learns."""
        return [self[name] for name in PLAN_FIELDS if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Check what needs the model and the images."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            order = self.order()
            refuse_unfit_order(order)
            data["chosen"] = chosen_images(order)
        except (DiffusionError, ValueError) as exc:
            self.add_error(None, str(exc))
        return data

    def plan(self) -> LearningPlan:
        """The numbers, those of other kinds as they always are."""
        data, kind = self.cleaned_data, self.kind
        generator: Generator | None = data.get("generator")
        names = {*PLAN_FIELDS, *OWN[kind]} - {"generator", "name", "size"}
        wanted = {name: data[name] for name in names if name in data}
        size = generator.native_size if generator else data["size"]
        return LearningPlan(kind=kind, size=size, **wanted)

    def order(self) -> TrainingOrder:
        """What a valid form asks for."""
        data, plan = self.cleaned_data, self.plan()
        return TrainingOrder(
            name=plan.word if self.kind == EMBEDDING else data["name"],
            plan=plan,
            generator=data.get("generator"),
            datasets=list(data["datasets"]),
            template=data["template"],
            finding=data["finding"],
            most_images=data["most_images"],
            held_out_share=data["held_out_percent"] / 100,
            sample_prompt=data["sample_prompt"],
        )


def blank_training(kind: str, generator: Generator | None) -> dict[str, Any]:
    """What a fresh form of this kind offers."""
    plan = sensible(kind, generator.native_size if generator else 128)
    numbers = {name: getattr(plan, name) for name in {*PLAN_FIELDS, *OWN[kind]} - {"generator", "name", "word"}}
    return {
        **numbers,
        "request_key": uuid.uuid4(),
        "seed": secrets.randbelow(HIGHEST_SEED),
        "generator": generator,
        "template": TEMPLATES[kind],
    }
