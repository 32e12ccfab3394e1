"""Order and fatigue, as rows: whether readers get better or faster along their own order, and their time a verdict."""

from collections.abc import Iterator

import numpy as np

from reader.stats.choice_rows import found_marks
from reader.stats.order import mean_slope, reader_order
from reader.stats.readings import Readings
from reader.stats.rows import Row
from reader.stats.unsure import credit
from reader.stats.verdicts import FloatArray


def order_rows(data: Readings) -> Iterator[Row]:
    """Each reader's learning, pace and median time, and the mean learning; nothing where positions are unknown.

    No learning where no answer is right or wrong: then there is nothing to get better at.
    """
    if data.positions is None or not data.readers:
        return
    marks, unknown = right_marks(data), np.full(data.codes.shape, np.nan)
    seconds = unknown if data.seconds is None else np.where(data.seconds > 0, data.seconds, np.nan)
    orders = [reader_order(data.positions[:, at], marks[:, at], seconds[:, at]) for at in range(len(data.readers))]
    may_learn = data.right is not None or (data.is_fake is not None and data.are_verdicts)
    for name, one in zip(data.readers, orders, strict=True):
        found = {"learning_per_100": one.learning} if may_learn else {}
        found |= {"pace_per_100": one.pace, "median_seconds": one.seconds}
        for row, estimate in found.items():
            yield Row(row, name, estimate, estimate.n, 1)
    if may_learn:
        mean = mean_slope([one.learning for one in orders])
        yield Row("learning_per_100", "mean", mean, len(data.images), mean.n)


def right_marks(data: Readings) -> FloatArray:
    """1 right, 0 wrong, 1/2 unsure, ``nan`` where nothing was said or there is no right and wrong."""
    if data.right is not None:
        return found_marks(data)
    if data.is_fake is None or not data.are_verdicts:
        return np.full(data.codes.shape, np.nan)
    return credit(data.is_fake, data.verdict_codes, unsure=0.5)
