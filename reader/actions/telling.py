"""What a reader is told after a practice answer, where the protocol says so."""

from reader.models import PRACTICE, Reading, Slot


def what_was_right(reading: Reading, slot: Slot) -> dict[str, str | bool | None] | None:
    """Whether the answer was right, and the right one as the reader saw it; nothing outside practice.

    Among several images the right one is told by its place on this reader's screen. A rating is not right or wrong.
    """
    if slot.session != PRACTICE or not slot.assignment.study.practice_feedback or not slot.trial.feedback:
        return None
    right = as_seen(slot.trial.feedback, slot.arrangement)
    return {"right": None if reading.rating else reading.answer == right, "answer": right}


def as_seen(feedback: str, arrangement: list[int]) -> str:
    """The right answer on a screen where the cases stand like this: of several, the place of the right one, from 1."""
    return str(arrangement.index(int(feedback)) + 1) if feedback.isdigit() else feedback
