"""Ask for the masks of a batch, from the attention that was kept while it was drawn; stop a run, or go on with one."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, models, transaction

from generation.diffusion.errors import DiffusionError
from generation.masks.methods import METHODS
from generation.models import AttentionMaps, Batch, GeneratedImage, MaskRun
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.actions.mask_sets import SetDescription, drawn_in_two_ways, length_refusal, set_described_as
from lungstudy.library.models import Definition, MaskSet, MaskSource

PARTS = {"lungs": 2, "left lung": 1, "right lung": 1, "heart": 1}
"""Connected parts that a structure has; of any other all parts are kept."""
RUNS_THROUGH_THE_HEART = (Definition.HEART_INSIDE, Definition.HEART_OUTSIDE)


def parts_of(structure: str) -> int:
    """How many parts to keep where nobody says; 0 keeps all."""
    return PARTS.get(structure.lower(), 0)


class MaskRunError(DiffusionError):
    """Why masks cannot be made, in one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class MaskOrder:
    """One structure in all images of a batch."""

    batch: Batch
    phrases: tuple[str, ...]
    structure: str
    definition: Definition
    method: str
    name: str
    parts: int
    seed: int = 0


def images_of(run_or_batch: MaskRun | Batch) -> models.QuerySet[GeneratedImage]:
    """The batch's images that nobody has rejected; of a run those that nobody had when it was asked for.

    A run that goes on after a kill sees what it saw at first, so that a method that learns learns the same.
    """
    if isinstance(run_or_batch, Batch):
        batch, kept = run_or_batch, models.Q(image__excluded_at=None)
    else:
        batch = run_or_batch.batch
        kept = models.Q(image__excluded_at=None) | models.Q(image__excluded_at__gt=run_or_batch.created_at)
    return GeneratedImage.objects.filter(kept, job__batch=batch).order_by("index")


def kept_phrases(batch: Batch) -> Counter[str]:
    """How many images of the batch have the attention of each phrase."""
    kept = AttentionMaps.objects.filter(generated__in=images_of(batch))
    return Counter(phrase for phrases in kept.values_list("phrases", flat=True) for phrase in phrases)


def queue_mask_run(*, order: MaskOrder, request_key: UUID, by: User | None) -> MaskRun:
    """Make an empty set of masks and the run that fills it; the same `request_key` gives the run that is there.

    Raises
    ------
    MaskRunError
        No attention was kept, the batch is still being drawn, the set's name is taken, or the method cannot learn
        from so few images.
    """
    if already := MaskRun.objects.filter(request_key=request_key).first():
        return already
    refuse_unfit(order)
    try:
        with transaction.atomic():
            return _store(order, request_key, by)
    except IntegrityError:
        # The other click of a double click came first, or somebody else took the name a moment ago.
        if already := MaskRun.objects.filter(request_key=request_key).first():
            return already
        refuse_unfit(order)
        raise


def definition_refusal(structure: str, definition: str) -> str:
    """Lungs need a definition and nothing else has one: what is wrong, or nothing."""
    is_lung, runs_through = drawn_in_two_ways(structure), definition in RUNS_THROUGH_THE_HEART
    if is_lung and not runs_through:
        return "Say where the outline of the lungs runs: with the heart inside, or outside."
    if structure and runs_through and not is_lung:
        return "Only the lungs' outline is drawn in two ways; choose that only one definition is in use."
    return ""


def refuse_unfit(order: MaskOrder) -> None:
    """Say what is in the way."""
    refusal = length_refusal(description_of(order)) or definition_refusal(order.structure, order.definition)
    if refusal:
        raise MaskRunError(refusal)
    batch, kept = order.batch, kept_phrases(order.batch)
    if not kept:
        raise MaskRunError(
            "No attention was kept while this batch was drawn. Queue it again into another data set with “Keep "
            "attention for masks of” filled in: the same seeds draw the same images."
        )
    for phrase in order.phrases:
        if not kept[phrase]:
            raise MaskRunError(f"The attention of “{phrase}” was not kept; choose among: {', '.join(sorted(kept))}.")
    if batch.jobs.unfinished().exists():
        raise MaskRunError("The batch is still being drawn; make masks once it is done, or cancel the rest.")
    if MaskSet.objects.filter(name=order.name).exists():
        raise MaskRunError(f"A set of masks called “{order.name}” exists; choose another name.")
    method = METHODS[order.method]
    if method.learns and len(set(groups_of(list(images_of(batch).select_related("image"))))) < 2:
        raise MaskRunError(
            f"“{method.title}” learns from the batch and needs images of two seeds, or changes of two patients' films; "
            "choose a method that does not learn."
        )


def groups_of(images: list[GeneratedImage]) -> list[str]:
    """What a net that learned from one of them must not be asked about: the same patient's film, or the same noise."""
    return [one.image.patient_key or f"seed {one.recipe.get('seed', one.pk)}" for one in images]


def description_of(order: MaskOrder) -> SetDescription:
    """The set that the masks go into."""
    batch, method = order.batch, METHODS[order.method]
    return SetDescription(
        name=order.name,
        structure=order.structure,
        definition=order.definition,
        source=MaskSource.ATTENTION,
        method={
            "key": method.key,
            "title": method.title,
            "source": method.source,
            "phrases": list(order.phrases),
            "parts": order.parts,
            "seed": order.seed,
            "batch": str(batch.token),
        },
        licence=batch.dataset.licence,
        citation=f"Read from the cross-attention of {batch.generator.name} by lungstudy.",
    )


def _store(order: MaskOrder, request_key: UUID, by: User | None) -> MaskRun:
    batch = order.batch
    run = MaskRun.objects.create(
        request_key=request_key,
        batch=batch,
        phrases=list(order.phrases),
        method=order.method,
        options={"parts": order.parts},
        seed=order.seed,
        mask_set=set_described_as(described=description_of(order), by=by),
        created_by=by,
        total=images_of(batch).count(),
    )
    record_event(verb="queued a mask run", by=by, target=run, method=order.method, phrases=list(order.phrases))
    return run


@transaction.atomic
def cancel_mask_run(*, run: MaskRun, by: User) -> None:
    """Stop at the next image; a run that waits, or whose worker died, is stopped at once. Masks already stored stay."""
    if MaskRun.objects.filter(pk=run.pk).ask_to_stop():
        record_event(verb="cancelled a mask run", by=by, target=run)


@transaction.atomic
def resume_mask_run(*, run: MaskRun, by: User) -> None:
    """Put a failed or cancelled run back into the queue; it makes the masks that are not there."""
    if MaskRun.objects.filter(pk=run.pk).queue_again():
        record_event(verb="resumed a mask run", by=by, target=run)
