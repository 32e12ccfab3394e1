"""What a reader is told after a practice answer, where the protocol says so."""

from reader.models import PRACTICE, Reading, Slot


def what_was_right(reading: Reading, slot: Slot) -> dict[str, str | bool | None] | None:
    """Whether the answer was right, and the right one as the reader saw it; nothing outside practice.

    Among several images the right one is told by its place on this reader's screen. A rating is not right or wrong.
    """
    if slot.session != PRACTICE or not slot.assignment.study.practice_feedback or not slot.trial.feedback:
        return None
    right = place_on_screen(slot) if slot.trial.feedback.isdigit() else slot.trial.feedback
    return {"right": None if reading.rating else reading.answer == right, "answer": right}


def place_on_screen(slot: Slot) -> str:
    """Where the right case of the trial stands, from 1."""
    return str(slot.arrangement.index(int(slot.trial.feedback)) + 1)
