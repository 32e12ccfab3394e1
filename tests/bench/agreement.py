"""Agreement statistics against other packages in one run, and the largest study in a process of its own.

Run it with: python -m tests.bench.agreement (krippendorff, scikit-learn and statsmodels come with the test tools).
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from reader.stats.agreement import fleiss_kappa
from reader.stats.coefficients import coefficients
from reader.stats.cohen import pairwise_agreement, pairwise_kappas
from reader.stats.krippendorff import krippendorff_alpha
from reader.stats.light import light_kappa
from reader.stats.resampling import Sampled, bootstrap, jackknife_readers
from reader.stats.verdicts import count_table
from tests.reader.stats.random_studies import study

RESAMPLES = 2000
OF_PEER = 100
"""Resamples that a peer draws; its time for all of them is this many times as long."""
REPEATS = 5
LARGEST = (200, 20_000)
GIGABYTE = 1024**3
HEADER = "| task | peer | peer (ms) | ours (ms) | ratio |\n|---|---|---|---|---|"


def main() -> None:
    """Print a table of ratios at 50 readers x 2,000 images, then time and memory at 200 x 20,000."""
    codes = study(1, 2000, 50)
    counts = count_table(codes, 3)
    print("50 readers x 2,000 images, 3 categories, 5 % missing; the best of several runs of each arm in turn\n")
    print(HEADER)
    compare_points(codes, counts)
    compare_pairs(codes)
    compare_bootstraps(codes, counts)
    print()
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "tests.bench.agreement", "largest"], check=True)


def compare_points(codes: np.ndarray, counts: np.ndarray) -> None:
    ratings = np.where(codes < 0, np.nan, codes).T
    alpha = milliseconds(lambda: krippendorff.alpha(ratings, value_domain=[0, 1, 2], level_of_measurement="nominal"))
    row(
        "six coefficients with errors", "krippendorff, alpha alone", alpha, milliseconds(lambda: coefficients(codes, 3))
    )
    alpha = milliseconds(lambda: krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
    row("alpha with error, from counts", "krippendorff", alpha, milliseconds(lambda: krippendorff_alpha(counts)))
    complete = count_table(study(1, 2000, 50, share_missing=0), 3)
    fleiss = milliseconds(lambda: inter_rater.fleiss_kappa(complete))
    row("Fleiss with error, from counts", "statsmodels", fleiss, milliseconds(lambda: fleiss_kappa(complete)))


def compare_pairs(codes: np.ndarray) -> None:
    pairs = list(combinations(range(codes.shape[1]), 2))
    kappas = pairwise_kappas(codes, 3)
    start = time.perf_counter()
    theirs = [kappa_of_scikit_learn(codes[:, a], codes[:, b]) for a, b in pairs]
    peer = (time.perf_counter() - start) * 1000
    assert np.allclose(theirs, [kappas[a, b] for a, b in pairs], atol=1e-12)
    row("1,225 pairwise kappas", "scikit-learn", peer, milliseconds(lambda: pairwise_kappas(codes, 3), repeats=50))
    row(
        "the same with errors, tests and intervals",
        "scikit-learn",
        peer,
        milliseconds(lambda: pairwise_agreement(codes, 3)),
    )


def kappa_of_scikit_learn(first: np.ndarray, second: np.ndarray) -> float:
    both = (first >= 0) & (second >= 0)
    return cohen_kappa_score(first[both], second[both], labels=[0, 1, 2])


def compare_bootstraps(codes: np.ndarray, counts: np.ndarray) -> None:
    ours = milliseconds(lambda: bootstrap(codes, 3, sampled=Sampled.IMAGES, n_resamples=RESAMPLES, seed=1))
    ratings, rng, n = np.where(codes < 0, np.nan, codes).T, np.random.default_rng(1), len(codes)

    def from_ratings() -> None:
        krippendorff.alpha(ratings[:, rng.integers(n, size=n)], value_domain=[0, 1, 2], level_of_measurement="nominal")

    def from_counts() -> None:
        krippendorff.alpha(value_counts=counts[rng.integers(n, size=n)], level_of_measurement="nominal")

    task = f"{RESAMPLES:,} resamples of images, six coefficients / alpha alone"
    row(task, "krippendorff, ratings", resampled(from_ratings), ours)
    row(task, "krippendorff, counts made once", resampled(from_counts), ours)
    for sampled in (Sampled.READERS, Sampled.BOTH):
        took = milliseconds(lambda sampled=sampled: bootstrap(codes, 3, sampled=sampled, seed=1), repeats=2)
        print(f"| {RESAMPLES:,} resamples of {sampled}, six coefficients | | | {took:.0f} | |")


def resampled(draw: Callable[[], None]) -> float:
    """Milliseconds of all resamples, from the fastest of several stretches."""
    return milliseconds(lambda: [draw() for _ in range(OF_PEER)], repeats=3) * RESAMPLES / OF_PEER


def milliseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Of the fastest run: what else the machine does can only add to it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def row(task: str, peer: str, theirs: float, ours: float) -> None:
    print(f"| {task} | {peer} | {theirs:,.1f} | {ours:,.2f} | {theirs / ours:,.1f} x |")


def largest() -> None:
    """Everything that agreement gives for the largest study: seconds of each part, and the most memory held."""
    n_readers, n_images = LARGEST
    codes = study(2, n_images, n_readers)
    tasks: dict[str, Callable[[], object]] = {
        "six coefficients with errors": lambda: coefficients(codes, 3),
        "all pairs with errors": lambda: pairwise_agreement(codes, 3),
        "Light's kappa with error": lambda: light_kappa(codes, 3),
        "jackknife over readers": lambda: jackknife_readers(codes, 3),
        **{
            f"2,000 resamples of {sampled}": lambda sampled=sampled: bootstrap(codes, 3, sampled=sampled, seed=1)
            for sampled in Sampled
        },
    }
    print(f"{n_readers} readers x {n_images:,} images, 3 categories, 5 % missing\n\n| task | seconds |\n|---|---|")
    total = 0.0
    for name, work in tasks.items():
        took = milliseconds(work, repeats=1) / 1000
        total += took
        print(f"| {name} | {took:.2f} |")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIGABYTE
    print(f"| all of it | {total:.1f}, with {most:.2f} GiB at most |")


if __name__ == "__main__":
    largest() if "largest" in sys.argv[1:] else main()
