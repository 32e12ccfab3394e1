"""An experiment's pictures, outlines and findings in memory, and what each cell takes of them."""

from functools import partial
from typing import Any

import numpy as np
from django.db.models.fields.files import FieldFile
from numpy.typing import NDArray

from generation.actions.experiment_orders import ExperimentError
from generation.experiments.choices import Learning
from generation.experiments.grid import Arm, Cell
from generation.experiments.splitting import learning_order, patients_of
from generation.models import Experiment, ExperimentImage, Split
from lungstudy.library.models import MaskVersion, Origin
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.presenting import Policy, present

Values = dict[str, dict[str, float]]


class Material:
    """Rows by what they are for, with their pictures read once; a missing file ends the experiment with a sentence."""

    def __init__(self, experiment: Experiment) -> None:
        fields = "image__dataset"
        rows = list(experiment.images.select_related(fields).order_by("pk"))
        self.segments = experiment.kind == Experiment.Kind.SEGMENTATION
        self.rows, self.from_ten = rows, experiment.options["from_ten"]
        size = experiment.options["learning"]["size"]
        # Outlines must not be cut off at the sides; a black margin would tell a classifier the film's shape.
        policy = Policy(size=size, fit="pad" if self.segments else "crop")
        self.pictures = np.stack([picture_of(row, policy) for row in rows])
        if self.segments:
            of_masks, files = Policy(size=size, fit="pad", grey="as_stored"), mask_files(experiment)
            self.masks = np.stack([mask_of(row, files, of_masks) for row in rows])

    def learned_from(self, cell: Cell) -> list[str]:
        """Tokens of the images that a cell learns from."""
        return [str(self.rows[at].image.token) for at in self.shown(cell)]

    def shown(self, cell: Cell) -> list[int]:
        """Places of the images that a cell learns from: so many real ones, and the arm's synthetic ones."""
        return [*self.real_shown(cell), *self.drawn_shown(cell.arm)]

    def real_shown(self, cell: Cell) -> list[int]:
        """The first so many of the seed's order, patient by patient, so that smaller sets lie within larger ones."""
        learn = self.places(Split.TRAIN, Origin.REAL)
        images = [self.rows[at].image for at in learn]
        patients = patients_of([image.patient_key for image in images], [image.pixel_sha256 for image in images])
        groups = [f"{self.rows[at].stratum} {self.rows[at].label}" for at in learn]
        return [learn[at] for at in learning_order(patients, groups, cell.seed)[: cell.n_real]]

    def drawn_shown(self, arm: Arm) -> list[int]:
        """Synthetic images of an arm."""
        if not arm.takes_synthetic:
            return []
        drawn = self.places(Split.TRAIN, Origin.SYNTHETIC)
        return [at for at in drawn if (self.rows[at].image.dataset_id == self.from_ten) is (arm == Arm.FROM_TEN)]

    def places(self, purpose: Split, origin: Origin) -> list[int]:
        """Of the images for one purpose."""
        rows = enumerate(self.rows)
        return [at for at, row in rows if row.split == purpose and row.image.dataset.origin == origin]

    def trained(self, cell: Cell, how: Learning, report: Any) -> Values:
        """Train and test one cell; the values of each test image by its token."""
        test, groups = (
            self.places(Split.TEST, Origin.REAL),
            [self.rows[at].image.dataset.origin for at in self.shown(cell)],
        )
        values = self.trainer(cell)(
            net=cell.net, groups=groups, how=how, seed=cell.seed, on_progress=report,
        )  # fmt: skip
        return {str(self.rows[at].image.token): of for at, of in zip(test, values, strict=True)}

    def trainer(self, cell: Cell) -> Any:
        """The pure function of this kind, with its pictures."""
        shown, tried, test = (
            self.shown(cell),
            self.places(Split.VALIDATE, Origin.REAL),
            self.places(Split.TEST, Origin.REAL),
        )
        if self.segments:
            from generation.experiments.segmentation import Outlined, segment  # keeps torch out of the web process

            data = Outlined(self.pictures, self.masks)
            return partial(segment, shown=data.of(shown), validation=data.of(tried), test=data.of(test))
        from generation.experiments.classification import Labelled, classify

        known = Labelled(self.pictures, np.array([row.label for row in self.rows], dtype=np.int64))
        return partial(classify, shown=known.of(shown), validation=known.of(tried), test=known.of(test))


def picture_of(row: ExperimentImage, policy: Policy) -> NDArray[np.uint8]:
    """As a study shows it."""
    return np.asarray(present(pixels_of(row.image.file, f"The file of {row.image}"), policy), dtype=np.uint8)


def mask_of(row: ExperimentImage, files: dict[tuple[int, str], FieldFile], policy: Policy) -> NDArray[np.bool_]:
    """The version that was chosen when the experiment was queued, through the same cut and size as its picture."""
    name = row.image.source_name or row.image
    if (file := files.get((row.image_id, row.mask_sha256))) is None:
        raise ExperimentError(f"The outline of “{name}” is gone since the experiment was queued; ask for it again.")
    shown: NDArray[Any] = present(pixels_of(file, f"The outline of “{name}”"), policy)
    inside = shown > 127
    if not inside.any():
        raise ExperimentError(f"The outline of “{name}” vanishes at {policy.size} pixels; take a larger size.")
    return np.asarray(inside)


def mask_files(experiment: Experiment) -> dict[tuple[int, str], FieldFile]:
    """Every version's file by image and hash."""
    versions = MaskVersion.objects.filter(mask__mask_set__in=experiment.mask_sets.all()).select_related("mask")
    return {(version.mask.image_id, version.sha256): version.file for version in versions}


def pixels_of(file: FieldFile, what: str) -> Any:
    """The grey levels of a stored file.

    Raises
    ------
    ExperimentError
        The file is not there.
    """
    try:
        with file.open("rb") as stored:
            return decode(stored.read()).pixels
    except FileNotFoundError as error:
        raise ExperimentError(f"{what} is missing; bring it back from a backup, or reject the image.") from error
