"""Results of every design and of every awkward case, made from arrays alone, for tests of figures and sections."""

import numpy as np

from reader.reports.marked import Marked
from reader.reports.results import SAMPLED, Results
from reader.stats.analysis import analyse, weights_of
from reader.stats.readings import Readings
from reader.stats.verdicts import MISSING, VERDICTS

N_IMAGES = 40


def results_from(primary=("or_accuracy", SAMPLED), marked=None, facts=None, **parts):
    """Results of these parts of readings."""
    n_images, n_readers = parts["codes"].shape
    readers = tuple(str(number) for number in range(1, n_readers + 1))
    data = Readings(tuple(str(number) for number in range(1, n_images + 1)), readers, **parts)
    return Results(data, analyse(data, weights_of(data), facts), facts or {}, primary, 0, marked)


def verdicts(n_readers=3, n_images=N_IMAGES, **others):
    """Single images, some unsure and some unread, one in four shown again, in two groups of readers."""
    generator = np.random.default_rng(3)
    fake = np.arange(n_images) % 2 == 0
    looks_fake = np.where(fake, 0.6, -0.6)[:, None] + generator.normal(size=(n_images, n_readers))
    codes = np.select([looks_fake > 0.3, looks_fake < -0.3], [0, 2], 1)
    codes[generator.random(codes.shape) < 0.05] = MISSING
    again = np.where(generator.random(codes.shape) < 0.25, codes, MISSING)
    positions = np.stack([generator.permutation(n_images) + 1.0 for _ in range(n_readers)], axis=1)
    parts = {
        "categories": VERDICTS, "codes": codes, "is_fake": fake, "positions": positions,
        "confidence": np.clip(np.ceil(2 * abs(looks_fake)), 1, 5), "seconds": generator.gamma(4, 2, codes.shape),
        "repeats": np.stack([codes, again], axis=-1),
        "groups": tuple(["residents", "consultants"][at % 2] for at in range(n_readers)),
    }  # fmt: skip
    facts = {"generator": ["" if not one else f"model {at % 3}" for at, one in enumerate(fake)]}
    return results_from(facts=facts, **{**parts, **others})


def choices(k):
    """Several images at once, and perhaps unsure."""
    generator = np.random.default_rng(4)
    right = generator.integers(0, k, N_IMAGES)
    codes = np.where(generator.random((N_IMAGES, 3)) < 0.6, right[:, None], generator.integers(0, k + 1, (N_IMAGES, 3)))
    categories = (*(str(place) for place in range(1, k + 1)), "unsure")
    positions = np.tile(np.arange(1.0, N_IMAGES + 1), (3, 1)).T
    return results_from(
        ("or_share_found", SAMPLED), categories=categories, codes=codes, right=right, positions=positions
    )


def ratings():
    """Single images, rated from 1 to 5."""
    generator = np.random.default_rng(5)
    fake = np.arange(N_IMAGES) % 2 == 0
    codes = np.clip(generator.integers(0, 5, (N_IMAGES, 4)) + np.where(fake, -1, 1)[:, None], 0, 4)
    return results_from(("or_auc", SAMPLED), categories=tuple("12345"), codes=codes, is_fake=fake)


def marked():
    """Verdicts with points and boxes, over a grey image of fakes and none of reals."""
    places = np.array([[0.3, 0.4, 0, 0], [0.5, 0.5, 0.2, 0.1], [0.99, 0.99, 0, 0]])
    return verdicts(
        marked=Marked(places, np.array([True, True, False]), ("edges", "edges", ""), {"fake": np.full((8, 8), 0.4)})
    )


def unread(n_readers=2):
    """Readers joined, and nobody read."""
    return verdicts(
        codes=np.full((N_IMAGES, n_readers), MISSING), n_readers=n_readers, repeats=None, groups=None, confidence=None,
        seconds=np.full((N_IMAGES, n_readers), np.nan), positions=np.full((N_IMAGES, n_readers), np.nan),
    )  # fmt: skip


CASES = {
    "two readers": lambda: verdicts(2),
    "three readers": verdicts,
    "many readers": lambda: verdicts(34),
    "one reader": lambda: verdicts(1),
    "no unsure": lambda: verdicts(
        categories=("fake", "real"), codes=np.random.default_rng(1).integers(0, 2, (N_IMAGES, 3)), repeats=None
    ),
    "no truth": lambda: verdicts(is_fake=None, confidence=None),
    "pairs": lambda: choices(2),
    "tuples": lambda: choices(4),
    "ratings": ratings,
    "marks": marked,
    "all unsure": lambda: verdicts(codes=np.ones((N_IMAGES, 3), dtype=np.int64), repeats=None),
    "perfect": lambda: verdicts(codes=np.tile(np.where(np.arange(N_IMAGES) % 2 == 0, 0, 2), (3, 1)).T, repeats=None),
    "nobody read": unread,
    "one image": lambda: verdicts(n_images=1),
}
"""Name of each case, and how to make its results."""
