"""Processor seconds per film of each way to make masks, at 256 and 512 px, one thread.

Run it with: OMP_NUM_THREADS=1 python -m tests.bench.mask_seconds [--films 100] [--methods otsu,crf]. A method that
learns spreads its training over the batch, so a small batch costs more per film.
"""

import argparse
import time

import torch

from generation.masks.dense_crf import refine_by_crf
from generation.masks.fusing import fuse
from generation.masks.methods import METHODS
from generation.masks.refining import Options, refine
from generation.masks.simulated_attention import LEVELS, simulate
from generation.masks.thresholds import otsu, probability
from tests.bench.mask_films import FILMS, INSIDE, Film, films_of

SIDES = (256, 512)
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=100, help="films in the batch")
    parser.add_argument("--methods", default=",".join(METHODS), help="keys with commas")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    table(asked.films, asked.methods.split(","))


def table(count: int, methods: list[str]) -> None:
    """One row a method, one column a size; the CRF's own step apart, the best of five."""
    batches = {side: films_of(FILMS, INSIDE, tuning=False, side=side, most=count) for side in SIDES}
    print(f"\n## Processor seconds per film, batches of {count}\n\n| method | 256 px | 512 px |\n|---|---|---|")
    for method in methods:
        print(
            f"| {METHODS[method].title} |",
            *(f"{seconds(films, method):.3f} |" for films in batches.values()),
            flush=True,
        )
    print("| the CRF's step alone, best of five |", *(f"{crf_seconds(films[0]):.3f} |" for films in batches.values()))


def seconds(films: list[Film], method: str) -> float:
    """From captured attention to scored masks, training included, over the films."""
    maps = [simulate(film.mask, LEVELS["middle"], seed) for seed, film in enumerate(films)]
    started = time.process_time()
    refine([film.picture for film in films], maps, method, Options(parts=2))
    return (time.process_time() - started) / len(films)


def crf_seconds(film: Film) -> float:
    plane = fuse(simulate(film.mask, LEVELS["middle"], 0), (film.mask.shape[0], film.mask.shape[1]))
    start = probability(plane, otsu(plane))
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        refine_by_crf(film.picture, start)
        spent.append(time.process_time() - started)
    return min(spent)


if __name__ == "__main__":
    main()
