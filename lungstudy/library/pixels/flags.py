"""What software can notice about a picture that a person should look at: simple rules, each with its constant.

The constants were set on 492 frontal films and 19 pictures that are none (tests/bench/flags_on_films.py prints both
rates, on the same pictures). Arrows, captions, watermarks, half chests and film frames in grey are left to a person.
"""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.decoded import Decoded
from lungstudy.library.pixels.encoding import to_8_bit

Kind = Literal["radiograph", "ct"]
DICOM_MODALITIES: dict[str, set[str]] = {"radiograph": {"CR", "DX", "DR", "RG"}, "ct": {"CT"}}
KIND_WORDS = {"radiograph": "chest radiographs", "ct": "chest CT slices"}
CHEST = re.compile("CHEST|THORA|TORA|LUNG|PULM|POUM|BRUST|RIB")

SHORT_SIDE = 200  # pixels; the smallest of the films has 214
ASPECTS = (0.7, 1.95)  # width / height; half of the films lie between 1.1 and 1.4
BLANK_RANGE = 40  # levels of 255 between the 1st and 99th percentile; the flattest film has 63
FEW_LEVELS = 32  # the film with the fewest has 126
OWN_COLOUR_SHARE = 0.0005  # a thin arrow in a film of 512 pixels

SIDE = 64  # the rules below look at the picture squeezed onto this square
CORNER_SPREAD, CORNER_MEAN = 14, 20  # outside the inscribed circle; the darkest film has 18 and 6
BLACK_SHARE, BLACK = 0.3, 2
# Brightness of the middle third against both lungs, in standard deviations: 1.1 in the median film, 0.4 or less in
# laterals. Wide films are judged only if they are also nearly the same upside down, as a chest lying on its side is.
MIDDLE_OVER_LUNGS, PORTRAIT, UPSIDE_DOWN = 0.35, 1.15, 0.4
INVERTED = -1.0  # the same measure; the lowest film has -0.9


@dataclass(frozen=True)
class Flag:
    """Something to look at: a code for filters, and a sentence for a person."""

    code: str
    sentence: str


def flags_for(decoded: Decoded, kind: Kind) -> list[Flag]:
    """What a person should look at, given what the data set should hold."""
    pixels = to_8_bit(decoded.pixels)
    flags = [*_of_header(decoded, kind), *_of_source(decoded), *_of_any_picture(pixels)]
    if kind == "radiograph" and not {"modality", "blank"} & {flag.code for flag in flags}:
        flags += _of_frontal_film(pixels)
    return flags


def _of_header(decoded: Decoded, kind: Kind) -> list[Flag]:
    flags = []
    if decoded.modality and decoded.modality not in DICOM_MODALITIES[kind]:
        sentence = f"Its DICOM modality is {decoded.modality}; the data set holds {KIND_WORDS[kind]}."
        flags.append(Flag("modality", sentence))
    body_part = decoded.facts.get("body_part", "")
    if body_part and not CHEST.search(body_part):
        flags.append(Flag("body_part", f"Its DICOM header says {body_part.lower()}, not chest."))
    if decoded.has_burnt_in_text:
        flags.append(Flag("burnt_in_text", "Its DICOM header says that text is burnt in; look for a name."))
    return flags


def _of_source(decoded: Decoded) -> list[Flag]:
    if decoded.colour_share < OWN_COLOUR_SHARE:
        return []
    return [Flag("colour", f"{decoded.colour_share:.2%} of it was in colour, as arrows and captions are.")]


def _of_any_picture(pixels: NDArray[np.uint8]) -> list[Flag]:
    flags = []
    height, width = pixels.shape
    if min(height, width) < SHORT_SIDE:
        flags.append(Flag("small", f"It has only {width} x {height} pixels."))
    counts = np.array(Image.fromarray(pixels).histogram())
    darkest, brightest = np.searchsorted(counts.cumsum(), np.array([0.01, 0.99]) * pixels.size)
    levels = int((counts > 0).sum())
    if brightest - darkest < BLANK_RANGE:
        flags.append(Flag("blank", "It is nearly blank."))
    elif levels < FEW_LEVELS:
        flags.append(Flag("few_levels", f"It has only {levels} grey levels."))
    return flags


def _of_frontal_film(pixels: NDArray[np.uint8]) -> list[Flag]:
    height, width = pixels.shape
    flags = []
    if not ASPECTS[0] <= width / height <= ASPECTS[1]:
        flags.append(Flag("shape", f"Its shape ({width} x {height}) is no frontal film's; part may be cut off."))
    small = _squeezed(pixels)
    if _has_dark_surround(small) or (pixels <= BLACK).mean() > BLACK_SHARE:
        flags.append(Flag("dark_surround", "It lies in a black surround, as CT slices and scout views do."))
    middle = _middle_over_lungs(small)
    if middle < INVERTED:
        flags.append(Flag("inverted", "It looks inverted: the lungs are brighter than what lies between them."))
    elif middle < MIDDLE_OVER_LUNGS and (width / height < PORTRAIT or _likeness_upside_down(small) > UPSIDE_DOWN):
        flags.append(Flag("not_frontal", "No bright middle lies between two dark lungs; it may be lateral or turned."))
    return flags


def _squeezed(pixels: Grey) -> NDArray[np.float64]:
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64)


def _has_dark_surround(small: NDArray[np.float64]) -> bool:
    """Whether all outside the inscribed circle is black."""
    from_centre = np.linspace(-1, 1, SIDE) ** 2
    corners = small[from_centre[:, None] + from_centre > 1.12]
    return bool(corners.std() < CORNER_SPREAD and corners.mean() < CORNER_MEAN)


def _middle_over_lungs(small: NDArray[np.float64]) -> float:
    """Where the mediastinum lies on a frontal film, less where the lungs lie, over the picture's deviation."""
    middle = small[20:44, 28:36].mean()
    lungs = (small[16:40, 12:24].mean() + small[16:40, 40:52].mean()) / 2
    return float((middle - lungs) / max(small.std(), 1e-6))


def _likeness_upside_down(small: NDArray[np.float64]) -> float:
    """Correlation with the picture upside down."""
    return float(np.corrcoef(small.ravel(), small[::-1].ravel())[0, 1]) if small.std() > 0 else 0.0
