"""How every image is shown: one rule for all, and what a reader may do with the picture."""

from django import forms

from reader.forms.parts.part import Part
from reader.models import Bits
from reader.models.viewing import Fit, Grey

LONGEST_EXPOSURE_MS = 600_000

SHOWN = Part(
    "How every image is shown",
    "One rule for all, whatever an image's origin. It is applied when the study is sealed.",
    ("image_size", "border_crop_percent"),
    "Depth, fit, grey levels, flip, window, exposure",
    ("bits", "fit", "grey", "exposure_ms", "allow_flip", "carry_view"),
)


class ShownFields(forms.Form):
    """Controls of the presentation."""

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
    bits = forms.TypedChoiceField(choices=Bits.choices, coerce=int, initial=Bits.EIGHT, label="Grey levels of the file")
    fit = forms.ChoiceField(choices=Fit.choices, initial=Fit.CROP, label="Films that are not square")
    grey = forms.ChoiceField(choices=Grey.choices, initial=Grey.PERCENTILE, label="Grey scale")
    exposure_ms = forms.IntegerField(
        max_value=LONGEST_EXPOSURE_MS,
        required=False,
        label="Exposure, ms",
        help_text="Then a mask hides the image. Empty: shown until answered.",
    )
    allow_flip = forms.BooleanField(required=False, label="Readers may flip the image")
    carry_view = forms.BooleanField(
        required=False, label="Window, zoom and inversion stay for the next image", help_text="Else each starts afresh."
    )
