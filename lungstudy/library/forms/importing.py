"""The import page's form: into which data set, what is known of it, and a folder where the site may read one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings

from lungstudy.library.actions.metadata import MetadataError, read_metadata
from lungstudy.library.actions.storing import is_disk_full
from lungstudy.library.actions.windows import WINDOWS, WindowError, window_of
from lungstudy.library.models import Dataset, Modality, Origin
from lungstudy.styling import StyledForm

NEW_DATASET_FIELDS = ("name", "origin", "modality", "licence", "citation")


@dataclass(frozen=True)
class Upload:
    """Files that arrived with the form, and what kept the others from being stored."""

    images: list[Path] = field(default_factory=list)
    metadata_csv: Path | None = None
    failure: OSError | None = None


class ImportForm(StyledForm, forms.Form):
    """Everything but the files, which are streamed to disk while they arrive."""

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
    folder = forms.CharField(
        max_length=500,
        required=False,
        label="Or a folder, zip or file on this computer",
        help_text="The whole path. Nothing in it is changed.",
    )

    def __init__(self, *args: Any, upload: Upload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload or Upload()
        if not settings.EMBEDDED:
            del self.fields["folder"]

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

    def clean_folder(self) -> str:
        """An absolute path to something that is there."""
        folder = cast(str, self.cleaned_data["folder"]).strip()
        if folder and not Path(folder).is_absolute():
            raise forms.ValidationError("Give the whole path, from the root of the disk on.")
        if folder and not Path(folder).exists():
            raise forms.ValidationError("There is nothing at this path. Check its spelling.")
        return folder

    def clean(self) -> dict[str, Any]:
        """One source of files, and a new data set described in full."""
        data = self.cleaned_data
        if not data.get("dataset"):
            for name in NEW_DATASET_FIELDS:
                if name not in self.errors and not data.get(name):
                    self.add_error(name, "A new data set needs this.")
        for sentence in self._about_the_files():
            self.add_error(None, sentence)
        return data

    def _about_the_files(self) -> Iterator[str]:
        """What is wrong with the source or with the CSV."""
        folder = self.cleaned_data.get("folder")
        if self.upload.failure:
            yield self._about_storing(self.upload.failure)
        elif self.upload.images and folder:
            yield "Choose files or name a folder, not both."
        elif not self.upload.images and not folder and "folder" not in self.errors:
            yield "Choose files, or name a folder." if settings.EMBEDDED else "Choose the files to import."
        if self.upload.metadata_csv:
            try:
                read_metadata(self.upload.metadata_csv)
            except MetadataError as error:
                yield str(error)

    def _about_storing(self, failure: OSError) -> str:
        if is_disk_full(failure):
            return "The site's disk is full, so nothing was imported. Free some space, then send the files again."
        return f"The files could not be stored ({failure.strerror}). Tell an admin, then send them again."

    @property
    def source(self) -> Path:
        """The folder or file to import: one uploaded zip stands for itself."""
        images = self.upload.images
        if not images:
            return Path(self.cleaned_data["folder"])
        return images[0] if len(images) == 1 else images[0].parent
