"""The import page's form: into which data set, and what is known of it."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms

from lungstudy.library.actions.metadata import MetadataError, read_metadata
from lungstudy.library.actions.windows import WINDOWS, WindowError, window_of
from lungstudy.library.forms.uploads import UploadForm
from lungstudy.library.models import Dataset, Modality, Origin

NEW_DATASET_FIELDS = ("name", "origin", "modality", "licence", "citation")


class ImportForm(UploadForm):
    """Into which data set the files go, and what is known of it."""

    dataset = forms.ModelChoiceField(
        Dataset.objects.filter(phantoms=False), required=False, empty_label="A new data set", label="Into"
    )
    name = forms.CharField(max_length=120, required=False, label="Name of the new data set")
    origin = forms.ChoiceField(choices=Origin.choices, required=False, initial=Origin.REAL)
    modality = forms.ChoiceField(
        choices=Modality.choices, required=False, initial=Modality.RADIOGRAPH, label="Kind of image"
    )
    licence = forms.CharField(
        max_length=200,
        required=False,
        help_text="As the source states it, for example CC BY 4.0, or “own patients, ethics approval 123/26”.",
    )
    citation = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="What a paper that shows them must cite."
    )
    window = forms.CharField(
        max_length=40,
        initial="lung",
        label="Grey window for CT",
        help_text=f"{', '.join(WINDOWS)}, or level and width in Hounsfield units such as “-600,1500”.",
    )

    def clean_name(self) -> str:
        """A new data set needs a name of its own."""
        name = cast(str, self.cleaned_data["name"]).strip()
        if not self.cleaned_data.get("dataset") and Dataset.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError("A data set has this name already. Choose it above, or take another name.")
        return name

    def clean_window(self) -> str:
        """A named window, or level and width."""
        try:
            window_of(self.cleaned_data["window"])
        except WindowError as error:
            raise forms.ValidationError(str(error)) from error
        return cast(str, self.cleaned_data["window"])

    def clean(self) -> dict[str, Any]:
        """One source of files, and a new data set described in full."""
        data = self.cleaned_data
        if not data.get("dataset"):
            for name in NEW_DATASET_FIELDS:
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "A new data set needs this.")
        for sentence in [*self.about_the_files(), *self._about_the_csv()]:
            self.add_error(None, sentence)
        return data

    def _about_the_csv(self) -> Iterator[str]:
        if self.upload.metadata_csv:
            try:
                read_metadata(self.upload.metadata_csv)
            except MetadataError as error:
                yield str(error)
