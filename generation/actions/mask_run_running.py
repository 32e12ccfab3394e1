"""Make the masks of one run and store them in its set; a run that was killed goes on with the same result."""

from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from generation.actions.ending import end_noted
from generation.actions.keeping_attention import attention_of
from generation.actions.leasing import every_second, lease_kept
from generation.actions.mask_run_queueing import MaskRunError, groups_of, images_of
from generation.models import AttentionMaps, GeneratedImage, MaskProblem, MaskRun
from lungstudy.jobs.models import JobState
from lungstudy.library.actions.masks import MaskError, store_mask
from lungstudy.library.models import MaskSet
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.encoding import to_8_bit

Maps = dict[int, NDArray[np.float32]]


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
    """Refine all images' attention at once, since some methods learn from the whole batch; then store each mask.

    Raises
    ------
    MaskRunError
        The method cannot work with what was kept.
    """
    from generation.masks.refining import Options, refine  # keeps torch out of the web process

    fields = ("image", "attention")
    images = list(images_of(run).select_related(*fields))
    options = Options(
        phrase=" + ".join(run.phrases),
        names=tuple(name_of(one) for one in images),
        groups=tuple(groups_of(images)),
        seed=run.seed,
        **run.options,
    )
    found = [attention_or_reason(run, one) for one in images]
    maps = [None if isinstance(each, str) else each for each in found]
    report = every_second(lambda done: run.keep_lease(done=done))
    try:
        results = refine([pixels_of(one) for one in images], maps, run.method, options, report)
    except ValueError as error:
        raise MaskRunError(f"{error} Choose another method, or draw more images.") from error
    for one, reason, result in zip(images, found, results, strict=True):
        run.keep_lease()
        if isinstance(reason, str) or isinstance(result, Exception):
            note_problem(run, one, reason if isinstance(reason, str) else str(result))
        else:
            store(run, one, result)


def attention_or_reason(run: MaskRun, one: GeneratedImage) -> Maps | str:
    """An image's attention of all phrases together, or why there is none."""
    from generation.masks.errors import MaskError as UnusableError
    from generation.masks.fusing import union_of

    kept: AttentionMaps | None = getattr(one, "attention", None)
    if kept is None:
        return f"{name_of(one)} was drawn without keeping attention; draw it again with the phrases."
    missing = {each["phrase"]: each["reason"] for each in kept.missing}
    for phrase in run.phrases:
        if phrase not in kept.phrases:
            return f"{name_of(one)}: {missing.get(phrase, f'the attention of “{phrase}” was not kept.')}"
    try:
        maps = attention_of(kept)
        return union_of([maps[phrase] for phrase in run.phrases])
    except FileNotFoundError:
        return f"{name_of(one)}: the file of its attention is missing; bring it back from a backup, or draw it again."
    except UnusableError as error:
        return f"{name_of(one)}: {error}"


def name_of(one: GeneratedImage) -> str:
    """As the batch's page calls it."""
    return f"Image {one.index + 1} (seed {one.recipe.get('seed', 'unknown')})"


def pixels_of(one: GeneratedImage) -> NDArray[np.uint8]:
    """Its grey levels."""
    try:
        with one.image.file.open("rb") as file:
            return to_8_bit(decode(file.read()).pixels)
    except FileNotFoundError as error:
        raise MaskRunError(f"The file of {name_of(one)} is missing; bring it back from a backup.") from error


def store(run: MaskRun, one: GeneratedImage, refined: Any) -> None:
    """One mask with its probability and what is known of its worth."""
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


def note_problem(run: MaskRun, one: GeneratedImage, reason: str) -> None:
    """Once for each image, with the newest reason."""
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
