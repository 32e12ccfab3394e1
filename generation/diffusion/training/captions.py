"""The wordings a phantom's caption is trained with, and every word of them."""

import re

import numpy as np

from lungstudy.library.pixels.phantom.anatomy import Finding, caption_of, draw_anatomy

OPENINGS = ("frontal chest radiograph", "chest radiograph", "chest x-ray")


def reworded(caption: str, rng: np.random.Generator) -> str:
    """The caption as different people would type it: another opening, body or view left out, finding alone."""
    opening, view, body, *finding = caption.split(", ")
    opening = OPENINGS[int(rng.integers(len(OPENINGS)))] if rng.random() < 0.4 else opening
    kept = [opening] if rng.random() < 0.9 else []
    kept += [part for part in (view, body) if rng.random() < 0.7]
    return ", ".join([*kept, *finding])


def caption_words() -> list[str]:
    """Every word and mark of every wording, each once, in a fixed order."""
    texts = [caption_of(draw_anatomy(seed, finding)) for finding in Finding for seed in range(60)]
    return sorted({word for text in (*texts, *OPENINGS) for word in re.findall(r"[a-z]+|[^a-z\s]", text.lower())})
