"""How long the multi-reader analyses take: 50 readers on 2,000 images, then 200 on 20,000; memory at the end.

Run it with: OMP_NUM_THREADS=1 python -m tests.bench.mrmc
"""

import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_conditions import compare_conditions
from reader.stats.mrmc_covariance import bootstrap_covariance, delong_covariance
from reader.stats.mrmc_merits import area_merit, share_merit
from reader.stats.unsure import credit, suspicion, unsure_views
from reader.stats.ustatistic import one_shot

REPEATS = 15


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """The fastest of some runs, after one that warms up."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1000


def study(n_readers: int, n_images: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and codes with 5 % missing."""
    rng = np.random.default_rng(1)
    truth = rng.random(n_images) < 0.5
    codes = rng.integers(0, 3, size=(n_images, n_readers))
    return truth, np.where(rng.random(codes.shape) < 0.05, -1, codes)


def measure(n_readers: int, n_images: int, repeats: int) -> None:
    """One line for each analysis."""
    truth, codes = study(n_readers, n_images)
    confidence = np.random.default_rng(2).random(codes.shape)
    boot = partial(bootstrap_covariance, resamples=500, rng=np.random.default_rng(3))
    pair = np.stack([suspicion(codes), suspicion(codes[:, ::-1])])
    works: dict[str, Callable[[], object]] = {
        "one condition, 3-level AUC, jackknife": lambda: mean_of_readers(area_merit(truth, suspicion(codes))),
        "one condition, 3-level AUC, DeLong": lambda: mean_of_readers(
            area_merit(truth, suspicion(codes)), covariance=delong_covariance
        ),
        "one condition, accuracy": lambda: mean_of_readers(share_merit(credit(truth, codes, unsure=0.5))),
        "one condition, AUC of continuous scores": lambda: mean_of_readers(area_merit(truth, confidence)),
        "two conditions, 3-level AUC": lambda: compare_conditions(area_merit(truth, pair), n_conditions=2),
        "U-statistics, 3-level AUC": lambda: one_shot(area_merit(truth, suspicion(codes))),
        "every handling of unsure, every reader": lambda: [unsure_views(truth, column) for column in codes.T],
    }
    if n_readers <= 50:
        works["one condition, 500 bootstrap resamples"] = lambda: mean_of_readers(
            area_merit(truth, suspicion(codes)), covariance=boot
        )
    for name, work in works.items():
        print(f"| {n_readers} x {n_images:,} | {name} | {milliseconds(work, repeats):,.1f} |")


def main() -> None:
    """Print the table."""
    print("| readers x images | analysis | ms |\n|---|---|---|")
    measure(50, 2_000, REPEATS)
    measure(200, 20_000, 1)
    print(f"\nlargest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
