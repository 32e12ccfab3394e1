"""What the models behind a synthetic data set learned from: the reference in which copies are to be looked for."""

from django.db.models import Q

from generation.models import Batch, TrainingRun
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Image


def trainings_behind(dataset: Dataset) -> list[TrainingRun]:
    """Every training here that the images of this data set may remember, of adapters and of earlier models too."""
    batches = Batch.objects.filter(dataset=dataset)
    hashes = {one["sha256"] for adapters in batches.values_list("adapters", flat=True) for one in adapters}
    generators = set(batches.values_list("generator_id", flat=True))
    done, found = TrainingRun.objects.filter(state=JobState.DONE), dict[int, TrainingRun]()
    while True:
        behind = done.filter(Q(trained_generator__in=generators) | Q(adapter__sha256__in=hashes)).exclude(pk__in=found)
        if not (newly := {run.pk: run for run in behind}):
            return list(found.values())
        found |= newly
        generators = {run.generator_id for run in newly.values() if run.generator_id}


def learned_images(run: TrainingRun) -> list[Image]:
    """Exactly the images that a run learned from, whatever became of them since; none of those held out."""
    return list(Image.objects.filter(pk__in=run.images.filter(held_out=False).values("image")).order_by("pk"))
