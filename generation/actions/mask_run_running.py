"""Make the masks of one run and store them in its set; a run that was killed goes on with the same result."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import transaction

from generation.actions.ending import end_noted
from generation.actions.leasing import every_second, lease_kept
from generation.actions.mask_material import maps_of, name_of, pixels_of, reason_against
from generation.actions.mask_run_queueing import MaskRunError, groups_of, images_of
from generation.masks.methods import METHODS
from generation.masks.one_by_one import OneByOne
from generation.models import GeneratedImage, MaskProblem, MaskRun
from lungstudy.jobs.models import JobState
from lungstudy.library.actions.masks import MaskError, store_mask
from lungstudy.library.models import MaskSet


def run_masks(run_id: int) -> None:
    """Take the run, make what it lacks, and say how it ended; does nothing if another worker has it."""
    run = MaskRun.objects.claim(run_id)
    if run is None:
        return
    with end_noted(run):
        with lease_kept(run):
            make_masks(run)
        finish(run)


def make_masks(run: MaskRun) -> None:
    """Learn from the whole batch where the method learns; then make and store one image's mask after the other.

    Images and attention are read anew for each step, so that memory does not grow with the batch by whole pictures.

    Raises
    ------
    MaskRunError
        The method cannot work with what was kept.
    """
    from generation.masks.repeating import repeatable  # keeps torch out of the web process

    images = list(images_of(run).select_related("image", "attention"))
    usable = []
    for one in images:
        if reason := reason_against(one, run.phrases):
            note_problem(run, one, reason)
        else:
            usable.append(one)
    refuse_too_few(run, usable, len(images))
    with repeatable(run.seed):
        for one, result in zip(usable, refined(run, usable), strict=True):
            run.keep_lease()
            if isinstance(result, Exception):
                note_problem(run, one, str(result))
            else:
                store(run, one, result)


def refuse_too_few(run: MaskRun, usable: list[GeneratedImage], n_images: int) -> None:
    """A net has to be held against images that it never saw; with none at all, `finish` says why."""
    method = METHODS[run.method]
    if method.learns and len(set(groups_of(usable))) == 1:
        raise MaskRunError(
            f"“{method.title}” learns from images of at least two seeds, or of two patients' films; "
            f"{n_images - len(usable)} of {n_images} images cannot be used, and the rest are of one. "
            "Choose a method that does not learn, or draw more images."
        )


def refined(run: MaskRun, images: list[GeneratedImage]) -> Iterator[Any]:
    """The masks one by one, or for an image the error that says why it has none."""
    from generation.masks.refining import Options, refine_each  # keeps torch out of the web process

    options = Options(
        phrase=" + ".join(run.phrases),
        names=tuple(name_of(one) for one in images),
        groups=tuple(groups_of(images)),
        seed=run.seed,
        **run.options,
    )
    report = every_second(lambda done: run.keep_lease(done=done))
    pictures = OneByOne(len(images), lambda place: pixels_of(images[place]))
    maps = OneByOne(len(images), lambda place: maps_of(images[place], run.phrases))
    return refine_each(pictures, maps, run.method, options, report)


def store(run: MaskRun, one: GeneratedImage, refined: Any) -> None:
    """One mask with its probability and what is known of its worth; what an earlier try lacked is forgotten."""
    try:
        store_mask(
            mask_set=run.mask_set,
            image=one.image,
            pixels=refined.mask,
            probability=np.rint(refined.probability * 255).astype(np.uint8),
            score=refined.score,
            entropy=refined.entropy,
            agreement=refined.agreement,
        )
    except MaskError as error:
        note_problem(run, one, str(error))
    else:
        MaskProblem.objects.filter(run=run, image=one.image).delete()


def note_problem(run: MaskRun, one: GeneratedImage, reason: str) -> None:
    """Once for each image without a mask, with the newest reason."""
    if run.mask_set.masks.filter(image=one.image).exists():
        return  # made before the run was killed
    MaskProblem.objects.update_or_create(run=run, image=one.image, defaults={"reason": reason})


@transaction.atomic
def finish(run: MaskRun) -> None:
    """Note what made the masks, and the end.

    Raises
    ------
    MaskRunError
        Not one image got a mask.
    """
    from generation.masks.versions import versions  # keeps torch out of the web process

    run.keep_lease(done=run.total)
    MaskSet.objects.filter(pk=run.mask_set_id).update(method={**run.mask_set.method, "versions": versions()})
    if not run.mask_set.masks.exists():
        first = run.problems.first()
        raise MaskRunError(f"No image got a mask. {first.reason if first else 'There was no image left.'}")
    run.release(state=JobState.DONE)
