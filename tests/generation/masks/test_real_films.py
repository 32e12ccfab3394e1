"""The default method on real films with masks drawn by people; the benchmark (make bench-masks) has the figures."""

import numpy as np
import pytest

from generation.masks.methods import DEFAULT_METHOD
from generation.masks.refining import Options, refine
from generation.masks.simulated_attention import LEVELS, simulate
from lungstudy.library.pixels.masks.overlap import dice_of
from tests.bench.mask_films import INSIDE, films_of

pytestmark = pytest.mark.films


def test_the_default_gains_on_otsu_and_the_crf_loses(shared):
    """A phantom alone would certify the CRF."""
    films = films_of(shared / "data" / "cxr", INSIDE, tuning=False, side=128, most=12)
    maps = [simulate(film.mask, LEVELS["strong"], seed) for seed, film in enumerate(films)]
    patients = tuple(film.patient for film in films)

    def dice(method: str) -> float:
        results = refine([film.picture for film in films], maps, method, Options(parts=2, groups=patients))
        return float(np.mean([dice_of(one.mask, film.mask) for one, film in zip(results, films, strict=True)]))

    assert dice(DEFAULT_METHOD) > dice("otsu") > dice("crf")
