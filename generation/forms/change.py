"""The form that queues changes of one image: all of it, or what lies under a mask."""

from dataclasses import replace
from typing import Any

from django import forms

from generation.actions.changing import start_from
from generation.actions.orders import Order, QueueingError
from generation.diffusion.recipe import Start
from generation.forms.batch import BatchForm
from lungstudy.library.models import Image, Mask

MOST_FEATHER = 64
WHOLE, PAINTED, KEPT, FILE = "whole", "painted", "kept", "file"
LARGEST_MASK_BYTES = 20_000_000


class MaskField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Masks by their structure and set."""

    def label_from_instance(self, obj: Mask) -> str:
        """Such as “lungs, from Lungs by hand”."""
        return f"{obj.mask_set.structure}, from {obj.mask_set}"


class ChangeForm(BatchForm):
    """A batch that starts from an image of the library."""

    area = forms.ChoiceField(
        choices=[
            (PAINTED, "What I paint over"),
            (KEPT, "What lies in one of its masks"),
            (FILE, "What is white in a mask file"),
            (WHOLE, "The whole image"),
        ],
        widget=forms.RadioSelect,
        initial=PAINTED,
        label="Change",
    )
    painted = forms.FileField(required=False, widget=forms.FileInput(attrs={"hidden": True, "accept": "image/png"}))
    kept_mask = MaskField(
        queryset=Mask.objects.none(),
        to_field_name="token",
        required=False,
        empty_label=None,
        label="Mask",
        help_text="As it was last corrected.",
    )
    mask_file = forms.FileField(
        required=False,
        label="Mask file",
        help_text="A lung mask, say: white where the image is drawn anew. Of the image's own size, and then cut to "
        "the central square and scaled as the image is; or of the size that is drawn.",
    )
    strength = forms.FloatField(
        initial=0.7,
        min_value=0.05,
        max_value=1.0,
        widget=forms.NumberInput(attrs={"type": "range", "step": 0.05}),
        help_text="How much is drawn anew: 1 keeps nothing of what lies there, 0.3 changes little.",
    )
    feather = forms.IntegerField(
        initial=4,
        min_value=0,
        max_value=MOST_FEATHER,
        widget=forms.NumberInput(attrs={"type": "range"}),
        label="Feather, pixels",
        help_text="Width inside the mask's edge over which the old and the new are mixed. Outside of the mask every "
        "pixel stays as it is.",
    )

    def __init__(self, *args: Any, image: Image, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.image = image
        masks = Mask.objects.kept().with_newest().filter(image=image)
        self.fields["kept_mask"].queryset = masks  # type: ignore[attr-defined]
        if not masks:
            area = self.fields["area"]
            area.choices = [choice for choice in area.choices if choice[0] != KEPT]  # type: ignore[attr-defined]
        self.fields["area"].widget.attrs["class"] = "form-check-input"
        for name in ("strength", "feather"):
            self.fields[name].widget.attrs["class"] = "form-range"

    def _check_dataset(self, data: dict[str, Any]) -> None:
        """The start first, since it is part of the recipes; the same pixels are kept once, whoever gives them."""
        field = {KEPT: "kept_mask", FILE: "mask_file"}.get(data["area"], "area")
        try:
            data["start"] = start_from(
                image=self.image, mask=self._mask(data), size=data["size"], strength=data["strength"],
                feather=data["feather"],
            )  # fmt: skip
        except QueueingError as exc:
            self.add_error(field, str(exc))
        else:
            super()._check_dataset(data)

    def _mask(self, data: dict[str, Any]) -> bytes | None:
        """The mask's file as it came; None for the whole image."""
        if data["area"] == WHOLE:
            return None
        if data["area"] == KEPT:
            return content_of(data["kept_mask"])
        file = data["painted"] if data["area"] == PAINTED else data["mask_file"]
        if file is None:
            raise QueueingError("Paint over what is to change, choose a mask file, or change the whole image.")
        if file.size > LARGEST_MASK_BYTES:
            raise QueueingError("The mask file is larger than 20 MB; save it as a grey PNG.")
        content: bytes = file.read()
        return content

    def start(self) -> Start | None:
        """The image that is changed."""
        start: Start = self.cleaned_data["start"]
        return start

    def order(self) -> Order:
        """What the checked fields ask for, and of whose image."""
        return replace(super().order(), source=self.image)


def content_of(mask: Mask | None) -> bytes:
    """The newest version's file."""
    if mask is None:
        raise QueueingError("Choose one of the image's masks, paint over what is to change, or change the whole image.")
    with mask.newest.file.open("rb") as opened:
        content: bytes = opened.read()
    return content
