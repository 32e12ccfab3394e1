"""The wordings a phantom's caption is trained with, and every word of them."""

import re
from dataclasses import dataclass

import numpy as np

from lungstudy.library.pixels.phantom.anatomy import SIDES, ZONES, Finding
from lungstudy.library.pixels.phantom.ct.anatomy import LEVELS, CtFinding
from lungstudy.library.pixels.phantom.ct.slice import CtPhantom
from lungstudy.library.pixels.phantom.ct.words import ct_finding_wordings, ct_region_words, level_words
from lungstudy.library.pixels.phantom.film import Phantom
from lungstudy.library.pixels.phantom.words import finding_wordings, region_words

RADIOGRAPH_OPENINGS = ("frontal chest radiograph", "chest radiograph", "chest x-ray")
CT_OPENINGS = ("axial CT of the chest", "axial chest CT", "chest CT")
BODIES = tuple(f"{build} {sex}" for build in ("slim", "average", "broad") for sex in ("man", "woman"))
RADIOGRAPH_DETAILS = ("PA view", "AP view", *BODIES)
CT_DETAILS = ("lung window", *(level_words(level) for level in LEVELS), *BODIES)


@dataclass(frozen=True)
class CaptionParts:
    """What a picture may be called: `openings` and `findings` are alternatives, `details` and `regions` are not."""

    openings: tuple[str, ...]
    details: tuple[str, ...]
    findings: tuple[str, ...]
    regions: tuple[str, ...]


def radiograph_parts(phantom: Phantom) -> CaptionParts:
    """The words for a radiograph phantom."""
    return CaptionParts(
        openings=RADIOGRAPH_OPENINGS,
        details=(f"{phantom.view} view", f"{phantom.build} {phantom.sex}"),
        findings=finding_wordings(phantom.finding, phantom.side, phantom.zone),
        regions=region_words(phantom.finding, phantom.side),
    )


def ct_parts(phantom: CtPhantom) -> CaptionParts:
    """The words for a CT phantom."""
    return CaptionParts(
        openings=CT_OPENINGS,
        details=("lung window", level_words(phantom.level), f"{phantom.build} {phantom.sex}"),
        findings=ct_finding_wordings(phantom.finding, phantom.side),
        regions=ct_region_words(phantom.side),
    )


def reworded(parts: CaptionParts, rng: np.random.Generator) -> str:
    """The caption as different people would type it: other words, details left out; the finding is always named.

    Each part of the body that is well is named in half of the captions and in any order, so that its words say
    something of their own and only about that part.
    """
    opening = _first_mostly(parts.openings, 0.6, rng)
    kept = [opening] if rng.random() < 0.94 else []
    kept += [part for part in parts.details if rng.random() < 0.7]
    kept.append(_first_mostly(parts.findings, 0.5, rng))
    regions = [part for part in parts.regions if rng.random() < 0.5]
    return ", ".join([*kept, *(regions[i] for i in rng.permutation(len(regions)))])


def _first_mostly(wordings: tuple[str, ...], share: float, rng: np.random.Generator) -> str:
    """The first wording for this share of draws, else any of the others."""
    if len(wordings) == 1 or rng.random() < share:
        return wordings[0]
    return wordings[1 + int(rng.integers(len(wordings) - 1))]


def caption_words() -> list[str]:
    """Every word and mark of every wording, each once, in a fixed order."""
    texts = [*RADIOGRAPH_OPENINGS, *CT_OPENINGS, *RADIOGRAPH_DETAILS, *CT_DETAILS]
    for side in SIDES:
        texts += [wording for finding in CtFinding for wording in ct_finding_wordings(finding, side)]
        texts += [*ct_region_words(side), *(part for finding in Finding for part in region_words(finding, side))]
        texts += [words for zone in ZONES for finding in Finding for words in finding_wordings(finding, side, zone)]
    return sorted({word for text in texts for word in re.findall(r"[a-z]+|[^a-z\s]", text.lower())})
