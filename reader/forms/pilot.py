"""Which pilot to plan from: a study whose readings are unblinded, or a CSV."""

from typing import Any

from django import forms

from lungstudy.accounts.models import User
from lungstudy.styling import StyledForm
from reader.forms.readings_file import readings_in
from reader.models import Study
from reader.reports.planning.pilot import Pilot, PilotError, pilot_of
from reader.reports.truth import readings_of
from reader.stats.reading_file import ReadingFileError


class PilotForm(StyledForm, forms.Form):
    """Fits a pilot while it checks it."""

    study = forms.ModelChoiceField(
        Study.objects.none(), required=False, to_field_name="token", label="An unblinded study", empty_label="Choose…"
    )
    file = forms.FileField(
        required=False, label="Or a CSV of a pilot", help_text="image, reader, verdict, truth; read and not kept."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["study"]
        assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        chooser.queryset = Study.objects.visible_to(user).unblinded()
        self.pilot: Pilot | None = None

    def clean(self) -> dict[str, Any]:
        """One of the two, that can be fitted."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return found
        study, file = found.get("study"), found.get("file")
        if bool(study) == bool(file):
            self.add_error("study", "Choose a study or a file, one of the two.")
            return found
        try:
            self.pilot = pilot_of(readings_of(study) if study else readings_in(self.cleaned_data["file"]))
        except (ReadingFileError, PilotError) as error:
            self.add_error("study" if study else "file", str(error))
        return found
