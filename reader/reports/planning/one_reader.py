"""How many images one reader must read to be told from guessing."""

from reader.reports.planning.answer import LEVEL_WORDS, Answer, Table, percent, plain
from reader.stats.planning import exact_power, images_for_power

OTHER_SIZES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Shares of the answer whose power stands beside it."""


def one_reader(*, accuracy: float, among: int, power: float, n_images: int) -> Answer:
    """Images for the exact test to have the power, and the power of as many images as are planned.

    Raises
    ------
    ValueError
        The accuracy is too near to chance.
    """
    chance = 1 / among
    needed = images_for_power(accuracy=accuracy, chance=chance, power=power)
    with_planned = exact_power(n_images, accuracy=accuracy, chance=chance)
    sizes = sorted({max(1, round(needed * share)) for share in OTHER_SIZES} | {n_images})
    rows = tuple((f"{n:,}", percent(exact_power(n, accuracy=accuracy, chance=chance))) for n in sizes)
    marked = frozenset((at, 0) for at, n in enumerate(sizes) if n >= needed)
    return Answer(
        lead=f"{needed:,} images",
        also=f"With {n_images:,} images the power is {percent(with_planned)}.",
        assumption=(
            f"Exact two-sided binomial test at 5 %, every image decided, true accuracy {plain(accuracy)} against "
            f"{plain(chance)} by guessing, images independent (a hidden repeat is no new image); "
            "it speaks about this one reader. Add as many images as you expect to be unsure."
        ),
        sources=(
            "Exact power summed over the outcomes that the test rejects; from this size on, ten sizes in a row reach "
            "the power, since it moves in a saw-tooth: Chernick and Liu (2002), Am. Stat. 56:149-155.",
        ),
        protocol=(
            f"With {needed:,} images, a reader whose true accuracy is {plain(accuracy)} is told from guessing "
            f"({plain(chance)}) by the exact binomial test at {LEVEL_WORDS} with a power of {percent(power)} or more."
        ),
        table=Table("Power by number of images", ("Images", "Power"), rows, marked),
    )
