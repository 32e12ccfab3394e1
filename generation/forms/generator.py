"""The forms that register a generator, and an embedding or a LoRA for it."""

from typing import Any

from django import forms
from django.conf import settings

from generation.actions.registering import Registration
from generation.models import Adapter
from lungstudy.styling import StyledForm

MOST_ADAPTER_BYTES = 256 << 20


class GeneratorForm(StyledForm, forms.Form):
    """A name, where the model lies, and what is known of it."""

    name = forms.CharField(max_length=120, help_text="As it should appear in lists and reports.")
    source = forms.CharField(max_length=500, label="Folder or single file")
    revision = forms.CharField(
        required=False, max_length=40, help_text="Of a hub model: a branch, tag or commit. It is pinned as a commit."
    )
    config_source = forms.CharField(
        required=False, max_length=500, label="Shaped like",
        help_text="Of a single file: a registered generator's name or a model folder, for configuration and tokenizer.",
    )  # fmt: skip
    licence = forms.CharField(
        required=False, max_length=200, help_text="Of the model; offered for the data sets that it draws."
    )
    trained_on = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Which images it learned from, as far as is known: a study's readers may have seen them.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = "A Stable-Diffusion-shaped folder, or one .safetensors file of it, on the machine of the workers."
        if settings.ALLOW_DOWNLOADS:
            self.fields["source"].label = "Folder, single file or hub id"
            where += " Or a hub id such as owner/name, which is downloaded now."
        else:
            del self.fields["revision"]
        self.fields["source"].help_text = where

    def registration(self) -> Registration:
        """What a valid form asks for."""
        return Registration(**self.cleaned_data)


class AdapterForm(StyledForm, forms.Form):
    """A safetensors file that was trained for a generator."""

    kind = forms.ChoiceField(choices=Adapter.Kind.choices)
    name = forms.CharField(
        max_length=120, help_text="Of an embedding its word in prompts, such as <large-heart>; of a LoRA any name."
    )
    file = forms.FileField(label="File (.safetensors)")
    licence = forms.CharField(required=False, max_length=200)
    phantoms = forms.BooleanField(required=False, label="Learned from phantoms only")

    def clean_file(self) -> Any:
        """Refuse what no adapter is, before it is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > MOST_ADAPTER_BYTES:
            raise forms.ValidationError(
                "An embedding or a LoRA has 256 MB at most here; is this a whole model? Register it as one."
            )
        return file
