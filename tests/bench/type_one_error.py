"""How often the primary test finds an effect that is not there, and how often its interval covers the truth.

Studies are drawn under the null: readers differ in skill and lean, but their mean skill is none, and readers are alike
in what they see in an image. The share of studies in which each test rejects at 5 %, and of intervals that cover the
true mean, stands beside what the pooled binomial, the field's habit, would have done.

Run it with: OMP_NUM_THREADS=1 python -m tests.bench.type_one_error
"""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit

from reader.stats.estimate import UPPER_TAIL, Estimate
from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_merits import Merit, area_merit, share_merit
from reader.stats.planning_simulation import VerdictModel, draw_study
from reader.stats.unsure import credit, pooled_accuracy, suspicion
from reader.stats.ustatistic import one_shot

RUNS = 1_500
SIZES = [(3, 60), (6, 100), (10, 300)]
MODEL = VerdictModel(d_prime=0.0, d_prime_sd=0.35, low=-0.2, high=0.2, lean_sd=0.3, alike=0.3)
TRUE_MEAN = 0.5
"""By symmetry, of AUC, of half-credit accuracy and of accuracy among decided alike."""


@dataclass
class Tally:
    """Rejections, covering intervals, and studies without a defined test, which count as neither."""

    rejected: int = 0
    covered: int = 0
    undefined: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, made: Estimate) -> None:
        """Count one study."""
        if not made.has_interval or math.isnan(made.p):
            self.undefined += 1
            return
        self.rejected += made.p <= 0.05
        self.covered += made.low <= TRUE_MEAN <= made.high
        self.widths.append(made.high - made.low)

    def cells(self, runs: int) -> str:
        """Type I error, coverage and mean width, each as a cell."""
        error, coverage = self.rejected / runs, self.covered / runs
        return f"{error:.1%} | {coverage:.1%} | {np.mean(self.widths):.3f} | {self.undefined}"


def tests_of(truth: np.ndarray, codes: np.ndarray) -> dict[str, Estimate]:
    """Every analysis of one study."""
    area, half = area_merit(truth, suspicion(codes)), share_merit(credit(truth, codes, unsure=0.5))
    primary = mean_of_readers(area, chance=0.5).mean
    return {
        "**3-level AUC, random readers and images (primary)**": primary.readers_and_images,
        "3-level AUC, random readers, these images": primary.readers,
        "3-level AUC, these readers, random images": primary.images,
        "3-level AUC, U-statistics": one_shot(area, chance=0.5),
        "half-credit accuracy, random readers and images": mean_of_readers(half, chance=0.5).mean.readers_and_images,
        "accuracy, t over images": over_images(half),
        "pooled binomial of decided verdicts": pooled_accuracy(truth, codes),
    }


def over_images(merit: Merit) -> Estimate:
    """Student's test of image means, as if the readers were the only ones there are."""
    means = np.nanmean(merit.parts[0], axis=0)
    value, error = float(means.mean()), float(means.std(ddof=1)) / len(means) ** 0.5
    half = float(stdtrit(len(means) - 1, UPPER_TAIL)) * error
    made = mean_of_readers(merit).mean.images
    rejected = abs(value - TRUE_MEAN) > half
    return Estimate(value, value - half, value + half, len(means), made.population, p=0.0 if rejected else 1.0)


def main() -> None:
    """Print the table."""
    print(f"{RUNS:,} studies each, seed 4, {MODEL}")
    print(
        "| readers x images | analysis | type I error | coverage | mean width | undefined |\n|---|---|---|---|---|---|"
    )
    for n_readers, n_images in SIZES:
        rng, tallies = np.random.default_rng([4, n_readers, n_images]), dict[str, Tally]()
        truth = np.arange(n_images) < n_images // 2
        for _ in range(RUNS):
            for name, made in tests_of(truth, draw_study(MODEL, truth, n_readers, rng)).items():
                tallies.setdefault(name, Tally()).add(made)
        for name, tally in tallies.items():
            print(f"| {n_readers} x {n_images} | {name} | {tally.cells(RUNS)} |", flush=True)


if __name__ == "__main__":
    main()
