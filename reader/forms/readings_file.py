"""A CSV of readings from somebody's own computer: refused beyond a size, and read with sentences for what is wrong."""

import csv
import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from reader.stats.reading_file import ReadingFileError, readings_from
from reader.stats.readings import Readings

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
MOST_LINES = 2_000_000
MOST_CATEGORIES = 100


def readings_in(file: "UploadedFile[bytes]", categories: list[str] | None = None) -> Readings:
    """Parse an upload.

    Raises
    ------
    ReadingFileError
        Says what is wrong, with the line where there is one, and what to do.
    """
    if (file.size or 0) > MOST_BYTES:
        raise ReadingFileError(
            f"The file has {(file.size or 0) / MEGABYTE:,.0f} MB, above the {MOST_BYTES // MEGABYTE} MB that this page "
            "takes. Use “manage.py analyse” for larger ones."
        )
    if sum(chunk.count(b"\n") for chunk in file.chunks()) > MOST_LINES:
        raise ReadingFileError(f"The file has more than {MOST_LINES:,} lines. Use “manage.py analyse” for larger ones.")
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        return readings_from(text, categories)
    except UnicodeDecodeError as error:
        raise ReadingFileError("The file is no text in UTF-8. Save it as CSV in UTF-8 first.") from error
    except csv.Error as error:
        raise ReadingFileError(f"The file is no CSV ({error}). Save it as CSV in UTF-8.") from error
    finally:
        text.detach()


class CategoriesField(forms.CharField):
    """Categories in their order, with commas between."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Their names."""
        return [name.strip() for name in str(value or "").split(",") if name.strip()]

    def validate(self, value: Any) -> None:
        """Two or more, each once."""
        if len(value) < 2:
            raise forms.ValidationError("Name two categories or more, in their order, with commas between.")
        if len(set(value)) < len(value):
            raise forms.ValidationError("A category is named twice. Name each once, in order.")
        if len(value) > MOST_CATEGORIES:
            raise forms.ValidationError(f"Name {MOST_CATEGORIES} categories or fewer.")

    def run_validators(self, value: Any) -> None:
        """None of the validators of a text apply to a list."""
