"""Sets whose quality is known, for a table that shows what each measure sees: phantoms, damaged phantoms, a model's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from generation.diffusion.quality.describing import describe
from generation.diffusion.quality.features import Described, default_net
from generation.diffusion.quality.measure import Compared, compare
from generation.diffusion.recipe import Recipe
from generation.diffusion.sampling import sample
from lungstudy.library.pixels.phantom import Finding, draw_phantom

Pictures = NDArray[np.uint8]
# Below the seeds that the starter was trained on.
REFERENCE, OTHERS, CAPTIONS = 1_000_000, 2_000_000, 3_000_000
BLUR, GRAIN = 1.5, 12.0  # pixels; grey levels of 255
PLANTED, KEPT = 10, 10


@dataclass(frozen=True)
class KnownSet:
    """A name for the table, and the pictures."""

    name: str
    pictures: Pictures


def phantoms(first: int, n: int, size: int) -> Pictures:
    """The findings in turn."""
    findings = list(Finding)
    return np.stack([draw_phantom(first + at, findings[at % len(findings)], size).image for at in range(n)])


def known_sets(reference: Pictures, pipeline: StableDiffusionPipeline, first: Recipe) -> Iterator[KnownSet]:
    """As many pictures of each kind as the reference has, the undamaged first."""
    n, size = len(reference), reference.shape[1]
    others = phantoms(OTHERS, n, size)
    yield KnownSet("other phantoms (the floor)", others)
    yield KnownSet(f"blurred by {BLUR} pixels", np.stack([gaussian_filter(each, BLUR) for each in others]))
    grain = np.random.default_rng(0).normal(0, GRAIN, others.shape)
    yield KnownSet(f"grain of {GRAIN:.0f} grey levels", np.clip(others + grain, 0, 255).astype(np.uint8))
    yield KnownSet(f"{KEPT} phantoms again and again", others[np.arange(n) % KEPT])
    planted = others.copy()
    planted[:PLANTED] = reference[:PLANTED]
    yield KnownSet(f"{PLANTED} copies of the reference among them", planted)
    yield KnownSet("the starter model's images", drawn(pipeline, first, n, size))


def drawn(pipeline: StableDiffusionPipeline, first: Recipe, n: int, size: int) -> Pictures:
    """The model's images for the captions of `n` more phantoms."""
    findings = list(Finding)
    captions = [draw_phantom(CAPTIONS + at, findings[at % len(findings)], size).caption for at in range(n)]
    recipes = [replace(first, prompt=caption, seed=first.seed + at) for at, caption in enumerate(captions)]
    return np.stack(sample(pipeline, recipes, lambda _: None))


def beside(known: Pictures, reference: Pictures) -> Compared:
    """Everything that is measured; each phantom is a patient of its own."""
    (one, alike), (other, real_alike) = _described(known), _described(reference)
    return compare(one, other, np.arange(len(reference)), 0, {"synthetic": alike, "reference": real_alike})


def _described(pictures: Sequence[NDArray[np.uint8]] | Pictures) -> tuple[Described, NDArray[np.float64]]:
    return describe(default_net(), len(pictures), 0, lambda at: pictures[at])
