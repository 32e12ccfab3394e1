"""What somebody asks an experiment to compare, and which images would take part; asked by forms, so without torch."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from generation.diffusion.errors import DiffusionError
from generation.experiments.ages import age_band
from generation.experiments.choices import Learning
from generation.experiments.grid import Arm, Grid
from generation.models import Experiment
from lungstudy.library.models import Dataset, Image, MaskSet, MaskSource, MaskVersion

STRATA = {
    "dataset": "data set", "finding": "finding", "view": "view", "sex": "sex", "age": "age",
}  # fmt: skip
MOST_IMAGES = 20_000
OWN_FIELDS = ("token", "dataset", "finding", "view", "sex", "age", "patient_key", "pixel_sha256", "source_name")


class ExperimentError(DiffusionError):
    """Why an experiment cannot be queued or cannot go on, in one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class ExperimentOrder:
    """One experiment.

    Attributes
    ----------
    test : sequence of Dataset
        Data sets among `real` whose images all test; empty to split the real images instead.
    from_ten : Dataset or None
        Synthetic images whose embedding saw ten examples; classification only.
    mask_sets : sequence of MaskSet
        Segmentation: the outlines, of one structure under one definition.
    finding, against : str
        Classification: what is told, and from what (empty for every other stated finding).
    synthetic_finding, synthetic_against : str
        What synthetic images call these; empty for the same.
    stratify : sequence of str
        Names in `STRATA` that the splits keep in proportion.
    most_synthetic : int or None
        At most so many synthetic images, chosen by the seed; None for all.
    """

    name: str
    kind: Experiment.Kind
    real: Sequence[Dataset]
    synthetic: Sequence[Dataset] = ()
    from_ten: Dataset | None = None
    test: Sequence[Dataset] = ()
    mask_sets: Sequence[MaskSet] = ()
    finding: str = ""
    against: str = ""
    synthetic_finding: str = ""
    synthetic_against: str = ""
    grid: Grid
    learning: Learning
    stratify: Sequence[str] = ("dataset",)
    most_synthetic: int | None = None
    test_share: float = 0.3
    validate_share: float = 0.15
    seed: int = 0

    @property
    def segments(self) -> bool:
        """Whether outlines are learned, not findings."""
        return self.kind == Experiment.Kind.SEGMENTATION

    @property
    def told_of_synthetic(self) -> tuple[str, str]:
        """What synthetic images call the finding, and what it is told from."""
        return self.synthetic_finding or self.finding, self.synthetic_against or self.against

    @property
    def drawn(self) -> list[Dataset]:
        """Every synthetic data set that some arm learns from."""
        both = self.synthetic if Arm.BOTH in self.grid.arms or Arm.SYNTHETIC in self.grid.arms else ()
        return [*both, *([self.from_ten] if self.from_ten and Arm.FROM_TEN in self.grid.arms else [])]


@dataclass(frozen=True)
class Candidate:
    """One image that can take part: outlined, or with a finding that is stated."""

    image: Image
    label: int | None = None
    mask_sha256: str = ""
    by_people: bool = True


def candidates(order: ExperimentOrder, datasets: Sequence[Dataset], *, drawn: bool) -> list[Candidate]:
    """The images of these data sets that can take part.

    Raises
    ------
    ExperimentError
        An image is outlined in two of the chosen mask sets.
    """
    images = Image.objects.usable().filter(dataset__in=datasets).select_related("dataset").order_by("pk")
    if images.count() > MOST_IMAGES:
        raise ExperimentError(f"There are more than {MOST_IMAGES} images; choose fewer data sets.")
    return outlined(images, order) if order.segments else labelled(images, order, drawn=drawn)


def labelled(images: QuerySet[Image], order: ExperimentOrder, *, drawn: bool) -> list[Candidate]:
    """With the finding, or with what it is told from; images whose finding is not stated take no part."""
    wanted, against = order.told_of_synthetic if drawn else (order.finding, order.against)
    others = Q(finding=against) if against else ~Q(finding="") & ~Q(finding=wanted)
    chosen = images.filter(Q(finding=wanted) | others).only(*OWN_FIELDS)
    return [Candidate(image, int(image.finding == wanted)) for image in chosen]


def outlined(images: QuerySet[Image], order: ExperimentOrder) -> list[Candidate]:
    """With a mask in the chosen sets that nobody rejected; its newest version counts."""
    newest = Window(RowNumber(), partition_by=F("mask"), order_by=F("number").desc())
    versions = (
        MaskVersion.objects.filter(mask__mask_set__in=order.mask_sets, mask__rejected_at=None, mask__image__in=images)
        .annotate(age=newest)
        .filter(age=1)
        .values_list("mask__image", "sha256", "mask__mask_set__source")
    )
    found: dict[int, tuple[str, bool]] = {}
    for image, sha256, source in versions:
        if image in found:
            name = Image.objects.get(pk=image).source_name or f"image {image}"
            raise ExperimentError(f"“{name}” is outlined in two of the chosen mask sets; choose one of these sets.")
        found[image] = sha256, source == MaskSource.PEOPLE
    return [
        Candidate(image, mask_sha256=found[image.pk][0], by_people=found[image.pk][1])
        for image in images.only(*OWN_FIELDS)
        if image.pk in found
    ]


def stratum_of(candidate: Candidate, fields: Sequence[str]) -> str:
    """What the splits keep in proportion; the label always is."""
    return " · ".join(value_of(candidate.image, field) for field in fields)[:120]


def value_of(image: Image, field: str) -> str:
    """Of a stratum; ages by bands, since sources state them in many ways and to the year."""
    return age_band(image.age) if field == "age" else str(getattr(image, field))


def group_of(candidate: Candidate, fields: Sequence[str]) -> str:
    """Stratum and label."""
    return f"{stratum_of(candidate, fields)} {candidate.label}"
