"""How many images people rejected, and why: picking by hand biases a study, so every report says how many."""

from collections import Counter
from dataclasses import dataclass
from typing import Self

from django.db.models import Count, Q

from lungstudy.library.models.image import ImageQuerySet


@dataclass(frozen=True)
class Rejects:
    """Images that a person rejected, of how many, by reason, and how many nobody has decided on."""

    total: int
    undecided: int
    reasons: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, images: ImageQuerySet) -> Self:
        """Counted by one query."""
        rows = images.order_by().values_list("exclusion_reason").annotate(n=Count("pk"), open=Count("pk", OPEN))
        counted = list(rows)
        by_reason: Counter[str] = Counter()
        for reason, n, _ in counted:
            by_reason[reason.partition(": ")[0]] += n  # what was written beside a reason does not make another
        del by_reason[""]
        ordered = sorted(by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
        return cls(sum(n for _, n, _ in counted), sum(n for _, _, n in counted), tuple(ordered))

    @property
    def rejected(self) -> int:
        """Images that were taken out."""
        return sum(n for _, n in self.reasons)

    @property
    def kept(self) -> int:
        """Images that somebody looked at and kept."""
        return self.total - self.rejected - self.undecided

    @property
    def percent(self) -> float:
        """Share that was taken out, of all."""
        return 100 * self.rejected / self.total if self.total else 0.0

    @property
    def in_brackets(self) -> str:
        """The reasons with their counts, the most frequent first."""
        return ", ".join(f"{reason}: {n}" for reason, n in self.reasons)

    @property
    def sentence(self) -> str:
        """For pages, cards and reports."""
        said = f"{self.rejected} of {self.total} generated images were rejected"
        return f"{said} ({self.in_brackets})." if self.rejected else f"{said}."


OPEN = Q(triaged_at=None)
