"""Power of the primary test on studies that are drawn from a model of how readers come to verdicts."""

import numpy as np

from reader.reports.planning.answer import LEVEL_WORDS, Answer, percent
from reader.stats.planning_simulation import VerdictModel, simulated_power

SEED = 4
MOST_RUNS, FEWEST_RUNS = 400, 20
MOST_VERDICTS = 100_000
"""Verdicts of one drawn study: more would keep the page waiting."""


def runs_for(n_verdicts: int) -> int:
    """As many studies as a page has time for: about a second's worth, by the measured cost of one."""
    milliseconds = 2.5 + n_verdicts / 2800
    return int(min(max(1000 / milliseconds, FEWEST_RUNS), MOST_RUNS))


def power_by_simulation(model: VerdictModel, *, n_readers: int, fakes: int, reals: int) -> Answer:
    """Draw studies, test each, and say how sure the share found is."""
    runs = runs_for(n_readers * (fakes + reals))
    found = simulated_power(
        model, n_readers=n_readers, fakes=fakes, reals=reals, runs=runs, rng=np.random.default_rng(SEED)
    )
    error = (found.power * (1 - found.power) / runs) ** 0.5
    between = f"95 % interval {100 * found.low:.0f} to {100 * found.high:.0f} %"
    return Answer(
        lead=f"{percent(found.power)} power with {n_readers} readers, {fakes:,} fakes and {reals:,} reals",
        also=(
            f"{runs} studies drawn, seed {SEED}: Monte-Carlo error {100 * error:.1f} points, {between}. "
            f"Mean AUC of the drawn studies {found.mean_area:.3f}."
        ),
        assumption=(
            f"Readers' d' {model.d_prime:.3g} (SD {model.d_prime_sd:.3g} between readers); they say real below "
            f"{model.low:.3g} and fake above {model.high:.3g}, shifted by {model.lean_sd:.3g} (SD); two "
            f"readers' impressions of an image correlate by {model.alike:.2g}; every study has new readers and images."
        ),
        sources=(
            "Readers, images and their errors as normal effects: Roe and Metz (1997), Acad. Radiol. 4:298-303.",
            "The test: three-level AUC (fake, unsure, real) against 0.5 by Obuchowski and Rockette with Hillis' "
            "degrees of freedom, readers and images random. A study in which it is undefined counts as one that found "
            "nothing. Interval over the runs: Wilson (1927).",
        ),
        protocol=(
            f"By simulation ({runs} studies, seed {SEED}), {n_readers} readers reading {fakes:,} synthetic and "
            f"{reals:,} real images have a power of {percent(found.power)} ({between}) "
            f"for the three-level AUC against 0.5 at {LEVEL_WORDS}, readers and images as "
            f"samples, if readers' mean d' is {model.d_prime:.3g} with a standard deviation of {model.d_prime_sd:.3g}."
        ),
        warning=(
            "With three readers or fewer the test itself finds an effect too often; plan with four or more."
            if n_readers <= 3
            else ""
        ),
    )
