"""Forms about masks: an import, a filter, a correction and a decision."""

from typing import Any, cast

from django import forms

from lungstudy.library.actions.mask_csv import Only
from lungstudy.library.actions.mask_import import MaskOrder
from lungstudy.library.actions.mask_sets import SetDescription, definition_refusal
from lungstudy.library.forms.uploads import UploadForm
from lungstudy.library.models import Dataset, Definition, MaskSource
from lungstudy.library.models.mask import MaskQuerySet
from lungstudy.library.models.mask_set import LONGEST_LICENCE, LONGEST_NAME, LONGEST_STRUCTURE
from lungstudy.styling import StyledForm

# What a request can store while somebody waits; the command takes any number.
MOST_MASKS = 500
DESCRIBED = ("name", "structure", "licence", "citation")
DRAWN_BY = [(each.value, each.label) for each in (MaskSource.PEOPLE, MaskSource.SOFTWARE)]
LARGEST_DRAWING = 32 * 1024 * 1024


class MaskImportForm(UploadForm):
    """Over which images the masks were drawn, and what they are."""

    dataset = forms.ModelChoiceField(Dataset.objects.all(), label="Images they were drawn over", empty_label="Choose")
    name = forms.CharField(
        max_length=LONGEST_NAME, label="Name of the mask set", help_text="Masks join a set of this name."
    )
    structure = forms.CharField(
        max_length=LONGEST_STRUCTURE, help_text="What is outlined, such as lungs, left lung or heart."
    )
    definition = forms.ChoiceField(
        choices=[("", "Choose"), *Definition.choices],
        help_text="Where the outline of the lungs runs. Masks of different definitions never share a set.",
    )
    drawn_by = forms.ChoiceField(choices=DRAWN_BY, label="Who or what drew them")
    licence = forms.CharField(max_length=LONGEST_LICENCE, required=False, help_text="As their source states it.")
    citation = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="What a paper that uses them must cite."
    )
    column = forms.CharField(max_length=100, required=False, label="Only rows whose column")
    pattern = forms.CharField(max_length=200, required=False, label="is", help_text="* stands for anything.")

    def clean(self) -> dict[str, Any]:
        """One source of files, a definition that the structure can have, and both halves of a choice of rows."""
        data = self.cleaned_data
        if refusal := definition_refusal(data.get("structure", ""), data.get("definition", "")):
            self.add_error("definition", refusal)
        for sentence in self.about_the_files():
            self.add_error(None, sentence)
        if bool(data.get("column")) != bool(data.get("pattern")):
            self.add_error("pattern", "Give the column and what stands in it, or neither.")
        elif data.get("column") and not self.upload.metadata_csv:
            self.add_error("column", "Rows are chosen from a CSV; add one, or leave this empty.")
        return data

    def order(self) -> MaskOrder:
        """What a valid form asks for."""
        data = self.cleaned_data
        described = SetDescription(
            definition=Definition(data["definition"]),
            source=MaskSource(data["drawn_by"]),
            **{name: data[name].strip() for name in DESCRIBED},
        )
        only = Only(data["column"].strip(), data["pattern"].strip()) if data["column"] else None
        return MaskOrder(
            source=self.source, dataset=data["dataset"], described=described, mask_csv=self.upload.metadata_csv,
            only=only, most=MOST_MASKS,
        )  # fmt: skip


class MaskFilterForm(StyledForm, forms.Form):
    """Narrow the grid of one set."""

    STATES = (("", "All"), ("kept", "Kept"), ("rejected", "Rejected"), ("corrected", "Corrected"))

    least = forms.FloatField(
        min_value=0, max_value=1, required=False, label="Least score", widget=forms.NumberInput(attrs={"step": "0.01"})
    )
    state = forms.ChoiceField(required=False, choices=STATES, label="Show")

    def chosen(self, masks: MaskQuerySet) -> MaskQuerySet:
        """The masks that match; a choice that is none of those on offer is left out."""
        self.is_valid()
        data = self.cleaned_data
        if (least := data.get("least")) is not None:
            masks = masks.scored_from(least)
        verb = {"kept": masks.kept, "rejected": masks.rejected, "corrected": masks.corrected}
        return verb[data["state"]]() if data.get("state") else masks


class LeastScoreForm(forms.Form):
    """The score under which masks are rejected."""

    least = forms.FloatField(min_value=0, max_value=1)


class VersionForm(forms.Form):
    """Which version somebody looked at, and the key that makes a double click one version."""

    based_on = forms.IntegerField(min_value=1)
    request_key = forms.UUIDField()


class CorrectionForm(VersionForm):
    """A drawing that becomes the next version."""

    drawing = forms.FileField()
    comment = forms.CharField(max_length=200, required=False)

    def clean_drawing(self) -> bytes:
        """The PNG's bytes."""
        file = self.cleaned_data["drawing"]
        if file.size > LARGEST_DRAWING:
            raise forms.ValidationError("The drawing is larger than 32 MB.")
        return cast(bytes, file.read())


class RestoreForm(VersionForm):
    """An old version that is to count again."""

    number = forms.IntegerField(min_value=1)
