"""Masks of simulated attention on real films against masks drawn by people, every method, with intervals.

Run it with: make bench-masks, or python -m tests.bench.masks [--level slight] [--films 40] [--methods otsu,crf].
Attention is simulated from the true masks (generation/masks/simulated_attention.py), at three levels of error. The two
definitions of a lung mask, with the heart and without, are never pooled. All constants were tuned on a third of the
patients with the heart inside; those are not tested here. Then the starter's own attention (real_attention.py).
"""

import argparse
from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import spearmanr

from generation.masks.errors import MaskError
from generation.masks.fusing import Maps
from generation.masks.methods import DEFAULT_METHOD, METHODS
from generation.masks.simulated_attention import LEVELS, simulate
from tests.bench import mask_seconds, real_attention
from tests.bench.mask_films import FILMS, INSIDE, OUTSIDE, Film, films_of
from tests.bench.mask_measures import auc, column, overlaps
from tests.bench.mask_tables import compare, masks_of

SIDE = 256
SPEED_FILMS = 50


def main() -> None:
    asked = arguments()
    torch.set_num_threads(1)
    methods = asked.methods.split(",") if asked.methods else list(METHODS)
    for definition in (INSIDE, OUTSIDE):
        films = films_of(FILMS, definition, tuning=False, side=SIDE, most=asked.films)
        patients = len({film.patient for film in films})
        for level in asked.level or LEVELS:
            print(
                f"\n## {definition}, {level} error: {len(films)} films of {patients} patients, {SIDE} px\n", flush=True
            )
            compare(films, attention_to(films, level), methods)
    if not asked.level or "middle" in asked.level:
        planted()
    if not asked.level:
        mask_seconds.table(SPEED_FILMS, methods)
        real_attention.table(real_attention.STARTER, real_attention.IMAGES, methods)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, help="at most so many of each definition")
    parser.add_argument("--level", action="append", choices=list(LEVELS), help="once or more; all three if absent")
    parser.add_argument("--methods", help="keys with commas; all if absent")
    return parser.parse_args()


def attention_to(films: Sequence[Film], level: str) -> list[Maps]:
    return [simulate(film.mask, LEVELS[level], seed) for seed, film in enumerate(films)]


def planted() -> None:
    """Twenty films get the attention of another one, shifted: how well the score tells their masks from the rest."""
    films = films_of(FILMS, INSIDE, tuning=False, side=SIDE, most=100)
    maps = attention_to(films, "middle")
    wrong = len(films) // 5
    swapped = [shifted(maps[-1 - index]) if index < wrong else own for index, own in enumerate(maps)]
    results = masks_of(films, swapped, DEFAULT_METHOD)
    scores = [0.0 if isinstance(one, MaskError) else one.score for one in results]
    dice = column(overlaps(results, films), "dice")
    print(f"\n## Score of the default method, {wrong} of {len(films)} masks planted wrong (middle error)\n")
    print(f"AUC of finding them {auc(scores[:wrong], scores[wrong:]):.3f}; ", end="")
    print(f"rank correlation with true Dice among the others {spearmanr(scores[wrong:], dice[wrong:]).statistic:.2f}")
    for kept in (0.8, 0.6):
        best = np.argsort(scores)[::-1][: round(kept * len(scores))]
        print(f"best {kept:.0%} by score: mean Dice {dice[best].mean():.3f}, lowest {dice[best].min():.3f}")
    print(f"all: mean Dice {dice.mean():.3f}, lowest {dice.min():.3f}")


def shifted(maps: Maps) -> dict[int, np.ndarray]:
    """Attention moved by an eighth of the picture, down and to the right."""
    return {side: np.roll(plane, (side // 8, side // 8), axis=(0, 1)) for side, plane in maps.items()}


if __name__ == "__main__":
    main()
