"""Make and edit drafts: everything of a study that sealing will fix."""

from typing import Any

from django.db import transaction

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from reader.actions.errors import StudyError
from reader.models import Assignment, Case, Pool, Study

Box = list[float]


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
    study = Study.objects.create(created_by=by, demonstration=demonstration, **fields)
    if by is not None:
        study.researchers.add(by)
    record_event(verb="created a study", by=by, target=study)
    return study


@transaction.atomic
def edit_study(*, study: Study, **fields: Any) -> Study:
    """Change a draft's question, policy or seed."""
    draft = editable_draft(study)
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save(update_fields=list(fields))
    return draft


@transaction.atomic
def add_pool(*, study: Study, **fields: Any) -> Pool:
    """One more pool; what was drawn before no longer fits and is dropped."""
    draft = editable_draft(study)
    if draft.pools.filter(dataset=fields["dataset"], finding=fields["finding"], view=fields["view"]).exists():
        raise StudyError("There is a pool of exactly these images already. Remove it first, or choose another finding.")
    draft.cases.all().delete()
    return Pool.objects.create(study=draft, **fields)


@transaction.atomic
def remove_pool(*, study: Study, pool_id: int) -> None:
    """One pool fewer, and its drawn cases with it."""
    draft = editable_draft(study)
    draft.cases.all().delete()
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
    case.save(update_fields=["marker_masks"])
    return case


@transaction.atomic
def mask_everywhere(*, study: Study, boxes: object) -> Study:
    """Put the same boxes over every case."""
    draft = editable_draft(study)
    draft.fixed_masks = checked_boxes(boxes)
    draft.save(update_fields=["fixed_masks"])
    return draft


@transaction.atomic
def add_researcher(*, study: Study, user: User, by: User) -> None:
    """Let somebody else see the research side; never one of its readers."""
    if not user.is_researcher:
        raise StudyError(f"{user} is a reader. Only researchers and admins can join a study's research side.")
    if Assignment.objects.filter(study=study, reader=user).exists():
        raise StudyError(f"{user} reads this study, so they cannot see its research side too.")
    study.researchers.add(user)
    record_event(verb="added a researcher", by=by, target=study, researcher=str(user))


@transaction.atomic
def remove_researcher(*, study: Study, user: User, by: User) -> None:
    """Take somebody off the research side; one always stays."""
    if study.researchers.count() < 2:
        raise StudyError("A study keeps at least one researcher. Add another first.")
    study.researchers.remove(user)
    record_event(verb="removed a researcher", by=by, target=study, researcher=str(user))
