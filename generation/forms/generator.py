"""The form that registers a generator."""

from django import forms
from django.conf import settings

from lungstudy.styling import StyledForm


class GeneratorForm(StyledForm, forms.Form):
    """A name and where the model lies."""

    name = forms.CharField(max_length=120, help_text="As it should appear in lists and reports.")
    source = forms.CharField(max_length=500, label="Folder")
    licence = forms.CharField(
        required=False, max_length=200, help_text="Of the model; offered for the data sets that it draws."
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        folder = "A Stable-Diffusion-shaped folder in safetensors, on the machine of the workers."
        if settings.ALLOW_DOWNLOADS:
            self.fields["source"].label = "Folder or hub id"
            folder += " Or a hub id such as owner/name: the worker downloads it at its first job."
        self.fields["source"].help_text = folder
