"""What the reading room is told of a study's protocol: how to ask and how to show, nothing that tells images apart."""

from typing import Any

from reader.actions.keys import actions_of, keys_for, name_of_answer, printed
from reader.models import PRACTICE, Assignment, Design, Study

TOLD = (
    "design", "target", "confidence", "allow_comment", "marking", "mark_reasons", "revising", "allow_flip",
    "carry_view", "exposure_ms", "break_every", "break_seconds", "scale_low", "scale_high",
)  # fmt: skip


def protocol_for_room(
    study: Study, assignment: Assignment | None = None, *, session: int = 1, preview: bool = False
) -> dict[str, Any]:
    """One object for the room; without an assignment the answers stand in their declared order and keys are usual."""
    keys = keys_for(assignment.reader if assignment else None)
    answers = (assignment and assignment.answer_order) or study.verdicts
    return {
        **{name: getattr(study, name) for name in TOLD},
        "answers": [answer_for_room(study, answer, keys) for answer in answers],
        "images": study.images_per_trial,
        "session": session,
        "sessions": study.sessions,
        "practice": session == PRACTICE,
        "feedback": session == PRACTICE and study.practice_feedback,
        "preview": preview,
        "actions": [
            {"name": action.name, "label": action.label, "usual": action.usual, "key": keys[action.name]}
            for action in actions_of(study)
        ],
    }


def answer_for_room(study: Study, answer: str, keys: dict[str, str]) -> dict[str, str]:
    """One button."""
    action = name_of_answer(study, answer)
    return {"value": answer, "label": label_of(study, answer), "action": action, "key": printed(keys[action])}


def label_of(study: Study, answer: str) -> str:
    """What stands on an answer's button."""
    if not answer.isdigit():
        return answer.title()
    return answer if study.design == Design.RATING else f"Image {answer}"
