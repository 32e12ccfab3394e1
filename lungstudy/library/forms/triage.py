"""One decision about one picture."""

from typing import Any

from django import forms

from lungstudy.library.actions.triage import EXCLUSION_REASONS


class DecisionForm(forms.Form):
    """Keep, exclude with a reason from the list, or open again."""

    decision = forms.ChoiceField(choices=[(name, name) for name in ("keep", "exclude", "open")])
    reason = forms.ChoiceField(choices=[(reason, reason) for reason in EXCLUSION_REASONS], required=False)

    def clean(self) -> dict[str, Any]:
        """Nothing is excluded without a reason."""
        data = self.cleaned_data
        if data.get("decision") == "exclude" and not data.get("reason"):
            self.add_error("reason", "Choose a reason.")
        return data
