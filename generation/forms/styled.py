"""Forms drawn with the site's controls."""

from typing import Any

from django import forms


class StyledForm(forms.Form):
    """Gives each control the framework's class, and marks those that were refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def full_clean(self) -> None:
        """Check, then mark the refused controls."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"
