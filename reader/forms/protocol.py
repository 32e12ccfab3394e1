"""The form of a draft: the five parts of its protocol, and how long it is kept."""

import json
from typing import Any

from django import forms

from lungstudy.styling import StyledForm
from reader.actions.protocol_checks import field_problems
from reader.forms.parts import PARTS, AskedFields, BriefingFields, Part, PlanFields, ScheduleFields, ShownFields
from reader.forms.parts.asked import NEEDS, QUESTIONS, REASONS, USUAL_TUPLE
from reader.forms.parts.plan import FITTING
from reader.models import Design, Endpoint, Study


class StudyForm(
    StyledForm,
    AskedFields,
    ShownFields,
    ScheduleFields,
    BriefingFields,
    PlanFields,
    forms.ModelForm,  # type: ignore[type-arg]
):
    """Everything of a draft but its pools; what a design does not ask goes back to its usual value."""

    keep_days_after_closing = forms.IntegerField(
        min_value=1,
        max_value=36500,
        required=False,
        label="Days to keep after closing",
        help_text="Then the study, its answers and its rendered images are deleted. Empty keeps them.",
    )

    class Meta:
        model = Study
        fields = ["title", *(name for part in PARTS for name in part.names), "keep_days_after_closing"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_what_another_design_would_need()
        for name, (other, values) in NEEDS.items():
            self.fields[name].widget.attrs |= {"data-needs": other, "data-values": " ".join(values)}
        self.fields["question"].widget.attrs["data-questions"] = json.dumps(QUESTIONS)
        self.fields["primary_endpoint"].widget.attrs["data-fitting"] = json.dumps(FITTING)

    def offer_what_another_design_would_need(self) -> None:
        """Usual values instead of the empty ones that a draft keeps while it does not need them."""
        if self.instance.design != Design.TUPLE:
            self.initial["tuple_size"] = USUAL_TUPLE
        self.initial["mark_reasons"] = self.initial.get("mark_reasons") or REASONS

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The sections as the page shows them; a fold with a refused field is open."""
        return [self.section(part) for part in PARTS]

    def section(self, part: Part) -> dict[str, Any]:
        """One section with its fields."""
        refused = any(name in self.errors for name in part.folded)
        seen, folded = ([self[name] for name in names] for names in (part.seen, part.folded))
        return {"part": part, "seen": seen, "folded": folded, "open": refused}

    def clean(self) -> dict[str, Any]:
        """Put aside what the design does not ask, then look whether the rest can be read at all."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.put_aside_what_is_not_asked(cleaned)
        if {"design", "target", "question"} <= cleaned.keys():
            self.ask_the_usual_question(cleaned)
        if {"design", "primary_endpoint"} <= cleaned.keys():
            self.refuse_unfit_endpoint(cleaned)
        for problem in field_problems(Study(**cleaned)):
            if problem.field not in self.errors:
                self.add_error(problem.field, problem.sentence)
        return cleaned

    def put_aside_what_is_not_asked(self, cleaned: dict[str, Any]) -> None:
        """What has no meaning in this design is at its usual value, so that it changes no hash and refuses nothing."""
        for name, (other, values) in NEEDS.items():
            if other in cleaned and cleaned[other] not in values:
                self.errors.pop(name, None)
                cleaned[name] = getattr(Study(), name)

    def ask_the_usual_question(self, cleaned: dict[str, Any]) -> None:
        """Where nobody wrote another question, that of the design."""
        if not cleaned["question"] or cleaned["question"] in QUESTIONS.values():
            cleaned["question"] = QUESTIONS[f"{cleaned['design']} {cleaned['target']}"]

    def refuse_unfit_endpoint(self, cleaned: dict[str, Any]) -> None:
        """An endpoint that this design cannot be analysed by."""
        fitting = FITTING[cleaned["design"]]
        if cleaned["primary_endpoint"] not in fitting:
            offered = "; ".join(str(one.label) for one in fitting)
            label = Endpoint(cleaned["primary_endpoint"]).label
            sentence = f"“{label}” cannot be computed for this design. Choose one of: {offered}."
            self.add_error("primary_endpoint", sentence)
