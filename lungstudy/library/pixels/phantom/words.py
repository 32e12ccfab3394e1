"""The words for what a radiograph phantom shows: by finding, and by the parts of the body that are well."""

from lungstudy.library.pixels.phantom.anatomy import Anatomy, Finding


def caption_of(anatomy: Anatomy) -> str:
    """A body's caption in one line."""
    body = f"frontal chest radiograph, {anatomy.view} view, {anatomy.build} {anatomy.sex}"
    return f"{body}, {finding_wordings(anatomy.finding, anatomy.side, anatomy.zone)[0]}"


def caption_naming_parts(anatomy: Anatomy) -> str:
    """The same with the lungs and the heart by name, where attention to a part is asked for afterwards."""
    wordings = finding_wordings(anatomy.finding, anatomy.side, anatomy.zone)
    named = next((words for words in wordings if f"{anatomy.side} lung" in words), wordings[0])
    parts = (named, *region_words(anatomy.finding, anatomy.side))
    return ", ".join([f"frontal chest radiograph, {anatomy.view} view, {anatomy.build} {anatomy.sex}", *parts])


def finding_wordings(finding: Finding, side: str, zone: str) -> tuple[str, ...]:
    """Ways to say the same finding; the first is the one that captions use."""
    return {
        Finding.NORMAL: ("normal heart, clear lungs", "normal chest", "clear lungs"),
        Finding.CARDIOMEGALY: ("cardiomegaly, enlarged heart", "enlarged heart", "cardiomegaly"),
        Finding.LEFT_EFFUSION: _effusion("left"),
        Finding.RIGHT_EFFUSION: _effusion("right"),
        Finding.PNEUMONIA: (*_in_zone("pneumonia", side, zone), f"opacity in the {side} lung {zone} zone"),
        Finding.PNEUMOTHORAX: (f"{side} pneumothorax", f"pneumothorax in the {side} lung", f"collapsed {side} lung"),
        Finding.NODULE: _in_zone("nodule", side, zone),
    }[finding]


def region_words(finding: Finding, side: str) -> tuple[str, ...]:
    """What is well beside the finding, part by part, so that a model learns which word belongs to which place."""
    lungs = tuple(f"{other} lung clear" for other in ("left", "right") if other != side)
    return lungs if finding is Finding.CARDIOMEGALY else ("normal heart", *lungs)


def _effusion(side: str) -> tuple[str, ...]:
    return f"{side} pleural effusion", f"pleural effusion in the {side} lung", f"effusion below the {side} lung"


def _in_zone(name: str, side: str, zone: str) -> tuple[str, ...]:
    return (
        f"{name}, {side} {zone} zone",
        f"{name} in the {side} lung {zone} zone",
        f"{name} in the {side} lung, {zone} zone",
        f"{name} in the {side} lung",
    )
