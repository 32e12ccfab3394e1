"""The audit log: who did what to what and when; rows are only ever added."""

from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models


class LogIsFinalError(Exception):
    """Somebody tried to change or delete what the log says."""

    def __init__(self) -> None:
        super().__init__("The audit log is only ever added to. Record another event that corrects the first.")


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about the log; nothing here changes it."""

    def about(self, target: models.Model) -> Self:
        """Events that concern one object."""
        return self.filter(target_type=target._meta.label, target_id=str(target.pk))

    def by_or_about(self, person: models.Model) -> Self:
        """What this person did, and what was done to them."""
        return self.filter(
            models.Q(actor_id=person.pk) | models.Q(target_type=person._meta.label, target_id=str(person.pk))
        )

    def verbs(self) -> list[str]:
        """Every kind of event that the log holds, in alphabetical order."""
        return list(self.order_by("verb").values_list("verb", flat=True).distinct())

    def update(self, **_: Any) -> NoReturn:
        """Refused."""
        raise LogIsFinalError

    def delete(self) -> NoReturn:
        """Refused."""
        raise LogIsFinalError

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own: no Manager.delete()

    def _update(self, *_: Any) -> NoReturn:
        """Refused: Model.save_base comes by here."""
        raise LogIsFinalError

    def _raw_delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: Django's own deletions of related rows come by here."""
        raise LogIsFinalError


class Event(models.Model):
    """One thing that somebody, or the site itself, did."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=80, db_index=True)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target_name = models.CharField(max_length=200, blank=True)
    detail: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event; one that is stored already stays as it is."""
        if not self._state.adding:
            raise LogIsFinalError
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refused."""
        raise LogIsFinalError

    @property
    def facts(self) -> list[tuple[str, object]]:
        """The detail as names and values, for reading."""
        return [(name.replace("_", " "), value) for name, value in self.detail.items()]
