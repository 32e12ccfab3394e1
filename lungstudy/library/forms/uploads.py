"""What forms that take files have in common: files that arrived already, or a folder where the site may read one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings

from lungstudy.library.actions.storing import is_disk_full
from lungstudy.styling import StyledForm


@dataclass(frozen=True)
class Upload:
    """Files that arrived with the form, and what kept the others from being stored."""

    images: list[Path] = field(default_factory=list)
    metadata_csv: Path | None = None
    failure: OSError | None = None


class UploadForm(StyledForm, forms.Form):
    """Everything but the files, which are streamed to disk while they arrive."""

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

    def clean_folder(self) -> str:
        """An absolute path to something that is there."""
        folder = cast(str, self.cleaned_data["folder"]).strip()
        if folder and not Path(folder).is_absolute():
            raise forms.ValidationError("Give the whole path, from the root of the disk on.")
        if folder and not Path(folder).exists():
            raise forms.ValidationError("There is nothing at this path. Check its spelling.")
        return folder

    def about_the_files(self) -> Iterator[str]:
        """What is wrong with the source."""
        folder = self.cleaned_data.get("folder")
        if self.upload.failure:
            yield self._about_storing(self.upload.failure)
        elif self.upload.images and folder:
            yield "Choose files or name a folder, not both."
        elif not self.upload.images and not folder and "folder" not in self.errors:
            yield "Choose files, or name a folder." if settings.EMBEDDED else "Choose the files to import."

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
