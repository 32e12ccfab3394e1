"""The questions of planning, each a form whose fields hold usual values and whose answer is computed as it is typed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from lungstudy.styling import StyledForm
from reader.reports.planning.answer import Answer
from reader.reports.planning.grid import FIGURES, MOST_IMAGES, MOST_READERS, Plan, readers_by_images
from reader.reports.planning.kappa import kappa_precision
from reader.reports.planning.one_reader import one_reader
from reader.reports.planning.simulation import MOST_VERDICTS, power_by_simulation
from reader.stats.planning_simulation import MOST_ALIKE, VerdictModel

LARGEST_PER_CENT = 100
MOST_AMONG = 6
NEAREST = 0.02
"""Nearer to chance than this one reader needs thousands of images, and the page seconds to say so."""


class ShareField(forms.FloatField):
    """A share from 0 to 1, also written as per cent or with a decimal comma."""

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # django-stubs has an integer's
        """The number; "60 %" is 0.6."""
        said = str(value or "").strip().replace(",", ".")
        in_per_cent = said.endswith("%")
        number = super().to_python(said.removesuffix("%").strip())
        return number / LARGEST_PER_CENT if number is not None and in_per_cent else number


def share(label: str, usual: float, low: float, high: float, help_text: str = "") -> ShareField:
    """A share between two ends."""
    return ShareField(
        label=label,
        initial=usual,
        min_value=low,
        max_value=high,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Give a number such as 0.6 or 60 %.",
            "min_value": f"Give {low:g} or more.",
            "max_value": f"Give {high:g} or less, such as 0.6 or 60 %%.",
        },
    )


def whole(label: str, usual: int, low: int, high: int, help_text: str = "") -> forms.IntegerField:
    """A whole number between two ends."""
    return forms.IntegerField(label=label, initial=usual, min_value=low, max_value=high, help_text=help_text)


class Question(StyledForm, forms.Form):
    """One question of the page."""

    slug: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str]
    blamed: ClassVar[str]
    """The field to which what cannot be planned is said."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        usual = {f"{self.slug}-{name}": field.initial for name, field in self.base_fields.items()}
        super().__init__({**usual, **{name: value for name, value in asked.items() if name in usual}}, prefix=self.slug)
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{self.slug}-{name}_error"

    def answer(self) -> Answer | None:
        """The answer; None where a field is refused, which then says why."""
        if not self.is_valid():
            return None
        try:
            return self.answered()
        except ValueError as error:
            self.add_error(self.blamed, f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return None

    def answered(self) -> Answer:
        """Compute."""
        raise NotImplementedError


class OneReaderForm(Question):
    """How many images must one reader read to be told from guessing?"""

    slug, blamed = "one", "accuracy"
    title = "One reader against chance"
    lead = "How many images show that one reader does not guess?"

    accuracy = share("True accuracy", 0.6, 0, 1)
    among = whole(
        "Guessing is right once in", 2, 2, MOST_AMONG, "2 for real or fake; the number of images to choose among."
    )
    power = share("Power", 0.8, 0.5, 0.99)
    n_images = whole("Images planned", 100, 1, MOST_IMAGES)

    def clean(self) -> dict[str, Any]:
        """Refuse what would take thousands of images, and the page long to find."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if {"accuracy", "among"} <= found.keys() and abs(found["accuracy"] - 1 / found["among"]) < NEAREST:
            chance = 1 / found["among"]
            self.add_error("accuracy", f"Guessing gives {chance:.3g}; give an accuracy {NEAREST} or more away from it.")
        return found

    def answered(self) -> Answer:
        """Images and power."""
        return one_reader(**self.cleaned_data)


class KappaForm(Question):
    """How many images make kappa precise?"""

    slug, blamed = "kappa", "half_width"
    title = "Precision of kappa"
    lead = "How many images give kappa an interval as narrow as you want?"

    shares = forms.CharField(
        label="Shares of the categories",
        initial="0.4 0.2 0.4",
        max_length=200,
        help_text="How often readers use each, in any order: fake 0.4, unsure 0.2, real 0.4.",
    )
    kappa = share("Kappa expected", 0.3, 0.01, 0.99)
    half_width = share("Half-width wanted", 0.1, 0.01, 0.5, "0.1 for an interval of ± 0.1.")
    most_readers = whole("Readers, up to", 6, 2, 30)
    n_images = whole("Images planned", 100, 2, MOST_IMAGES)

    def clean_shares(self) -> list[float]:
        """Numbers that sum to 1."""
        said = self.cleaned_data["shares"].replace(";", " ").replace("%", " ").split()
        try:
            numbers = [float(one.strip(",").replace(",", ".")) for one in said]
        except ValueError:
            numbers = []
        total = sum(numbers)
        if len(numbers) < 2 or min(numbers) <= 0:
            raise forms.ValidationError("Give two shares or more, each above 0, with spaces between: 0.4 0.2 0.4.")
        if abs(total - 1) > 0.01 and abs(total - LARGEST_PER_CENT) > 1:
            raise forms.ValidationError(f"The shares sum to {total:g}; let them sum to 1, or to 100 %.")
        return [one / total for one in numbers]

    def clean(self) -> dict[str, Any]:
        """The wanted interval must lie between 0 and 1."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if {"kappa", "half_width"} <= found.keys():
            room = min(found["kappa"], 1 - found["kappa"])
            if found["half_width"] >= room - 1e-9:
                self.add_error("half_width", f"Give less than {room:g}, so that the interval stays within 0 and 1.")
        return found

    def answered(self) -> Answer:
        """Images by readers."""
        return kappa_precision(**self.cleaned_data)


class GridForm(Question):
    """How many readers and images does the primary test need?"""

    slug, blamed = "grid", "expected"
    title = "Readers by images"
    lead = "What power has the primary test, for readers like these and images like these?"

    figure = forms.ChoiceField(label="Figure", choices=FIGURES.items(), initial="auc")
    expected = share("True mean figure", 0.6, 0.01, 0.99)
    n_readers = whole("Readers planned", 6, 2, MOST_READERS)
    n_images = whole("Images planned", 100, 4, MOST_IMAGES)
    reader_sd = share("SD between readers", 0.05, 0, 0.5, "How far readers' true figures spread.")
    correlation = share("Correlation of readers", 0.3, 0, 1, "How alike two readers err over the same images.")
    fakes = share("Share of fakes", 0.5, 0.01, 0.99, "For the AUC.")
    among = whole("Guessing is right once in", 2, 2, MOST_AMONG, "For accuracy; 2 for real or fake.")
    error_sd = ShareField(
        label="SD of one reader over 100 images",
        required=False,
        min_value=0,
        max_value=1,
        help_text="Empty: what the figure implies.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """The AUC knows one chance; and what equals chance cannot be found."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("figure") == "auc":
            found["among"] = 2
        if {"expected", "among"} <= found.keys() and abs(found["expected"] - 1 / found["among"]) < 1e-9:
            self.add_error("expected", "This is what guessing gives, so there is nothing to find; give another value.")
        return found

    def plan(self) -> Plan:
        """What the fields say."""
        return Plan(**self.cleaned_data)

    def answered(self) -> Answer:
        """Power and its grid."""
        return readers_by_images(self.plan())


class SimulationForm(Question):
    """What power have studies drawn from a model of verdicts?"""

    slug, blamed = "draw", "n_readers"
    title = "Power by simulation"
    lead = "How often does the primary test find it, in studies drawn with unsure answers?"

    d_prime = share("Mean d'", 0.5, -5, 5, "0 is guessing; 1 is an AUC of about 0.76.")
    d_prime_sd = share("SD of d' between readers", 0.35, 0, 5)
    low = share("Says real below", -0.2, -5, 5, "Between the two a reader is unsure.")
    high = share("Says fake above", 0.2, -5, 5)
    lean_sd = share("SD of readers' lean", 0.3, 0, 5, "A reader's shift of both limits.")
    alike = share("Correlation of readers", 0.3, 0, MOST_ALIKE, "How alike two readers see one image.")
    n_readers = whole("Readers planned", 6, 2, MOST_READERS)
    fakes = whole("Fakes", 50, 2, MOST_IMAGES)
    reals = whole("Reals", 50, 2, MOST_IMAGES)

    def clean(self) -> dict[str, Any]:
        """Limits in their order, and a study that can be drawn often enough while somebody waits."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if {"low", "high"} <= found.keys() and found["low"] > found["high"]:
            self.add_error("high", "Give as much as the limit for real, or more.")
        if {"n_readers", "fakes", "reals"} <= found.keys():
            verdicts = found["n_readers"] * (found["fakes"] + found["reals"])
            if verdicts > MOST_VERDICTS:
                self.add_error(
                    "n_readers", f"{verdicts:,} verdicts a study take too long here; plan {MOST_VERDICTS:,} or fewer."
                )
        return found

    def answered(self) -> Answer:
        """Power with its Monte-Carlo error."""
        numbers = dict(self.cleaned_data)
        sizes = {name: numbers.pop(name) for name in ("n_readers", "fakes", "reals")}
        return power_by_simulation(VerdictModel(**numbers), **sizes)


QUESTIONS: tuple[type[Question], ...] = (GridForm, OneReaderForm, KappaForm, SimulationForm)
"""In the order of the page; the primary test first."""
