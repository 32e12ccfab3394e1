"""What software can notice about a drawn picture whose drawing failed: blank, burnt out, or noise."""

import numpy as np
from PIL import Image

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.encoding import to_8_bit
from lungstudy.library.pixels.flags import Flag

BLANK_RANGE = 40  # levels of 255 between the 1st and 99th percentile; the flattest of 492 films has 63
WHITE_SHARE = 0.5  # of the pixels; the whitest of 283 films and CT slices has 0.48
BLACK_SHARE = 0.9  # likewise 0.80, a small CT slice
# Likeness of neighbouring pixels: 0.93 in the grainiest of those pictures, 0 in pure noise.
NEIGHBOURS_ALIKE = 0.7
# Two images of one prompt are alike anyway: of 120 pairs that the starter drew, 4 have nearly the same perceptual hash
# and the most alike pair a likeness of 0.98; the same picture in another compression has 0.999.
SAME_LIKENESS = 0.995
SIDE = 32


def flags_of_drawing(pixels: Grey) -> list[Flag]:
    """At most one flag: a picture that is blank is not also noise."""
    picture = to_8_bit(pixels)
    dark, bright = np.percentile(picture, (1, 99))
    if bright - dark < BLANK_RANGE:
        return [Flag("blank", "It is nearly blank: the drawing failed.")]
    white, black = float((picture == 255).mean()), float((picture == 0).mean())
    if white > WHITE_SHARE or black > BLACK_SHARE:
        share, tone = (white, "white") if white > WHITE_SHARE else (black, "black")
        return [Flag("saturated", f"{share:.0%} of it is plain {tone}: the drawing burnt out; try less guidance.")]
    if _neighbours_alike(picture) < NEIGHBOURS_ALIKE:
        return [Flag("noise", "Neighbouring pixels have nothing to do with each other: it is noise, not a picture.")]
    return []


def _neighbours_alike(picture: Grey) -> float:
    """The lower of the correlations with the picture moved by one pixel to the side and down."""
    levels = picture.astype(np.float64)
    aside = np.corrcoef(levels[:, 1:].ravel(), levels[:, :-1].ravel())[0, 1]
    down = np.corrcoef(levels[1:].ravel(), levels[:-1].ravel())[0, 1]
    return float(min(aside, down))


def likeness(one: Grey, other: Grey) -> float:
    """Correlation of two pictures squeezed onto a small square: 1 for one picture in two sizes or contrasts."""
    return float(np.corrcoef(_squeezed(one), _squeezed(other))[0, 1])


def _squeezed(pixels: Grey) -> Grey:
    small = Image.fromarray(np.ascontiguousarray(to_8_bit(pixels))).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small).ravel()
