"""A list of short texts, typed one per line."""

from typing import Any

from django import forms


class LinesField(forms.CharField):
    """One text per line; empty lines are passed over, and one that comes twice counts once."""

    def __init__(self, *, longest: int, most: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)
        self.longest, self.most = longest, most

    def prepare_value(self, value: Any) -> Any:
        """The list as it is typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as it is typed."""
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> list[str]:
        """The lines, or the sentence which of them to shorten."""
        typed: str = super().clean(value)
        lines = list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
        long = next((line for line in lines if len(line) > self.longest), None)
        if long is not None:
            raise forms.ValidationError(f"“{long[:30]}…” is longer than {self.longest} characters. Shorten it.")
        if len(lines) > self.most:
            raise forms.ValidationError(f"These are {len(lines)} lines. Keep {self.most} or fewer.")
        return lines
