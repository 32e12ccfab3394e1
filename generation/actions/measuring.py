"""Queue and do quality runs: how near a synthetic data set comes to a reference, and whether it holds copies."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from numpy.typing import NDArray

from generation.actions.ending import end_noted
from generation.actions.learned_images import learned_images, trainings_behind
from generation.actions.leasing import lease_kept
from generation.diffusion.errors import DiffusionError
from generation.models import QualityRun, TrainingRun
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Image, Origin
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.presenting import Policy, present

MOST_IMAGES = 5000
AT_ONCE = 32
LARGE, SMALL = 256, 128
RANDOM, XRAY = FEATURES = ("random-64", "xrv-densenet121")


class QualityError(DiffusionError):
    """Why two data sets cannot be compared, and what to do, in one sentence."""


@transaction.atomic
def queue_quality_run(
    *,
    dataset: Dataset,
    reference: Dataset,
    by: User | None,
    seed: int = 0,
    features: str = RANDOM,
    learned_by: TrainingRun | None = None,
) -> QualityRun:
    """Ask for a comparison.

    Parameters
    ----------
    learned_by : TrainingRun or None
        Compare with exactly the images that this training learned from, instead of with the reference.

    Raises
    ------
    QualityError
        If a data set holds no usable image, both are the same, or the training has nothing to do with the images.
    """
    if learned_by:
        refuse_other_training(dataset, learned_by)
        reference = learned_by.datasets.order_by("pk")[0]  # where the images are, in lists
    elif dataset == reference:
        raise QualityError("Choose two different data sets; the reference's own halves are compared anyway.")
    if dataset.origin != Origin.SYNTHETIC:
        raise QualityError(f"“{dataset}” holds no synthetic images; choose a synthetic data set to measure.")
    if features == XRAY and not settings.XRAY_NET:
        raise QualityError("This site was given no weights of a chest X-ray net; set LUNGSTUDY_XRAY_NET to their file.")
    sizes = [min(each.images.usable().count(), MOST_IMAGES) for each in (dataset, reference)]
    if learned_by:
        sizes[1] = len(reference_of(learned_by, reference, seed))
    for each, size in zip((dataset, reference), sizes, strict=True):
        if not size:
            raise QualityError(f"“{each}” holds no image that is not rejected; draw or import some first.")
    run = QualityRun.objects.create(
        dataset=dataset, reference=reference, features=features, seed=seed, created_by=by, total=sum(sizes),
        result={"learned_by": str(learned_by.token)} if learned_by else {},
    )  # fmt: skip
    record_event(verb="queued a quality run", by=by, target=run, reference=reference.name)
    return run


def refuse_other_training(dataset: Dataset, run: TrainingRun) -> None:
    """Raises QualityError where the training taught none of the models that drew the data set."""
    behind = trainings_behind(dataset)
    if run not in behind:
        others = ", ".join(f"“{one.name}”" for one in behind)
        instead = f"choose {others}, or a data set as the reference" if others else "choose a data set as the reference"
        raise QualityError(f"“{run.name}” taught no model that drew “{dataset}”; {instead}.")


def training_of(run: QualityRun) -> TrainingRun | None:
    """The training whose images are the reference; None where a data set is."""
    token = run.result.get("learned_by")
    return TrainingRun.objects.filter(token=token).first() if token else None


def reference_of(training: TrainingRun | None, dataset: Dataset, seed: int) -> list[Image]:
    """What is compared with; the same pixels count once."""
    images = learned_images(training) if training else usable_images(dataset)
    return some(list({image.pixel_sha256: image for image in reversed(images)}.values())[::-1], seed)


@transaction.atomic
def cancel_quality_run(*, run: QualityRun, by: User) -> None:
    """Stop at the next images; a run that waits, or whose worker died, is stopped at once."""
    if QualityRun.objects.filter(pk=run.pk).ask_to_stop():
        record_event(verb="cancelled a quality run", by=by, target=run)


def measure_run(run_id: int) -> None:
    """Take the run, measure, and say how it ended; does nothing if another worker has it."""
    run = QualityRun.objects.claim(run_id)
    if run is None:
        return
    with end_noted(run):
        with lease_kept(run):
            result = measured(run)
        finish(run, result)


@transaction.atomic
def finish(run: QualityRun, result: dict[str, Any]) -> None:
    """The result and the end of the run together."""
    run.keep_lease(done=run.total)
    QualityRun.objects.filter(pk=run.pk).update(result=result)
    run.release(state=JobState.DONE)


def measured(run: QualityRun) -> dict[str, Any]:
    """Everything that the run's page shows."""
    from generation.diffusion.quality.describing import describe, setting  # keeps torch out of the web process
    from generation.diffusion.quality.measure import compare
    from generation.diffusion.quality.nets import net_called

    training = training_of(run)
    synthetic = some(usable_images(run.dataset), run.seed)
    reference = reference_of(training, run.reference, run.seed)
    if not synthetic or not reference:
        raise QualityError("All images of one of the data sets have been rejected since; reopen some, or draw more.")
    size = SMALL if min(min(image.width, image.height) for image in (*synthetic, *reference)) < LARGE else LARGE
    net, read = net_called(run.features, Path(settings.XRAY_NET)), Reading(run, size)
    drawn, similar_drawn = describe(net, len(synthetic), run.seed, lambda at: read(synthetic[at]))
    real, similar_real = describe(net, len(reference), run.seed, lambda at: read(reference[at]))
    similar = {"synthetic": similar_drawn, "reference": similar_real}
    result = compare(drawn, real, patients_of(reference), run.seed, similar).as_json()
    for pair in result["copies"].get("pairs", []):
        pair["synthetic"] = str(synthetic[pair["synthetic"]].token)
        for one in (pair, *pair["nearest"].values()):
            one["reference"] = str(reference[one["reference"]].token)
    counts = {
        "synthetic": counts_of(run.dataset, synthetic),
        "reference": counts_learned(training, reference) if training else counts_of(run.reference, reference),
    }
    learned_by = {"learned_by": str(training.token)} if training else {}
    return {**result, "size": size, "counts": counts, **learned_by, **setting(net, size)}


