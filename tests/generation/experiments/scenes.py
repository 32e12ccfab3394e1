"""Data sets of small squares with outlines and findings, and experiments that are queued as the page queues them."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import numpy as np
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from generation.actions.experiment_orders import ExperimentOrder
from generation.actions.experiment_queueing import queue_experiment
from generation.actions.experiment_running import missing_cells
from generation.experiments.choices import Learning
from generation.experiments.grid import Arm, Grid
from generation.models import Experiment, ExperimentCell
from lungstudy.jobs.models import JobState
from lungstudy.library.actions.masks import store_mask
from lungstudy.library.models import Dataset, Image, MaskSet, Origin
from tests.factories import DatasetFactory, ImageFactory, MaskSetFactory

SIDE = 64
SEGMENTATION, CLASSIFICATION = Experiment.Kind.SEGMENTATION, Experiment.Kind.CLASSIFICATION
TINY = {
    SEGMENTATION: Learning(size=SIDE, width=4, batch=2, rate=1e-2, rounds=1, steps=2),
    CLASSIFICATION: Learning(size=SIDE, width=4, batch=4, rate=1e-2, rounds=1, steps=2),
}
NETS = {SEGMENTATION: ["unet"], CLASSIFICATION: ["resnet18"]}


def square(seed: int) -> tuple[ContentFile, np.ndarray]:
    """A bright square on noise, and where it is; with an odd seed a large one."""
    rng = np.random.default_rng(seed)
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    top, left = rng.integers(4, 24, 2)
    width = 32 if seed % 2 else 14
    inside[top : top + width, left : left + width] = True
    pixels = np.where(inside, 200, rng.integers(0, 80, (SIDE, SIDE))).astype(np.uint8)
    buffer = BytesIO()
    Pillow.fromarray(pixels).save(buffer, "PNG")
    return ContentFile(buffer.getvalue(), name="image.png"), inside


def squares(
    count: int, *, first_seed: int = 0, patients: int | None = None, masks: MaskSet | None = None, **facts: Any
) -> Dataset:
    """Each of a patient of its own unless `patients` share them; the large ones have the finding."""
    prefix = facts.pop("prefix", "P")
    dataset = DatasetFactory(**facts)
    for seed in range(first_seed, first_seed + count):
        file, inside = square(seed)
        finding = "large" if seed % 2 else "small"
        patient = f"{prefix}{(seed - first_seed) % (patients or count)}"
        image = ImageFactory(dataset=dataset, seed=seed, file=file, finding=finding, patient_key=patient)
        if masks:
            store_mask(mask_set=masks, image=image, pixels=inside)
    return dataset


def real(count: int = 12, **facts: Any) -> Dataset:
    """Real squares, outlined by people."""
    return squares(count, **{"masks": MaskSetFactory(), **facts})


def drawn(count: int = 4, **facts: Any) -> Dataset:
    """Synthetic squares with the outlines that came with them."""
    masks = MaskSetFactory(source="attention")
    return squares(count, **{"first_seed": 1000, "origin": Origin.SYNTHETIC, "masks": masks, "prefix": "S", **facts})


def order_for(kind: Any = SEGMENTATION, **changes: Any) -> ExperimentOrder:
    """Order fields by their names; the grid's too."""
    crossed = {"arms": [Arm.REAL], "nets": NETS[kind], "numbers": [2], "seeds": [0]}
    grid = Grid(**{name: changes.pop(name, value) for name, value in crossed.items()})
    plain = {"name": "squares", "learning": TINY[kind], "test_share": 0.4, "validate_share": 0.2, "stratify": []}
    if "real" not in changes:
        plain["real"] = [real()]
    plain["mask_sets"] = list(MaskSet.objects.all()) if kind == SEGMENTATION else []
    plain["finding"] = "large" if kind == CLASSIFICATION else ""
    return ExperimentOrder(kind=kind, grid=grid, **{**plain, **changes})


def queued(kind: Any = SEGMENTATION, **changes: Any) -> Experiment:
    return queue_experiment(order=order_for(kind, **changes), request_key=uuid4(), by=None)


def image_of(token: str) -> Image:
    return Image.objects.select_related("dataset").get(token=token)


def trained(experiment: Experiment) -> Experiment:
    """Every cell with values of our own; no net is trained."""
    images = experiment.images.filter(split="test").select_related("image")
    for cell in missing_cells(experiment):
        good = 0.6 + 0.01 * cell.n_real + 0.2 * (cell.arm == Arm.BOTH) * (1 + 0.01 * cell.seed) + 0.01 * cell.seed
        of = {
            str(row.image.token): {
                "dice": good + 0.01 * at * (1 + (cell.arm == Arm.BOTH)),
                "iou": good - 0.1,
                "hd95": 5.0,
            }
            if row.label is None
            else {"score": row.label + 0.3 * ((at * 7) % 5) + cell.seed * (at % 3)}
            for at, row in enumerate(images)
        }
        ExperimentCell.objects.create(
            experiment=experiment, arm=cell.arm, net=cell.net, n_real=cell.n_real, seed=cell.seed, values=of,
            n_synthetic=0 if cell.arm == Arm.REAL else 4, learned_from=[], seconds=3.0,
        )  # fmt: skip
    Experiment.objects.filter(pk=experiment.pk).update(state=JobState.DONE, done=experiment.total)
    experiment.refresh_from_db()
    return experiment
