"""What happens before the first image: instructions, consent, questions about the reader, monitor check, practice."""

from typing import Any

from django.db import models


class BriefingMixin(models.Model):
    """The way into a study."""

    instructions = models.TextField(blank=True, help_text="In Markdown. What readers see before they start.")
    consent = models.TextField(blank=True, help_text="In Markdown. Readers accept it first; empty asks nothing.")
    ask_background = models.BooleanField(default=False, help_text="Years, specialty, subspecialty and display.")
    monitor_check = models.BooleanField(default=False, help_text="A grey-scale pattern to be seen before reading.")
    practice_feedback = models.BooleanField(default=False, help_text="Practice tells what was right.")

    class Meta:
        abstract = True

    def briefed(self) -> dict[str, Any]:
        """This part of the protocol, as it is hashed."""
        return {field.name: getattr(self, field.name) for field in BriefingMixin._meta.get_fields()}
