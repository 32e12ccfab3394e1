"""The audit log: who did what to what and when; rows are only ever added."""

from typing import Any, Self

from django.conf import settings
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about the log."""

    def about(self, target: models.Model) -> Self:
        """Events that concern one object."""
        return self.filter(target_type=target._meta.label, target_id=str(target.pk))


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

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_name}"
