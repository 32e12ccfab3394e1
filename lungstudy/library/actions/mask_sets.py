"""Make sets of masks; a set holds one structure under one definition from one source, and never anything else."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.models import Definition, MaskSet, MaskSource
from lungstudy.library.models.mask_set import LONGEST_LICENCE, LONGEST_NAME, LONGEST_STRUCTURE


class MaskSetError(ValueError):
    """Why masks cannot go into a set, in one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class SetDescription:
    """What is said of a set of masks."""

    name: str
    structure: str
    definition: Definition
    source: MaskSource
    method: dict[str, Any] = field(default_factory=dict)
    licence: str = ""
    citation: str = ""

    def under(self, definition: Definition) -> "SetDescription":
        """The same for a part of the masks that follows another definition, under a name that says so."""
        return replace(self, definition=definition, name=f"{self.name}, {definition.value.replace('_', ' ')}")


def drawn_in_two_ways(structure: str) -> bool:
    """Whether masks of this structure are comparable only under one definition: the lungs, with the heart or not."""
    return "lung" in structure.lower()


def definition_refusal(structure: str, definition: str) -> str:
    """Why masks of this structure cannot be of this definition; empty where they can."""
    if drawn_in_two_ways(structure) and definition == Definition.NOT_APPLICABLE:
        return (
            "The outline of the lungs is drawn in two ways: say whether the heart is inside or outside, or that the "
            "source does not state it."
        )
    return ""


def length_refusal(described: SetDescription) -> str:
    """Which word about a set is empty or too long to store, and how long it may be; empty where all fit."""
    allowed = (
        ("name of a set of masks", described.name, 1, LONGEST_NAME),
        ("structure", described.structure, 1, LONGEST_STRUCTURE),
        ("licence", described.licence, 0, LONGEST_LICENCE),
    )
    for what, words, least, most in allowed:
        if not least <= len(words) <= most:
            return f"The {what} has {least} to {most} characters, and “{words}” has {len(words)}: choose another."
    return ""


def known_set(described: SetDescription) -> MaskSet | None:
    """The set of that name, once it is known to hold the same; None where there is none.

    Raises
    ------
    MaskSetError
        It holds another structure, definition or source, or there can be no set that is so described.
    """
    refusal = length_refusal(described) or definition_refusal(described.structure, described.definition)
    if refusal:
        raise MaskSetError(refusal)
    known = MaskSet.objects.filter(name=described.name).first()
    if known is None:
        return None
    if (known.structure, known.definition, known.source) != (
        described.structure, described.definition, described.source,
    ):  # fmt: skip
        raise MaskSetError(
            f"The set “{known.name}” holds {known.outline}, {known.get_source_display().lower()}. "
            "Masks of another structure, definition or source need a set with another name."
        )
    return known


@transaction.atomic
def set_described_as(*, described: SetDescription, by: User | None) -> MaskSet:
    """The set of that name, made if there is none; `by` is None where a command or a worker asks."""
    if known := known_set(described):
        return known
    facts = {name: getattr(described, name) for name in ("name", "structure", "definition", "source", "method")}
    mask_set = MaskSet.objects.create(**facts, licence=described.licence, citation=described.citation, created_by=by)
    record_event(verb="created mask set", by=by, target=mask_set, structure=described.structure)
    return mask_set
