"""Simulated readers of the finished demonstration: a seeded random rule, said to be one wherever it shows."""

import uuid
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from lungstudy.library.models import Origin
from reader.actions.reading import record_reading
from reader.models import Assignment, Slot, Verdict

REASONS = ("texture", "edges", "anatomy")
MARKED_SHARE = 0.6
"""How often a simulated reader marks an image that they call fake."""


@dataclass(frozen=True)
class Habits:
    """What is invented of one reader: how well they tell, how near to undecided they say unsure, group, and pace."""

    skill: float
    caution: float
    group: str
    seconds: float


HABITS = (
    Habits(1.5, 0.35, "consultants", 6.0),
    Habits(1.1, 0.20, "consultants", 5.0),
    Habits(0.7, 0.45, "residents", 9.0),
    Habits(0.4, 0.30, "residents", 8.0),
)


@transaction.atomic
def answer_all(assignment: Assignment, habits: Habits, *, seed: int) -> None:
    """Read every slot in its order; images differ in how fake they look to everybody."""
    of_reader = np.random.default_rng([seed, assignment.number])
    for slot in assignment.slots.in_reading_order().select_related("trial", "assignment__study"):
        case = slot.trial.cases.get()
        of_image = np.random.default_rng([seed, case.number])
        fake = case.image.dataset.origin == Origin.SYNTHETIC
        looks_fake = (habits.skill if fake else -habits.skill) / 2 + of_image.normal(0, 0.6) + of_reader.normal()
        record_answer(slot, looks_fake, habits, of_reader)


def record_answer(slot: Slot, looks_fake: float, habits: Habits, generator: np.random.Generator) -> None:
    """Unsure where it looks like neither, surer where it looks clearer, faster as time goes on."""
    decided = Verdict.FAKE if looks_fake > 0 else Verdict.REAL
    verdict = Verdict.UNSURE if abs(looks_fake) < habits.caution else decided
    marked = verdict == Verdict.FAKE and generator.random() < MARKED_SHARE
    seconds = generator.gamma(4, habits.seconds / 4) * (0.7 + 0.5 / (1 + slot.position / 10))
    record_reading(
        slot=slot, client_key=uuid.uuid4(), sequence=int(timezone.now().timestamp() * 1000), answer=verdict,
        seconds_open=round(float(seconds), 1), confidence=int(np.clip(round(1 + 2.2 * abs(looks_fake)), 1, 5)),
        marks=[mark(generator)] if marked else [],
    )  # fmt: skip


def mark(generator: np.random.Generator) -> dict[str, Any]:
    """A point, or now and then a box, somewhere over one of the lungs."""
    x = float(np.clip(generator.choice([0.32, 0.68]) + generator.normal(0, 0.06), 0.05, 0.8))
    y = float(np.clip(0.5 + generator.normal(0, 0.12), 0.05, 0.8))
    side = round(float(generator.uniform(0.08, 0.15)), 4) if generator.random() < 0.3 else 0
    reason = REASONS[generator.integers(len(REASONS))]
    return {"place": 1, "x": round(x, 4), "y": round(y, 4), "w": side, "h": side, "reason": reason}
