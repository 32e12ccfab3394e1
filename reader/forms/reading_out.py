"""The protocol as people read it: the form's parts, labels and choices, without what the design does not ask."""

from dataclasses import dataclass
from typing import Any

from reader.forms.parts import PARTS
from reader.forms.parts.asked import NEEDS
from reader.forms.protocol import StudyForm
from reader.models import Study

LONG = 80
"""From so many characters on, a text is folded up."""


@dataclass(frozen=True)
class Line:
    """One field: what it is called on the form, and what it was set to."""

    label: str
    value: str

    @property
    def is_long(self) -> bool:
        """Whether it is a text rather than a setting."""
        return len(self.value) > LONG or "\n" in self.value


def protocol_by_part(study: Study) -> list[tuple[str, list[Line]]]:
    """Each part with the lines that mean something in this study."""
    return [(part.title, [line(study, name) for name in part.names if is_asked(study, name)]) for part in PARTS]


def is_asked(study: Study, name: str) -> bool:
    """Whether a field means something in this study."""
    other, values = NEEDS.get(name, (name, ()))
    return not values or getattr(study, other) in values


def line(study: Study, name: str) -> Line:
    """Label and value of one field."""
    choice = getattr(study, f"get_{name}_display", None)
    value = choice() if choice else getattr(study, name)
    return Line(str(StudyForm.base_fields[name].label), worded(value))


def worded(value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value in (None, "") else str(value)
