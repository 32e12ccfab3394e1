"""The words for what a CT phantom shows: by finding, and by the lungs that are well."""

from lungstudy.library.pixels.phantom.ct.anatomy import CtAnatomy, CtFinding


def ct_caption_of(anatomy: CtAnatomy) -> str:
    """A slice's caption in one line."""
    body = f"axial CT of the chest, lung window, {level_words(anatomy.level)}, {anatomy.build} {anatomy.sex}"
    return f"{body}, {ct_finding_wordings(anatomy.finding, anatomy.side)[0]}"


def level_words(level: str) -> str:
    """Which slice of the chest this is."""
    return f"level of the {level}"


def ct_finding_wordings(finding: CtFinding, side: str) -> tuple[str, ...]:
    """Ways to say the same finding; the first is the one that captions use."""
    if finding is CtFinding.NORMAL:
        return "clear lungs", "normal lungs"
    if finding in (CtFinding.LEFT_EFFUSION, CtFinding.RIGHT_EFFUSION):
        return f"{side} pleural effusion", f"pleural effusion behind the {side} lung"
    return f"{finding} in the {side} lung", f"{finding}, {side} lung"


def ct_region_words(side: str) -> tuple[str, ...]:
    """Which lung is well beside the finding."""
    return tuple(f"{other} lung clear" for other in ("left", "right") if other != side)
