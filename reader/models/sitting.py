"""Sittings: one visit to the reading room, with the screen it was made on."""

import uuid

from django.db import models

from reader.models.assignment import Assignment


class Sitting(models.Model):
    """The browser and screen of one visit, as the browser states them; one row for each time the room is opened."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="sittings")
    session = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField(auto_now_add=True)
    user_agent = models.CharField(max_length=400, blank=True)
    screen_width = models.PositiveIntegerField(null=True, blank=True, help_text="CSS pixels.")
    screen_height = models.PositiveIntegerField(null=True, blank=True)
    window_width = models.PositiveIntegerField(null=True, blank=True)
    window_height = models.PositiveIntegerField(null=True, blank=True)
    pixel_ratio = models.FloatField(null=True, blank=True, help_text="Device pixels to one CSS pixel.")
    colour_depth = models.PositiveSmallIntegerField(null=True, blank=True)
    # What was seen of the grey-scale pattern: {"dark": true, "bright": true, ...}; empty where none was shown.
    monitor_check: "models.JSONField[dict[str, bool], dict[str, bool]]" = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["assignment", "started_at"]

    def __str__(self) -> str:
        return f"sitting of {self.assignment} at {self.started_at:%Y-%m-%d %H:%M}"
