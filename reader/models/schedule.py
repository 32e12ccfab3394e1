"""Who reads what, how often and when: blocks, hidden repeats, sessions with washout, breaks, practice."""

from typing import Any

from django.db import models


class ScheduleMixin(models.Model):
    """The order of things in a study."""

    seed = models.BigIntegerField(help_text="Decides which images are drawn and how they are grouped.")
    order_seed = models.BigIntegerField(default=0, help_text="Decides, with the protocol's hash, every reader's order.")
    one_per_patient = models.BooleanField(default=True, help_text="Never two images of one patient.")
    blocks = models.PositiveSmallIntegerField(
        default=1, help_text="1: every reader reads all images. More: reader 1 reads block 1, reader 2 block 2, …"
    )
    repeats = models.PositiveIntegerField(default=0, help_text="Trials shown twice in a session without saying so.")
    repeat_distance = models.PositiveIntegerField(default=10, help_text="Fewest positions between the two showings.")
    sessions = models.PositiveSmallIntegerField(default=1, help_text="How often each reader reads all their images.")
    washout_days = models.PositiveIntegerField(default=14, help_text="Days from the end of a session to the next.")
    read_until = models.DateField(null=True, blank=True, help_text="The last planned day of reading.")
    break_every = models.PositiveIntegerField(null=True, blank=True, help_text="Answers between forced breaks.")
    break_seconds = models.PositiveIntegerField(default=60)

    class Meta:
        abstract = True

    def scheduled(self) -> dict[str, Any]:
        """This part of the protocol, as it is hashed."""
        fields = {field.name: getattr(self, field.name) for field in ScheduleMixin._meta.get_fields()}
        return {**fields, "read_until": self.read_until.isoformat() if self.read_until else None}
