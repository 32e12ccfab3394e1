"""Trials: what is on screen at once, one case or a group to choose from."""

from django.db import models

from reader.models.study import Study


class Trial(models.Model):
    """One question of a study: a case by itself, or the cases that a reader chooses among."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="trials")
    number = models.PositiveIntegerField(help_text="From 1, in an order drawn from the seed; practice comes last.")
    block = models.PositiveSmallIntegerField(default=1, help_text="Which readers meet it, where they share the work.")
    practice = models.BooleanField(default=False)
    # Told after a practice answer where the protocol says so, and stored only for that: the right answer, as the place
    # of a case in the trial or as a verdict. Empty for every trial of the study itself.
    feedback = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="trial_number_unique_in_study"),
            models.CheckConstraint(
                condition=models.Q(practice=True) | models.Q(feedback=""), name="trial_feedback_in_practice_only"
            ),
        ]

    def __str__(self) -> str:
        return f"trial {self.number}"
