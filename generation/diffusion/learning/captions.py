"""Captions from what is known of an image, by one template. No torch here."""

import re
from collections.abc import Mapping

from generation.diffusion.errors import DiffusionError

PLACES = ("finding", "view", "sex", "age", "word")
PLACE = re.compile(r"\{([^{}]*)\}")


class CaptionError(DiffusionError):
    """A caption template cannot be used."""


def check_template(template: str, *, word: str = "") -> None:
    """Refuse a template with unknown places, or one of an embedding that never says its word.

    Raises
    ------
    CaptionError
        With what to change.
    """
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    for name in PLACE.findall(template):
        if name not in PLACES:
            raise CaptionError(f"The caption template knows no {{{name}}}; it may hold {known}.")
    if PLACE.sub("", template).count("{") or PLACE.sub("", template).count("}"):
        raise CaptionError(f"The caption template has a brace without its partner; places are written {known}.")
    if word and word not in caption_of(template, {"word": word}):
        raise CaptionError(f"Every caption of an embedding must hold its word: write {{word}} or {word} into it.")


def caption_of(template: str, facts: Mapping[str, str]) -> str:
    """The template with what is known in its places; the commas and spaces around what is not known go too."""
    filled = PLACE.sub(lambda place: facts.get(place[1], "").strip(), template)
    parts = (" ".join(part.split()) for part in filled.split(","))
    return ", ".join(part for part in parts if part)
