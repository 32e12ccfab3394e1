"""What fools whom: the share of fakes called real, by whatever is known of how they were made, and by group."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reader.stats.accuracy_rows import rows_by_effects
from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_conditions import FTest, compare_conditions
from reader.stats.mrmc_groups import compare_groups
from reader.stats.mrmc_merits import share_merit
from reader.stats.readings import Readings
from reader.stats.rows import Row
from reader.stats.verdicts import MISSING, REAL, FloatArray

PRIMARY = "readers_and_images"
MOST_COMPARED = 6
"""Levels of a fact up to which every two are compared; of more the rates alone are given."""


def fool_marks(data: Readings) -> FloatArray:
    """1 where a fake was called real, 0 where not, ``nan`` for real images and where nothing was said."""
    said = data.verdict_codes
    assert data.is_fake is not None  # noqa: S101 - narrows the type
    fooled = np.where(said == MISSING, np.nan, (said == REAL).astype(float))
    return np.where(data.is_fake[:, None], fooled, np.nan)


def fool_rows(data: Readings, facts: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """The fool rate of each level of each fact, as the mean over readers by the primary test.

    Parameters
    ----------
    data : Readings
        Verdicts with truth.
    facts : mapping of str to sequence of str, each of length n_images
        Such as ``{"generator": [...], "finding": [...]}``; empty for real images.
    """
    if data.is_fake is None or not data.are_verdicts or not data.readers:
        return
    marks = fool_marks(data)
    for fact, values in facts.items():
        of_images = np.asarray(values)
        for level in sorted({str(value) for value in of_images[data.is_fake]}, key=numbers_first):
            chosen = data.is_fake & (of_images == level)
            mean = mean_of_readers(share_merit(marks[chosen]))
            one = getattr(mean.mean, PRIMARY)
            yield Row("fool_rate", f"{fact}: {level or 'not stated'}", one, int(chosen.sum()), mean.n_readers)
        yield from level_rows(data, marks, fact, of_images)
    yield from group_rows(data, marks)


def realism_rows(data: Readings, facts: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """How real each kind of image was rated, 0 for the lowest point of the scale and 1 for the highest.

    Means over readers by the primary test, of the real images and of each level of each fact (`facts` as `fool_rows`
    takes them); nothing where readers did not rate or the truth is unknown.
    """
    if data.is_fake is None or not data.are_ratings or not data.readers:
        return
    marks = np.where(data.codes == MISSING, np.nan, data.codes / (data.n_categories - 1))
    kinds = {"origin: real": ~data.is_fake, "origin: fake": data.is_fake}
    for fact, values in facts.items():
        of_images = np.asarray(values)
        for level in sorted({str(value) for value in of_images[data.is_fake]} - {""}, key=numbers_first):
            kinds[f"{fact}: {level}"] = data.is_fake & (of_images == level)
    for kind, chosen in kinds.items():
        if chosen.any():
            mean = mean_of_readers(share_merit(marks[chosen]))
            yield Row("realism", kind, getattr(mean.mean, PRIMARY), int(chosen.sum()), mean.n_readers)


def level_rows(data: Readings, marks: FloatArray, fact: str, of_images: NDArray[np.str_]) -> Iterator[Row]:
    """Whether any level of a fact fools more often than another, and each two of them; the same readers read all."""
    named = zip(*np.unique(of_images[data.is_fake], return_counts=True), strict=True)
    levels = sorted((str(name) for name, count in named if name and count > 1), key=numbers_first)
    if not 2 <= len(levels) <= MOST_COMPARED:
        return
    compared_ones = np.isin(of_images, levels)
    marks, of_images, n_fakes = marks[compared_ones], of_images[compared_ones], int(compared_ones.sum())
    apart = np.stack([np.where((of_images == level)[:, None], marks, np.nan) for level in levels])
    compared = compare_conditions(share_merit(apart), n_conditions=len(levels))
    test, n_readers = getattr(compared.test, PRIMARY), len(data.readers) - len(compared.left_out)
    yield Row("fool_rate_test", fact, of_f(test, n_fakes), n_fakes, n_readers)
    for gap in compared.differences:
        pair = f"{fact}: {levels[gap.first]} less {levels[gap.second]}"
        yield from rows_by_effects(f"fool_rate_between: {pair}", gap.by_effects, n_readers)


def of_f(test: FTest, n: int) -> Estimate:
    """F with its denominator's degrees of freedom; a test without an interval."""
    reason = test.reason or "The F test has no interval; see the differences."
    population = Population.READERS_AND_IMAGES
    return Estimate(test.statistic, NAN, NAN, n, population, reason, p=test.p, df=test.df2, warning=test.warning)


def numbers_first(level: str) -> tuple[float, str]:
    """Orders numbers by size, then words by letter."""
    try:
        return float(level), level
    except ValueError:
        return math.inf, level


def group_rows(data: Readings, marks: FloatArray) -> Iterator[Row]:
    """The fool rate of each group of readers, and the difference of every two groups."""
    if data.groups is None or len(set(data.groups)) < 2:
        return
    names = sorted(set(data.groups))
    members = [[at for at, group in enumerate(data.groups) if group == name] for name in names]
    n_fakes = int(data.is_fake.sum()) if data.is_fake is not None else 0
    merit = share_merit(marks)
    for name, readers in zip(names, members, strict=True):
        mean = mean_of_readers(merit.of(readers))
        yield Row("fool_rate", f"readers: {name}", getattr(mean.mean, PRIMARY), n_fakes, mean.n_readers)
    for gap in compare_groups(merit, members):
        pair = f"{names[gap.first]} less {names[gap.second]}"
        yield from rows_by_effects(f"fool_rate_difference: {pair}", gap.by_effects, len(data.readers))
