"""What readers say about themselves: covariates of the analysis."""

from django.db import models

from reader.models.assignment import Assignment


class Background(models.Model):
    """One reader's answers to the short questionnaire of a study."""

    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="background")
    years_reading = models.PositiveSmallIntegerField(help_text="Years of reading chest images.")
    specialty = models.CharField(max_length=80)
    subspecialty = models.CharField(max_length=80, blank=True)
    display = models.CharField(max_length=120, blank=True, help_text="The monitor that this study is read on.")
    answered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"background of {self.assignment}"
