"""Make and edit drafts: everything of a study that sealing will fix."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from reader.actions.errors import StudyError
from reader.actions.presentations import delete_presentations
from reader.actions.seeds import fresh_seed
from reader.models import Case, Pool, Study
from reader.models.pool import STRATUM

Box = list[float]
DECIDES_DRAW = {"seed", "design", "tuple_size", "target", "match_finding", "one_per_patient", "blocks"}
"""Fields after whose change another draw would come out."""
MOVES_PIXELS = {"border_crop_percent", "fit"}
"""Fields of the policy after whose change a box no longer lies over the same part of a film."""


def editable_draft(study: Study) -> Study:
    """The study, locked for the transaction, or the sentence why nothing of it may change.

    Raises
    ------
    StudyError
        It is sealed, or being sealed.
    """
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.state != Study.State.DRAFT:
        raise StudyError("This study is sealed, so nothing of it changes any more. Build a new one instead.")
    if locked.sealings.unfinished().exists():
        raise StudyError("This study is being sealed. Wait for it to end, then edit what it refused.")
    return locked


@transaction.atomic
def create_study(*, by: User | None, demonstration: bool = False, **fields: Any) -> Study:
    """A new draft; whoever makes it is its first researcher."""
    seeds = {"order_seed": fresh_seed(), **fields}
    study = Study.objects.create(created_by=by, demonstration=demonstration, **seeds)
    if by is not None:
        study.researchers.add(by)
        study.insiders.add(by)
    record_event(verb="created a study", by=by, target=study)
    return study


@transaction.atomic
def edit_study(*, study: Study, **fields: Any) -> str:
    """Change a draft's question, policy or seed; what that undid, in a sentence, or nothing."""
    draft = editable_draft(study)
    changed = {name for name, value in fields.items() if getattr(draft, name) != value}
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save(update_fields=list(fields))
    if changed & DECIDES_DRAW and drop_draw(draft):
        return "What decides the draw has changed, so the images drawn before were dropped. Draw again."
    if changed & MOVES_PIXELS and drop_masks(draft):
        return "The crop changed, so the masks no longer lay where they were drawn, and were removed. Draw them again."
    return ""


def drop_draw(draft: Study) -> bool:
    """Forget the drawn cases with their masks and any files of a failed sealing; whether there were any."""
    delete_presentations(draft)
    deleted, _ = draft.trials.all().delete()
    return bool(deleted)


def drop_masks(draft: Study) -> bool:
    """Forget every box; whether there were any."""
    masked = draft.cases.exclude(marker_masks=[])
    had_any = bool(draft.fixed_masks) or masked.exists()
    masked.update(marker_masks=[])
    draft.cases.update(markers_checked_at=None)
    draft.fixed_masks = []
    draft.save(update_fields=["fixed_masks"])
    return had_any


@transaction.atomic
def add_pool(*, study: Study, **fields: Any) -> Pool:
    """One more pool; what was drawn before no longer fits and is dropped."""
    draft = editable_draft(study)
    pool = Pool(study=draft, **fields)
    if pool.dataset is not None:
        pool.origin = pool.dataset.origin
    same = {name: getattr(pool, name) for name in (*STRATUM, "dataset")}
    if Pool.objects.filter(**same).exists():
        raise StudyError("There is a pool of exactly these images already. Remove it first, or choose another finding.")
    drop_draw(draft)
    pool.save()
    return pool


@transaction.atomic
def remove_pool(*, study: Study, pool_id: int) -> None:
    """One pool fewer, and its drawn cases with it."""
    draft = editable_draft(study)
    drop_draw(draft)
    draft.pools.filter(pk=pool_id).delete()


def checked_boxes(boxes: object) -> list[Box]:
    """Mask boxes as fractions, or the sentence why they are none."""
    good = isinstance(boxes, list) and len(boxes) <= 50 and all(_is_box(box) for box in boxes)
    if not good:
        raise StudyError("These are no mask boxes. Reload the page and draw them again.")
    return [[round(float(edge), 4) for edge in box] for box in boxes]  # type: ignore[attr-defined]


def _is_box(box: object) -> bool:
    if not isinstance(box, list) or len(box) != 4:
        return False
    if not all(isinstance(edge, int | float) and 0 <= edge <= 1 for edge in box):
        return False
    left, top, right, bottom = box
    return bool(left < right and top < bottom)


@transaction.atomic
def mask_markers(*, study: Study, number: int, boxes: object) -> Case:
    """Put hand-drawn boxes over what is burnt into one case."""
    case: Case = editable_draft(study).cases.get(number=number)
    case.marker_masks = checked_boxes(boxes)
    case.markers_checked_at = timezone.now()
    case.save(update_fields=["marker_masks", "markers_checked_at"])
    return case


@transaction.atomic
def mark_looked_at(*, study: Study, numbers: list[int]) -> int:
    """Note that somebody looked for burnt-in letters on these cases; how many are new."""
    unseen = editable_draft(study).cases.filter(number__in=numbers, markers_checked_at=None)
    return unseen.update(markers_checked_at=timezone.now())


@transaction.atomic
def mask_everywhere(*, study: Study, boxes: object) -> Study:
    """Put the same boxes over every case."""
    draft = editable_draft(study)
    draft.fixed_masks = checked_boxes(boxes)
    draft.save(update_fields=["fixed_masks"])
    return draft
