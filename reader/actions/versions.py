"""Copies and amendments: a new draft with the images and settings of a study, and orders of its own."""

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from reader.actions.errors import StudyError
from reader.actions.seeds import fresh_seed
from reader.models import (
    AskedMixin,
    BriefingMixin,
    Case,
    PlanMixin,
    Pool,
    ScheduleMixin,
    ShownMixin,
    Study,
    Trial,
)

Row = TypeVar("Row", bound=Model)
PARTS: tuple[type[Model], ...] = (AskedMixin, ShownMixin, ScheduleMixin, BriefingMixin, PlanMixin)
CAN_BE_AMENDED = (Study.State.SEALED, Study.State.OPEN, Study.State.CLOSED)


@transaction.atomic
def copy_study(*, study: Study, by: User) -> Study:
    """A new draft with the same protocol, images and masks; every reader's orders will be fresh."""
    copy = draft_like(study, by, title=shortened(f"Copy of {study.title}"), copy_of=study)
    record_event(verb="copied a study", by=by, target=copy, copied_from=study.title)
    return copy


@transaction.atomic
def amend_study(*, study: Study, by: User, reason: str) -> Study:
    """The next version of a sealed study as a draft; what was sealed stays as it is, with its readings.

    Raises
    ------
    StudyError
        The study is a draft, its truth is known, or its next version is there already.
    """
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.state == Study.State.DRAFT:
        raise StudyError("This study is still a draft. Edit it; nothing is fixed yet.")
    if locked.state not in CAN_BE_AMENDED:
        raise StudyError("This study is unblinded, so a changed protocol would know the results. Copy it instead.")
    following = Study.objects.filter(amends=locked).first()
    if following is not None:
        raise StudyError(f"Version {following.version} of this study is there already. Go on with that one.")
    version = locked.version + 1
    amendment = draft_like(locked, by, title=locked.title, version=version, amends=locked, amendment_reason=reason)
    amendment.researchers.add(*locked.researchers.all())
    record_event(verb="amended a study", by=by, target=amendment, version=version, why=reason)
    return amendment


def draft_like(study: Study, by: User, **fields: Any) -> Study:
    """A draft with everything that was set in a study; whoever knew the one knows the other."""
    settings = {field.name: getattr(study, field.name) for part in PARTS for field in part._meta.get_fields()}
    kept = study.keep_days_after_closing
    draft = Study.objects.create(
        **{**settings, "order_seed": fresh_seed()}, created_by=by, keep_days_after_closing=kept, **fields
    )
    draft.researchers.add(by)
    draft.insiders.add(by, *study.insiders.all(), *study.researchers.all())
    copy_draw(study, draft)
    return draft


def copy_draw(study: Study, draft: Study) -> None:
    """The same pools, trials, cases and masks; without the draw where the library has excluded one of its images."""
    pools = {pool.pk: remade(pool, study=draft) for pool in study.pools.all()}
    Pool.objects.bulk_create(pools.values())
    if study.cases.filter(image__excluded_at__isnull=False).exists():
        return
    trials = {trial.pk: remade(trial, study=draft, feedback="") for trial in study.trials.all()}
    Trial.objects.bulk_create(trials.values())
    cases = [
        remade(case, study=draft, trial=trials[case.trial_id], pool=pools[case.pool_id]) for case in study.cases.all()
    ]
    Case.objects.bulk_create(cases)


def remade(row: Row, **changes: Any) -> Row:
    """A new row like this one."""
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    replaced = {f"{name}_id" for name in changes}
    return type(row)(**{name: value for name, value in same.items() if name not in replaced | set(changes)}, **changes)


def shortened(title: str) -> str:
    """A title that fits its column."""
    longest = Study._meta.get_field("title").max_length
    return title[:longest]
