"""Random verdicts for property tests, and what two estimates have in common."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

seeds = st.integers(0, 2**32 - 1)


def codes_of_shape(*, images=(1, 25), readers=(1, 6), lowest=-1):
    """Strategy for codes of three categories, missing ones among them unless `lowest` is 0."""
    shapes = st.tuples(st.integers(*images), st.integers(*readers))
    return shapes.flatmap(lambda shape: arrays(np.int64, shape, elements=st.integers(lowest, 2)))


def study(seed, n_images, n_readers, *, n_categories=3, share_missing=0.05, share_agreed=0.5):
    """Codes of readers who agree now and then, as a reader study gives them."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_categories, size=(n_images, 1))
    said = np.where(
        rng.random((n_images, n_readers)) < share_agreed, truth, rng.integers(n_categories, size=(n_images, n_readers))
    )
    return np.where(rng.random(said.shape) < share_missing, -1, said)


def numbers(estimate):
    return [estimate.value, estimate.low, estimate.high, estimate.n, estimate.se]


def same(found, expected):
    return np.array(found) == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)
