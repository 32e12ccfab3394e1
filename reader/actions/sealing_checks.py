"""What can refuse a sealing: each check returns one sentence, or None where all is well."""

import hashlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image as Pillow

from lungstudy.library.models import Origin
from lungstudy.library.pixels.encoding import constant_length
from reader.actions.protocol_checks import problems_of
from reader.models import Bits, Case, Presentation, Study

Check = Callable[[Study], str | None]


def cases_are_drawn(study: Study) -> str | None:
    """The draw fits the pools."""
    wanted = sum(study.pools.values_list("count", flat=True))
    if not study.cases.exists():
        return "No images are drawn yet. Draw them, look at them, then seal."
    if study.cases.count() != wanted:
        return "The pools changed after the draw. Draw the images again."
    return None


def protocol_can_be_read(study: Study) -> str | None:
    """The drawn images still make the study that the protocol describes, and its numbers can be kept."""
    if not study.cases.exists():
        return None
    return " ".join(problem.sentence for problem in problems_of(study)) or None


def no_image_was_excluded_since(study: Study) -> str | None:
    """Triage did not exclude a drawn image in the meantime."""
    excluded = study.cases.filter(image__excluded_at__isnull=False).count()
    if excluded:
        return f"{excluded} of the drawn images have been excluded from the library since. Draw the images again."
    return None


def all_are_presented(study: Study) -> str | None:
    """Every case has its presentation."""
    missing = study.cases.filter(presentation=None).count()
    return f"{missing} images could not be rendered. Seal again." if missing else None


def lengths_are_equal(study: Study) -> str | None:
    """No byte length tells an image from another."""
    expected = constant_length(study.image_size, study.image_size, study.bits)
    different = Presentation.objects.filter(case__study=study).exclude(byte_length=expected).count()
    if different:
        return f"{different} rendered images differ in length, which would tell them apart. Report this as a defect."
    return None


def files_are_as_rendered(study: Study) -> str | None:
    """What lies in the store is what was rendered: nothing was cut short, and all have one size and depth."""
    shape = (study.image_size, study.image_size), "L" if study.bits == Bits.EIGHT else "I;16"
    for presentation in Presentation.objects.filter(case__study=study):
        with presentation.file.open("rb") as stored:
            data = stored.read()
        whole = hashlib.sha256(data).hexdigest() == presentation.sha256
        if not whole or shape_of(data) != shape:
            return "A rendered image did not reach the store whole. Check the disk, then seal again."
    return None


def shape_of(data: bytes) -> tuple[tuple[int, int], str]:
    """Size and depth as the file states them."""
    with Pillow.open(BytesIO(data)) as opened:
        return opened.size, opened.mode


def practice_shows_both_answers(study: Study) -> str | None:
    """Practice that tells what was right would teach one answer, where the other never comes."""
    if not study.practice_feedback:
        return None
    there = set(study.pools.filter(practice=True).values_list("origin", flat=True))
    if not there:
        return "Practice is to tell what was right, but no pool is for practice. Add some, or switch feedback off."
    missing = [origin for origin in Origin.values if origin not in there]
    if missing:
        return f"Practice tells what was right, but shows no {missing[0]} image, so that it teaches one answer."
    return None


def letters_were_looked_for(study: Study) -> str | None:
    """Somebody has seen every case."""
    unseen = study.cases.filter(markers_checked_at=None).count()
    return f"Nobody has looked at {unseen} of {study.cases.count()} images for burnt-in letters." if unseen else None


def masks_tell_nothing(study: Study) -> str | None:
    """Hand-drawn masks are as frequent on real as on synthetic images: else a mask is a cue itself."""
    cases = Case.objects.filter(study=study)
    real, fake = (cases.filter(image__dataset__origin=origin) for origin in (Origin.REAL, Origin.SYNTHETIC))
    masked_real, masked_fake = (arm.exclude(marker_masks=[]).count() for arm in (real, fake))
    if masked_real * fake.count() == masked_fake * real.count():
        return None
    return (
        f"Hand-drawn masks lie on {masked_real} of {real.count()} real and {masked_fake} of {fake.count()} synthetic "
        "images, so that a mask itself can tell them apart. A box on all images, or a wider border crop, tells nothing."
    )


OF_THE_DRAW: list[Check] = [cases_are_drawn, no_image_was_excluded_since]
BEFORE_RENDERING: list[Check] = [*OF_THE_DRAW, protocol_can_be_read]
AFTER_RENDERING: list[Check] = [*BEFORE_RENDERING, all_are_presented, lengths_are_equal, files_are_as_rendered]

WORTH_A_THOUGHT: list[Check] = [practice_shows_both_answers, letters_were_looked_for, masks_tell_nothing]
"""These refuse nothing; they are said before the seal."""


def refusals(study: Study, checks: list[Check]) -> list[str]:
    """The sentences of every check that refuses."""
    return [sentence for check in checks if (sentence := check(study))]
