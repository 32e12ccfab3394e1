"""The analysis plan: what was to be computed, fixed before the first reading."""

from typing import Any

from django.db import models


class Endpoint(models.TextChoices):
    """The primary endpoint."""

    ACCURACY = "accuracy", "Accuracy against chance"
    SENSITIVITY = "sensitivity", "Share of fakes called fake"
    AUC = "auc", "Area under the ROC curve"
    AGREEMENT = "agreement", "Agreement between readers"
    CHOICE = "choice", "Share of right choices against chance"
    REALISM = "realism", "Difference of realism ratings"


class UnsureRule(models.TextChoices):
    """What unsure counts as in the primary endpoint; all are shown beside it."""

    DECIDED = "decided", "Left out: among decided answers"
    HALF = "half", "Half right"
    WRONG = "wrong", "Not right: unsure in the denominator"


class PlanMixin(models.Model):
    """The prespecified analysis."""

    primary_endpoint = models.CharField(max_length=12, choices=Endpoint.choices, default=Endpoint.ACCURACY)
    unsure_rule = models.CharField(max_length=8, choices=UnsureRule.choices, default=UnsureRule.WRONG)
    analysis_plan = models.TextField(blank=True, help_text="In your own words: hypotheses, comparisons, sample size.")

    class Meta:
        abstract = True

    def planned(self) -> dict[str, Any]:
        """This part of the protocol, as it is hashed."""
        return {field.name: getattr(self, field.name) for field in PlanMixin._meta.get_fields()}
