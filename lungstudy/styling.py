"""Forms drawn with the site's controls: the one place that knows the stylesheet's classes."""

from typing import Any

from django import forms


def control_class(widget: forms.Widget) -> str:
    """The class that Bootstrap's stylesheet looks for."""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class StyledForm(forms.BaseForm):
    """Gives every control its class, and marks those that were refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = control_class(field.widget)

    def full_clean(self) -> None:
        """Check, then mark the refused controls."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"
