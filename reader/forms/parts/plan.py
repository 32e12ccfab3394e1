"""The analysis plan, fixed before the first reading."""

from django import forms

from reader.forms.parts.part import Part
from reader.models import Design, Endpoint, UnsureRule

PLAN = Part(
    "Analysis plan",
    "What is decided now is the primary analysis; every other one is shown beside it.",
    ("primary_endpoint", "unsure_rule", "analysis_plan"),
)

OF_CHOICE = (Endpoint.CHOICE, Endpoint.AGREEMENT)
FITTING: dict[str, tuple[Endpoint, ...]] = {
    Design.SINGLE: (Endpoint.ACCURACY, Endpoint.SENSITIVITY, Endpoint.AUC, Endpoint.AGREEMENT),
    Design.PAIR: OF_CHOICE,
    Design.TUPLE: OF_CHOICE,
    Design.RATING: (Endpoint.REALISM, Endpoint.AUC, Endpoint.AGREEMENT),
}
"""Endpoints that a design can be analysed by; the first is the usual one."""


class PlanFields(forms.Form):
    """Controls of the plan."""

    primary_endpoint = forms.ChoiceField(choices=Endpoint.choices, initial=Endpoint.ACCURACY, label="Primary endpoint")
    unsure_rule = forms.ChoiceField(
        choices=UnsureRule.choices, initial=UnsureRule.WRONG, label="Unsure counts, in the primary endpoint, as"
    )
    analysis_plan = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Plan in your own words",
        help_text="Hypotheses, comparisons, sample size. It is hashed with the rest.",
    )
