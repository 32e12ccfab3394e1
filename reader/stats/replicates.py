"""Five coefficients of many data sets at once: each is the same verdicts with images or readers weighted anew.

A resample of images is a whole number for each image, and every sum over images is then one matrix product. A resample
of readers is a whole number for each reader; copies of one reader are never compared with each other, since nobody's
agreement with himself is agreement between readers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader.stats.chance import (
    beyond_chance,
    by_declared_categories,
    by_doubtful_images,
    by_own_habits,
    by_pooled_habits,
)
from reader.stats.coefficients import Coefficient
from reader.stats.krippendorff import alpha_of
from reader.stats.verdicts import FloatArray, indicators
from reader.stats.weights import METRIC_OF, Weights, agreement_weights

CELLS = 2**21
"""Numbers held at once for images times data sets: 16 MiB in float64."""


Replicates = dict[Coefficient, FloatArray]
"""Each coefficient of every data set, shape (n_sets,); ``nan`` where undefined."""


@dataclass(frozen=True)
class Sums:
    """What the coefficients of a stack of data sets are made from; the first axis is the data set.

    Attributes
    ----------
    images, compared : ndarray of float, shape (n_sets,)
        Images that are read, and images with verdicts of two different readers.
    agreeing : ndarray of float, shape (n_sets,)
        Sum over images of the mean weight of their pairs.
    within : ndarray of float, shape (n_sets, n_categories)
        Sum over images of the shares of the categories.
    coincidences : ndarray of float, shape (n_sets, n_categories, n_categories)
        Krippendorff's.
    """

    images: FloatArray
    compared: FloatArray
    agreeing: FloatArray
    within: FloatArray
    coincidences: FloatArray


class Reweighting:
    """One set of verdicts, ready to be weighted anew.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        Category codes, or `MISSING`, as `encode_verdicts` gives them.
    n_categories : int
        How many categories are declared, used or not.
    weights : Weights
        Credit for near misses; alpha takes the metric that `METRIC_OF` pairs with it.

    Raises
    ------
    ValueError
        As `indicators`.
    """

    def __init__(self, codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> None:
        """Keep where each reader put each image."""
        self.ones = indicators(codes, n_categories)
        self.n_images: int = self.ones.shape[0]
        self.n_categories: int = self.ones.shape[1]
        self.n_readers: int = self.ones.shape[2]
        self.matrix = agreement_weights(weights, n_categories)
        self.metric = METRIC_OF[Weights(weights)]

    @property
    def sets_at_once(self) -> int:
        """How many data sets to weigh in one call, so that memory stays small, where images alone are weighted."""
        return max(1, CELLS // max(self.n_images, 1))

    @property
    def reader_sets_at_once(self) -> int:
        """The same where readers are weighted, so that each data set has counts of its own."""
        return max(1, self.sets_at_once // self.n_categories)

    @cached_property
    def by_reader(self) -> NDArray[np.float32]:
        """Where each reader put each image, a row for each reader."""
        return np.ascontiguousarray(self.ones.transpose(2, 1, 0)).reshape(self.n_readers, -1)

    def images_anew(self, copies: FloatArray) -> Replicates:
        """Coefficients where image *i* of set *s* stands ``copies[s, i]`` times; shape (n_sets, n_images)."""
        counts = self.ones.sum(axis=2, dtype=float).T
        worth = _worth(counts, counts)
        crossed = counts[:, None] * counts - np.eye(len(counts))[..., None] * counts
        agreeing = np.einsum("km,kmi->i", self.matrix, crossed) * worth.of_pair
        coincidences = (crossed * worth.of_verdict).reshape(-1, self.n_images)
        added = np.vstack([worth.read, worth.compared, agreeing, counts * worth.of_reader, coincidences])
        images, compared, agreed, *rest = (copies @ added.T).T
        within, crossed = np.split(np.stack(rest, axis=1), [self.n_categories], axis=1)
        sums = Sums(images, compared, agreed, within, crossed.reshape(len(copies), *self.matrix.shape))
        return self._coefficients(sums, self._totals(copies), np.ones((len(copies), self.n_readers)))

    def readers_anew(self, copies: FloatArray) -> Replicates:
        """Coefficients where reader *g* of set *s* stands ``copies[s, g]`` times; shape (n_sets, n_readers)."""
        totals = np.broadcast_to(self.ones.sum(axis=0).T, (len(copies), self.n_readers, self.n_categories))
        sums = self._sums(np.ones((len(copies), self.n_images)), copies)
        return self._coefficients(sums, totals, copies)

    def both_anew(self, images: FloatArray, readers: FloatArray) -> Replicates:
        """Coefficients where images and readers stand so often; shapes (n_sets, n_images) and (n_sets, n_readers)."""
        return self._coefficients(self._sums(images, readers), self._totals(images), readers)

    def _sums(self, images: FloatArray, readers: FloatArray) -> Sums:
        counts, squares = self._counts(readers), self._counts(readers**2)
        worth = _worth(counts.swapaxes(0, 1), squares.swapaxes(0, 1))
        paired = _crossed(counts, squares, images * worth.of_pair)
        return Sums(
            images=np.einsum("si,si->s", images, worth.read),
            compared=np.einsum("si,si->s", images, worth.compared),
            agreeing=(self.matrix * paired).sum(axis=(1, 2)),
            within=(counts @ (images * worth.of_reader)[..., None])[..., 0],
            coincidences=_crossed(counts, squares, images * worth.of_verdict),
        )

    def _counts(self, copies: FloatArray) -> FloatArray:
        """Verdicts in each category, each as often as its reader stands; shape (n_sets, n_categories, n_images)."""
        counts = (copies.astype(np.float32) @ self.by_reader).astype(float)
        return counts.reshape(len(copies), self.n_categories, self.n_images)

    def _totals(self, copies: FloatArray) -> NDArray[np.float32]:
        """How often each reader used each category, shape (n_sets, n_readers, n_categories)."""
        totals: NDArray[np.float32] = copies.astype(np.float32) @ self.ones.reshape(self.n_images, -1)
        return np.swapaxes(totals.reshape(len(copies), self.n_categories, self.n_readers), 1, 2)

    def _coefficients(self, sums: Sums, totals: NDArray[np.float32], copies: FloatArray) -> Replicates:
        """From sums over images, from each reader's totals, and from how often he stands in the set."""
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = sums.agreeing / sums.compared
            prevalence = sums.within / sums.images[:, None]
        one_declared = self.n_categories == 1
        chances = {
            Coefficient.BRENNAN_PREDIGER: by_declared_categories(self.matrix),
            Coefficient.GWET_AC: np.array(1.0) if one_declared else by_doubtful_images(prevalence, self.matrix),
            Coefficient.FLEISS_KAPPA: by_pooled_habits(prevalence, self.matrix),
            Coefficient.CONGER_KAPPA: self._chance_of_own_habits(totals, copies),
        }
        kappas = {name: beyond_chance(observed, chance) for name, chance in chances.items()}
        alpha = alpha_of(sums.coincidences, self.metric)
        return {Coefficient.PERCENT_AGREEMENT: observed, **kappas, Coefficient.KRIPPENDORFF_ALPHA: alpha}

    def _chance_of_own_habits(self, totals: NDArray[np.float32], copies: FloatArray) -> FloatArray:
        said = totals.sum(axis=2, dtype=float)
        habits = totals / np.maximum(said, 1)[..., None]
        return by_own_habits(habits, np.where(said > 0, copies, 0.0), self.matrix)


@dataclass(frozen=True)
class _Worth:
    """What an image adds to a sum for each reader, pair or pairable verdict on it; 0 where it has none."""

    read: FloatArray
    compared: FloatArray
    of_reader: FloatArray
    of_pair: FloatArray
    of_verdict: FloatArray


def _worth(counts: FloatArray, squares: FloatArray) -> _Worth:
    """From readers in each category, each as often as he stands in the set, and as often squared: first axis."""
    readers = counts.sum(axis=0)
    pairs = readers**2 - squares.sum(axis=0)
    read, compared = (readers > 0).astype(float), (pairs > 0).astype(float)
    of_pair = compared / np.maximum(pairs, 1)
    return _Worth(read, compared, read / np.maximum(readers, 1), of_pair, of_pair * readers)


def _crossed(counts: FloatArray, squares: FloatArray, worth: FloatArray) -> FloatArray:
    """Pairs of verdicts of different readers by their two categories, shape (n_sets, n_categories, n_categories)."""
    crossed = (counts * worth[:, None]) @ counts.swapaxes(1, 2)
    with_himself = (squares @ worth[..., None])[..., 0]
    diagonal = np.arange(counts.shape[1])
    crossed[:, diagonal, diagonal] -= with_himself
    return crossed
