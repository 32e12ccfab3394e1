"""A person's decision about masks: rejected ones stay, and are left out of exports and experiments."""

from django.db import transaction
from django.utils import timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.models import Mask, MaskSet


@transaction.atomic
def reject_mask(*, mask: Mask, by: User) -> None:
    """Out of everything that uses the set from now on."""
    mask.rejected_at = timezone.now()
    mask.save(update_fields=["rejected_at"])
    record_event(verb="rejected mask", by=by, target=mask, mask_set=mask.mask_set.name)


@transaction.atomic
def keep_mask(*, mask: Mask, by: User) -> None:
    """Part of its set again."""
    mask.rejected_at = None
    mask.save(update_fields=["rejected_at"])
    record_event(verb="kept mask", by=by, target=mask, mask_set=mask.mask_set.name)


@transaction.atomic
def reject_scored_under(*, mask_set: MaskSet, least: float, by: User) -> int:
    """Reject the masks whose score is lower; how many there were."""
    doubtful = mask_set.masks.kept().scored_under(least)
    n = doubtful.update(rejected_at=timezone.now())
    if n:
        record_event(verb="rejected masks by score", by=by, target=mask_set, least_score=least, masks=n)
    return n
