"""Five coefficients of many data sets at once: each is the same verdicts with images or readers weighted anew.

A resample of images is a whole number for each image, and every sum over images is then one matrix product. A resample
of readers is a whole number for each reader; copies of one reader are never compared with each other, since nobody's
agreement with himself is agreement between readers.
"""

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
from reader.stats.verdicts import EXACT_FLOAT32, FloatArray, indicators
from reader.stats.weights import METRIC_OF, Weights, agreement_weights

CELLS = 2**21
"""Numbers held at once for images times data sets: 16 MiB in float64."""


Replicates = dict[Coefficient, FloatArray]
"""Each coefficient of every data set, shape (n_sets,); ``nan`` where undefined."""


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
        As `count_table`, or if there are 2**24 images or more.
    """

    def __init__(self, codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> None:
        """Keep where each reader put each image."""
        self.ones = indicators(codes, n_categories)
        self.n_images: int = self.ones.shape[0]
        self.n_categories: int = self.ones.shape[1]
        self.n_readers: int = self.ones.shape[2]
        if self.n_images >= EXACT_FLOAT32:
            raise ValueError(f"at most {EXACT_FLOAT32 - 1} images can be resampled, got {self.n_images}: take a sample")
        self.matrix = agreement_weights(weights, n_categories)
        self.metric = METRIC_OF[Weights(weights)]

    @property
    def sets_at_once(self) -> int:
        """How many data sets to weigh in one call, so that memory stays small, where images alone are weighted."""
        return max(1, CELLS // max(self.n_images, 1))

    @property
    def reader_sets_at_once(self) -> int:
        """The same where readers are weighted, so that each data set has counts of its own."""
        return max(1, self.sets_at_once // self.n_categories**2)

    def images_anew(self, copies: FloatArray) -> Replicates:
        """Coefficients where image *i* of set *s* stands ``copies[s, i]`` times; shape (n_sets, n_images)."""
        counts = self.ones.sum(axis=2, dtype=float).T
        columns = np.stack(_columns(counts, counts, self.matrix), axis=1)
        readers = np.ones((len(copies), self.n_readers))
        return self._coefficients(copies @ columns, self._totals(copies), readers)

    def readers_anew(self, copies: FloatArray) -> Replicates:
        """Coefficients where reader *g* of set *s* stands ``copies[s, g]`` times; shape (n_sets, n_readers)."""
        columns = _columns(self._counts(copies), self._counts(copies**2), self.matrix)
        summed = np.stack([column.sum(axis=1) for column in columns], axis=1)
        totals = np.broadcast_to(self.ones.sum(axis=0).T, (len(copies), self.n_readers, self.n_categories))
        return self._coefficients(summed, totals, copies)

    def both_anew(self, images: FloatArray, readers: FloatArray) -> Replicates:
        """Coefficients where images and readers stand so often; shapes (n_sets, n_images) and (n_sets, n_readers)."""
        columns = _columns(self._counts(readers), self._counts(readers**2), self.matrix)
        summed = np.stack([np.einsum("sn,sn->s", images, column) for column in columns], axis=1)
        return self._coefficients(summed, self._totals(images), readers)

    def _counts(self, copies: FloatArray) -> FloatArray:
        """Weighted verdicts in each category, shape (n_categories, n_sets, n_images)."""
        few = copies.astype(np.float32)
        return np.stack([few @ ones.T for ones in np.swapaxes(self.ones, 0, 1)]).astype(float)

    def _totals(self, copies: FloatArray) -> NDArray[np.float32]:
        """How often each reader used each category, shape (n_sets, n_readers, n_categories)."""
        flat = self.ones.reshape(self.n_images, -1)
        totals: NDArray[np.float32] = copies.astype(np.float32) @ flat
        return np.swapaxes(totals.reshape(len(copies), self.n_categories, self.n_readers), 1, 2)

    def _coefficients(self, summed: FloatArray, totals: NDArray[np.float32], copies: FloatArray) -> Replicates:
        """From sums over images of `_columns`, from each reader's totals, and from how often he stands in the set."""
        q = self.n_categories
        read, compared, agreeing = summed[:, :3].T
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = agreeing / compared
            prevalence = summed[:, 3 : 3 + q] / read[:, None]
        coincidences = summed[:, 3 + q :].reshape(-1, q, q)
        chances = {
            Coefficient.GWET_AC: by_doubtful_images(prevalence, self.matrix) if q > 1 else np.ones(len(read)),
            Coefficient.FLEISS_KAPPA: by_pooled_habits(prevalence, self.matrix),
            Coefficient.CONGER_KAPPA: self._chance_of_own_habits(totals, copies),
            Coefficient.BRENNAN_PREDIGER: by_declared_categories(self.matrix),
        }
        kappas = {name: beyond_chance(observed, chance) for name, chance in chances.items()}
        alpha = alpha_of(coincidences, self.metric)
        return {Coefficient.PERCENT_AGREEMENT: observed, **kappas, Coefficient.KRIPPENDORFF_ALPHA: alpha}

    def _chance_of_own_habits(self, totals: NDArray[np.float32], copies: FloatArray) -> FloatArray:
        said = totals.sum(axis=2, dtype=float)
        habits = totals / np.maximum(said, 1)[..., None]
        return by_own_habits(habits, np.where(said > 0, copies, 0.0), self.matrix)


def _columns(counts: FloatArray, squares: FloatArray, matrix: FloatArray) -> list[FloatArray]:
    """What each image adds to the sums: read, compared, agreeing, shares of the categories, coincidences.

    Parameters
    ----------
    counts, squares : ndarray of float, shape (n_categories, ...)
        Readers in each category, each counted as often as he stands in the set, and as the square of that, which is
        how many of the pairs are of a reader with himself.
    matrix : ndarray of float, shape (n_categories, n_categories)

    Returns
    -------
    list of ndarray of float, each of the trailing shape
    """
    readers = counts.sum(axis=0)
    pairs = readers**2 - squares.sum(axis=0)
    compared = pairs > 0
    per_pair = compared / np.where(compared, pairs, 1.0)
    read = readers > 0
    within = counts / np.where(read, readers, 1.0)
    q = len(counts)
    crossed = {
        (k, m): (counts[k] * counts[m] - (squares[k] if k == m else 0.0)) * per_pair
        for k in range(q)
        for m in range(k, q)
    }
    agreeing = sum(matrix[k, m] * pair * (1 if k == m else 2) for (k, m), pair in crossed.items())
    coincidences = [crossed[min(k, m), max(k, m)] * readers for k in range(q) for m in range(q)]
    return [read.astype(float), compared.astype(float), agreeing, *within, *coincidences]
