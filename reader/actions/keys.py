"""Which key does what in the reading room: the usual keys, and each reader's own."""

import re
from dataclasses import dataclass
from itertools import combinations

from lungstudy.accounts.models import User
from reader.models import Confidence, Design, KeyMap, Marking, Revising, Study
from reader.models.design import LARGEST_SCALE, LARGEST_TUPLE

# What a browser calls a key: one printed sign, or one of these; letters are small ones, whatever Shift says.
KEY = re.compile(r"(Shift\+)?(Arrow(Left|Right|Up|Down)|Home|End|PageUp|PageDown|Backspace|Delete|Insert)|\S")
NAMES = {
    "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", "PageUp": "Page up", "PageDown": "Page down",
}  # fmt: skip
CONFIDENCE_STEPS = 5


class KeysError(Exception):
    """Keys that cannot be kept; the sentence says why and what to do."""


@dataclass(frozen=True)
class Action:
    """Something a key does; keys of two groups clash only where both are asked for at the same moment."""

    name: str
    label: str
    usual: str
    group: str = "tool"


VERDICTS = (
    Action("real", "Real", "r", "verdict"),
    Action("fake", "Fake", "f", "verdict"),
    Action("unsure", "Unsure", "u", "unsure"),
)
# Places and points are numbered on screen, so digits are their keys; where confidence is asked too, it comes after.
CHOICES = tuple(
    Action(f"choice-{place}", f"Image {place}", str(place), "choice") for place in range(1, LARGEST_TUPLE + 1)
)
RATINGS = tuple(
    Action(f"rating-{point}", f"Rating {point}", str(point % 10), "rating") for point in range(1, LARGEST_SCALE + 1)
)
SURENESS = tuple(
    Action(f"confidence-{step}", f"Confidence {step}", str(step), "confidence")
    for step in range(1, CONFIDENCE_STEPS + 1)
)
BACK = Action("back", "Back, to change the answer before", "ArrowLeft")
ON = Action("on", "On again, without changing the answer", "ArrowRight")
VIEWING = (
    Action("preset", "Next window preset", "p"),
    Action("invert", "Invert black and white", "i"),
    Action("actual", "Actual size, one pixel to one", "o"),
    Action("fit", "Fit the whole image", "w"),
    Action("zoom-in", "Zoom in", "+"),
    Action("zoom-out", "Zoom out", "-"),
    Action("magnifier", "Magnifier", "m"),
    Action("brighter", "Brighter", "ArrowUp"),
    Action("darker", "Darker", "ArrowDown"),
    Action("more-contrast", "More contrast", "."),
    Action("less-contrast", "Less contrast", ","),
    Action("move", "Drag moves the image, or sets its window again", "v"),
    Action("pan-left", "Move the image to the left", "Shift+ArrowLeft"),
    Action("pan-right", "Move the image to the right", "Shift+ArrowRight"),
    Action("pan-up", "Move the image up", "Shift+ArrowUp"),
    Action("pan-down", "Move the image down", "Shift+ArrowDown"),
    Action("reset", "Reset window, zoom and place", "z"),
)
FLIP = Action("flip", "Flip left and right", "h")
MARK = Action("mark", "Mark where it looks generated", "k")
COMMENT = Action("comment", "Write a comment", "c")
HELP = Action("help", "These keys", "?")
ALL = (*VERDICTS, *CHOICES, *RATINGS, *SURENESS, BACK, ON, *VIEWING, FLIP, MARK, COMMENT, HELP)
# Which groups are listened to at the same moment, in one study or another.
TOGETHER = (
    {"verdict", "unsure", "confidence", "tool"},
    {"choice", "unsure", "tool"},
    {"rating", "tool"},
)


def name_of_answer(study: Study, answer: str) -> str:
    """The action that gives an answer."""
    if not answer.isdigit():
        return answer
    return f"rating-{answer}" if study.design == Design.RATING else f"choice-{answer}"


def actions_of(study: Study) -> list[Action]:
    """What keys do in the room of this study, in the order in which they are listed."""
    answers = [name_of_answer(study, answer) for answer in study.verdicts]
    wanted = [
        *(action for action in ALL if action.name in answers),
        *(SURENESS if study.confidence == Confidence.KEYS else ()),
        *((BACK, ON) if study.revising != Revising.NEVER else ()),
        *VIEWING,
    ]
    extras = (
        (FLIP, study.allow_flip), (MARK, study.marking != Marking.NONE), (COMMENT, study.allow_comment), (HELP, True),
    )  # fmt: skip
    return [*wanted, *(action for action, is_asked in extras if is_asked)]


def own_keys(reader: User | None) -> dict[str, str]:
    """What this reader changed; nobody has changed nothing."""
    kept = KeyMap.objects.filter(reader=reader).first() if reader else None
    return kept.keys if kept else {}


def keys_for(reader: User | None) -> dict[str, str]:
    """The key of every action for this reader."""
    return {**{action.name: action.usual for action in ALL}, **own_keys(reader)}


def remap(*, reader: User, changes: dict[str, str]) -> dict[str, str]:
    """Keep this reader's changes, and give back the key of every action.

    Raises
    ------
    KeysError
        An action or a key that does not exist, or two actions that would share a key at the same moment.
    """
    refuse_unknown(changes)
    wanted = {**keys_for(reader), **changes}
    refuse_clashes(wanted)
    own = {action.name: wanted[action.name] for action in ALL if wanted[action.name] != action.usual}
    KeyMap.objects.update_or_create(reader=reader, defaults={"keys": own})
    return wanted


def refuse_unknown(changes: dict[str, str]) -> None:
    """Raise where an action or a key is none."""
    known = {action.name for action in ALL}
    for name, key in changes.items():
        if name not in known:
            raise KeysError(f"The reading room knows nothing called {name}. Reload the page and try again.")
        if not KEY.fullmatch(key) or (len(key) == 1 and key != key.lower()):
            raise KeysError(f"{key or 'That key'} cannot be used. Press a letter, a digit, a sign or an arrow key.")


def refuse_clashes(keys: dict[str, str]) -> None:
    """Raise where one press would mean two things."""
    for one, other in combinations(ALL, 2):
        if keys[one.name] == keys[other.name] and any({one.group, other.group} <= groups for groups in TOGETHER):
            raise KeysError(
                f"{printed(keys[one.name])} would do two things: “{one.label}” and “{other.label}”. "
                "Choose another key, or change the other one first."
            )


def printed(key: str) -> str:
    """A key as it is printed on a button."""
    shift, _, plain = key.rpartition("+") if key.startswith("Shift+") else ("", "", key)
    return ("⇧ " if shift else "") + NAMES.get(plain, plain.upper() if len(plain) == 1 else plain)
