"""Forms of the way into a study."""

from typing import Any

from django import forms

from lungstudy.styling import StyledForm
from reader.models import Background

SEEN = (
    ("dark", "In the black square on the left, do you see the slightly lighter square inside it?"),
    ("bright", "In the white square on the right, do you see the slightly darker square inside it?"),
    ("lines", "In the finest stripes, marked 1, do you see separate lines rather than even grey?"),
)
"""What is asked of the grey-scale pattern, and under which name the answer is stored."""


class ConsentForm(StyledForm, forms.Form):
    """One box to tick."""

    agreed = forms.BooleanField(
        label="I have read this and agree to take part.",
        error_messages={"required": "Tick the box if you agree, or choose “I do not agree”."},
    )


class BackgroundForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]
    """The short questionnaire."""

    years_reading = forms.IntegerField(
        min_value=0,
        max_value=70,
        label="Years of reading chest images",
        help_text="Whole years, training included; 0 if you have just begun.",
        error_messages={
            "required": "Give a whole number of years; 0 if you have just begun.",
            "invalid": "Give a whole number of years, such as 7.",
        },
    )

    class Meta:
        model = Background
        fields = ["years_reading", "specialty", "subspecialty", "display"]
        labels = {
            "specialty": "Specialty",
            "subspecialty": "Subspecialty, if any",
            "display": "The display you read on, if you know it",
        }
        help_texts = {
            "specialty": "For example radiology, pneumology, medical student.",
            "subspecialty": "For example thoracic imaging.",
            "display": "For example a 3 MP diagnostic monitor, or a 14-inch laptop.",
        }
        error_messages = {"specialty": {"required": "Name your specialty; “none” is an answer too."}}


class ScreenForm(forms.Form):
    """The screen as the browser states it; what it states wrongly is left out, since no reader could put it right."""

    screen_width = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)
    screen_height = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)
    window_width = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)
    window_height = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)
    pixel_ratio = forms.FloatField(min_value=0.01, max_value=100, required=False, widget=forms.HiddenInput)
    colour_depth = forms.IntegerField(min_value=1, max_value=256, required=False, widget=forms.HiddenInput)

    def facts(self) -> dict[str, Any]:
        """What could be read."""
        self.is_valid()
        return self.cleaned_data


class MonitorForm(forms.Form):
    """What was seen of the pattern."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in SEEN:
            self.fields[name] = forms.ChoiceField(
                label=question,
                choices=[("yes", "Yes"), ("no", "No")],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": "Answer yes or no; either lets you go on."},
            )

    def seen(self) -> dict[str, bool]:
        """The answers by their names."""
        return {name: said == "yes" for name, said in self.cleaned_data.items()}
