"""Small forms of a study's page: whom to invite, whom to add, and the name that confirms a step."""

from typing import Any

from django import forms

from lungstudy.styling import StyledForm
from reader.models import Study


class InviteForm(StyledForm, forms.Form):
    """Whom a link is for, in the researcher's own words."""

    note = forms.CharField(max_length=120, required=False, label="For whom (a note for you)")
    group = forms.CharField(max_length=60, required=False, label="Group of readers (for example: residents)")


class ResearcherForm(StyledForm, forms.Form):
    """Somebody to add to the research side."""

    username = forms.CharField(max_length=150)


class ConfirmForm(StyledForm, forms.Form):
    """The study's name, typed, before a step that cannot be taken back."""

    title = forms.CharField(max_length=160, label="Type the study's name to confirm")

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study

    def clean_title(self) -> str:
        """Refuse anything but the name."""
        typed: str = self.cleaned_data["title"].strip()
        if typed != self.study.title:
            raise forms.ValidationError(f"That is not the name. Type: {self.study.title}")
        return typed
