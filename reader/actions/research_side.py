"""Who sees a study's research side; what somebody saw there stays seen, so they never read it."""

from django.db import transaction

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from reader.actions.errors import StudyError
from reader.models import Assignment, Study


@transaction.atomic
def add_researcher(*, study: Study, user: User, by: User) -> None:
    """Let somebody else see the research side; never one of its readers."""
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if not user.is_researcher:
        raise StudyError(f"{user} is a reader. Only researchers and admins can join a study's research side.")
    if Assignment.objects.filter(study=locked, reader=user).exists():
        raise StudyError(f"{user} reads this study, so they cannot see its research side too.")
    locked.researchers.add(user)
    locked.insiders.add(user)
    record_event(verb="added a researcher", by=by, target=study, researcher=user.username)


@transaction.atomic
def remove_researcher(*, study: Study, user: User, by: User) -> None:
    """Take somebody off the research side; one always stays."""
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.researchers.count() < 2:
        raise StudyError("A study keeps at least one researcher. Add another first.")
    locked.researchers.remove(user)
    record_event(verb="removed a researcher", by=by, target=study, researcher=user.username)
