"""One part of the protocol as a section of the form: what is always seen, and what lies in a fold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A section: its fields in the order of the page."""

    title: str
    lead: str
    seen: tuple[str, ...]
    fold: str = ""
    folded: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All its fields."""
        return (*self.seen, *self.folded)
