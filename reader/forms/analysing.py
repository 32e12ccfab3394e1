"""The form of somebody else's study: its file, the categories readers could choose, and the weights."""

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator

from lungstudy.styling import StyledForm
from reader.forms.readings_file import CategoriesField, readings_in
from reader.stats.reading_file import ReadingFileError
from reader.stats.readings import Readings
from reader.stats.verdicts import VERDICTS
from reader.stats.weights import Weights

WORDS = {
    Weights.IDENTITY: "None: the same category or not",
    Weights.LINEAR: "Linear",
    Weights.QUADRATIC: "Quadratic",
    Weights.ORDINAL: "Ordinal",
}


class AnalyseForm(StyledForm, forms.Form):
    """Parses the file while it checks it."""

    file = forms.FileField(
        label="Readings (CSV)",
        help_text="One line for each image and reader, in UTF-8; 50 MB and 2,000,000 lines at most.",
        validators=[
            FileExtensionValidator(["csv", "txt", "tsv"], message="Save the readings as CSV, then choose that.")
        ],
        error_messages={
            "required": "Choose the file with the readings.",
            "empty": "The file is empty. Choose another.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    categories = CategoriesField(
        label="Categories, in their order",
        initial=", ".join(VERDICTS),
        max_length=2000,
        help_text="All that readers could choose, used or not; the order decides every weighted number.",
    )
    weights = forms.ChoiceField(
        label="Weights of near misses",
        choices=[(str(weights), words) for weights, words in WORDS.items()],
        initial=str(Weights.IDENTITY),
        help_text="Weighted coefficients are given beside the unweighted ones.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readings: Readings | None = None

    def clean(self) -> dict[str, Any]:
        """Read it."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if {"file", "categories"} <= found.keys():
            try:
                self.readings = readings_in(found["file"], found["categories"])
            except ReadingFileError as error:
                self.add_error("file", str(error))
        return found

    @property
    def chosen_weights(self) -> Weights:
        """As the statistics take them."""
        return Weights(self.cleaned_data["weights"])
