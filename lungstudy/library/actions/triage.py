"""A person's decision about one image: keep it, exclude it with a reason, or leave it open again."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.models import Image

EXCLUSION_REASONS = (
    "lateral view",
    "arrows or marks",
    "text burnt in",
    "not a chest film",
    "part of the chest only",
    "duplicate",
    "poor quality",
    "other",
)
# What is wrong with a drawn image more often than with a film.
REJECTION_REASONS = (
    "impossible anatomy",
    "finding not shown",
    "another finding shown",
    "looks drawn",
    "blank or noise",
    "text or marks",
    "duplicate",
    "like a training image",
    "other",
)


@transaction.atomic
def keep_image(*, image: Image, by: User) -> None:
    """Somebody looked and found it good."""
    image.triaged_at, image.triaged_by = timezone.now(), by
    image.excluded_at, image.exclusion_reason = None, ""
    _save(image)
    record_event(verb="kept image", by=by, target=image, dataset=image.dataset.name)


@transaction.atomic
def exclude_image(*, image: Image, reason: str, by: User) -> None:
    """Out of every study built from now on; the file stays."""
    image.triaged_at = image.excluded_at = timezone.now()
    image.triaged_by, image.exclusion_reason = by, reason
    _save(image)
    record_event(verb="excluded image", by=by, target=image, dataset=image.dataset.name, reason=reason)


@transaction.atomic
def reopen_image(*, image: Image, by: User) -> None:
    """Back to undecided, as if nobody had looked; the log keeps that somebody did."""
    image.triaged_at = image.excluded_at = image.triaged_by = None
    image.exclusion_reason = ""
    _save(image)
    record_event(verb="reopened image", by=by, target=image, dataset=image.dataset.name)


@transaction.atomic
def decide_on_images(*, images: Iterable[Image], decision: str, reason: str, by: User) -> None:
    """One decision about several images: all of them, or none. A reason is for those that are excluded."""
    for image in images:
        if decision == "keep":
            keep_image(image=image, by=by)
        elif decision == "exclude":
            exclude_image(image=image, reason=reason, by=by)
        else:
            reopen_image(image=image, by=by)


def _save(image: Image) -> None:
    image.save(update_fields=["triaged_at", "triaged_by", "excluded_at", "exclusion_reason"])