def usable_images(dataset: Dataset) -> list[Image]:
    """Those that nobody rejected."""
    fields = ("token", "file", "width", "height", "patient_key", "pixel_sha256", "dataset")
    return list(dataset.images.usable().order_by("pk").only(*fields))


def some(images: list[Image], seed: int) -> list[Image]:
    """At most 5,000, by the seed."""
    if len(images) <= MOST_IMAGES:
        return images
    kept = np.sort(np.random.default_rng(seed).permutation(len(images))[:MOST_IMAGES])
    return [images[at] for at in kept]


def patients_of(images: Sequence[Image]) -> NDArray[np.int64]:
    """A number for each image's patient; an image of nobody known stands for itself."""
    names = [image.patient_key or f"image {image.token}" for image in images]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def counts_of(dataset: Dataset, used: Sequence[Image]) -> dict[str, Any]:
    """How many images there were, and how many took part."""
    rejected = dataset.images.excluded().count()
    return {"name": dataset.name, "used": len(used), "of": dataset.images.count(), "rejected": rejected}


def counts_learned(training: TrainingRun, used: Sequence[Image]) -> dict[str, Any]:
    """The same of a training's images: one that was rejected since has been learned from all the same."""
    learned = training.images.filter(held_out=False).count()
    return {"name": f"what “{training.name}” learned from", "used": len(used), "of": learned, "rejected": 0}


class Reading:
    """Reads pictures as a study shows them, and says how far the run is."""

    def __init__(self, run: QualityRun, size: int) -> None:
        self.run = run
        self.policy = Policy(size=size)
        self.done = 0

    def __call__(self, image: Image) -> NDArray[Any]:
        """One picture; every 32nd time the lease is renewed, and the run stops there if somebody asked for that."""
        if self.done % AT_ONCE == 0:
            self.run.keep_lease(done=self.done)
        self.done += 1
        try:
            with image.file.open("rb") as file:
                return present(decode(file.read()).pixels, self.policy)
        except FileNotFoundError as error:
            sentence = f"The file of {image} is missing; bring it back from a backup, or reject it."
            raise QualityError(sentence) from error
