"""How well readers choose among several images, and how they rate single ones, as rows."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reader.stats.accuracy_rows import rows_by_effects
from reader.stats.choices import bradley_terry, share_found
from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_merits import area_merit, share_merit
from reader.stats.ratings import RankTest, holm, rank_sum
from reader.stats.readings import Readings
from reader.stats.roc import area
from reader.stats.rows import Row
from reader.stats.verdicts import MISSING, FloatArray

FEWER_CHOICES = "unsure"
MOST_LEVELS = 12
"""Kinds of fakes up to which each has a strength."""


def choice_rows(data: Readings, facts: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """Share of trials in which each reader found the right image, and their mean, against one in k.

    Unsure is not found; nothing where readers did not choose among several. Of pairs also how real each kind of fake
    looks (`facts`, one level for each trial's fake), on Bradley and Terry's scale.
    """
    if data.right is None:
        return
    k = len([category for category in data.categories if category != FEWER_CHOICES])
    marks = found_marks(data)
    for reader, name in enumerate(data.readers):
        read = marks[:, reader][~np.isnan(marks[:, reader])]
        share = share_found(int(read.sum()), len(read), k, population=Population.THIS_READER)
        yield Row("share_found", name, share, len(read), 1)
    mean = mean_of_readers(share_merit(marks), chance=1 / k)
    yield from rows_by_effects("or_share_found", mean.mean, mean.n_readers)
    if k == 2:
        for fact, levels in facts.items():
            yield from strength_rows(data, marks, fact, np.asarray(levels))


def strength_rows(data: Readings, marks: FloatArray, fact: str, of_trials: NDArray[np.str_]) -> Iterator[Row]:
    """Log strength of each level's fakes against real images: taken for the more real as often as those, it is 0."""
    levels = sorted(set(of_trials.tolist()) - {""})
    if not 1 <= len(levels) <= MOST_LEVELS:
        return
    is_unsure = data.codes == data.categories.index(FEWER_CHOICES) if FEWER_CHOICES in data.categories else marks == -1
    wins, ties = np.zeros((2, len(levels) + 1, len(levels) + 1))
    for at, level in enumerate(levels, start=1):
        these = of_trials == level
        unsure = float(is_unsure[these].sum())
        wins[0, at] = np.nansum(marks[these])
        wins[at, 0] = (marks[these] == 0).sum() - unsure
        ties[0, at] = ties[at, 0] = unsure
    for level, strength in zip(levels, bradley_terry(wins, ties).strengths[1:], strict=True):
        yield Row("bradley_terry", f"{fact}: {level}", strength, int((of_trials == level).sum()), len(data.readers))


def found_marks(data: Readings) -> FloatArray:
    """1 where the right image was chosen, 0 where not, ``nan`` where nothing was said; shape of `codes`."""
    assert data.right is not None  # noqa: S101 - narrows the type
    return np.where(data.codes == MISSING, np.nan, (data.codes == data.right[:, None]).astype(float))


def rating_rows(data: Readings) -> Iterator[Row]:
    """Whether fakes were rated less real than reals: each reader, corrected for their number, and their mean.

    Nothing where the truth is unknown or readers did not rate.
    """
    if data.is_fake is None or not data.are_ratings or not data.readers:
        return
    ratings = -data.scores
    tests = [rank_sum(column[~data.is_fake], column[data.is_fake]) for column in ratings.T]
    adjusted = holm([test.p for test in tests])
    for reader, name in enumerate(data.readers):
        n_read = int((~np.isnan(ratings[:, reader])).sum())
        yield Row("auc", name, area(data.is_fake, data.scores[:, reader]), n_read, 1)
        yield Row("rank_sum", name, of_ranks(tests[reader], tests[reader].p), n_read, 1)
        yield Row("rank_sum_holm", name, of_ranks(tests[reader], float(adjusted[reader])), n_read, 1)
    mean = mean_of_readers(area_merit(data.is_fake, data.scores), chance=0.5)
    yield Row("auc", "mean", mean.mean.readers_and_images, mean.mean.readers_and_images.n, mean.n_readers)
    yield from rows_by_effects("or_auc", mean.mean, mean.n_readers)


def of_ranks(test: RankTest, p: float) -> Estimate:
    """Share of pairs in which the real image is rated higher, ties as half; the test has a p-value and no interval."""
    reason = test.reason or "The rank-sum test has a p-value and no interval here; see the AUC."
    return Estimate(test.effect, NAN, NAN, test.n, Population.THIS_READER, reason, p=p)
