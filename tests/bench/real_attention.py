"""Masks of the starter's own attention, judged by a net that learned lungs from people's masks of real films.

Run it with: OMP_NUM_THREADS=1 python -m tests.bench.real_attention [--images 20] [--model FOLDER] [--methods otsu,crf].
Nobody outlined what the starter draws, so the judge is a DynUNet that learned from films with the heart inside the
outline. How far to trust it: its Dice on films that it never saw, and on phantoms, whose outlines are known.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.attention.capture import Capture
from generation.diffusion.attention.wanted import Wanted
from generation.diffusion.inspecting import inspect_model
from generation.diffusion.loading import load_pipeline
from generation.diffusion.recipe import Recipe, family
from generation.diffusion.sampling import sample
from generation.experiments.choices import SEGMENTING
from generation.experiments.learning import as_pictures, in_pieces
from generation.experiments.segmentation import Outlined, agreement, trained_segmenter
from generation.masks.fusing import Maps, union_of
from generation.masks.methods import METHODS
from generation.masks.repeating import repeatable
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from lungstudy.library.pixels.presenting import Policy, present
from tests.bench.mask_films import FILMS, INSIDE, Film, films_of
from tests.bench.mask_measures import interval_of
from tests.bench.mask_tables import compare

STARTER = Path(__file__).resolve().parents[2] / "generation" / "starter"
SIZE, IMAGES = 128, 20
LUNGS = ("left lung", "right lung")
OPENING = "frontal chest radiograph, PA view"
PROMPTS = (
    "normal heart, left lung clear, right lung clear",
    "enlarged heart, left lung clear, right lung clear",
    "pleural effusion in the left lung, normal heart, right lung clear",
    "pneumonia in the right lung lower zone, normal heart, left lung clear",
    "pneumothorax in the right lung, normal heart, left lung clear",
)
PICTURES, MASKS = Policy(size=SIZE, fit="pad"), Policy(size=SIZE, fit="pad", grey="as_stored")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=IMAGES, help="of each prompt")
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--methods", default=",".join(METHODS), help="keys with commas")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    table(asked.model, asked.images, asked.methods.split(","))


def table(model: Path, images: int, methods: Sequence[str]) -> None:
    """What the judge is worth, then every method held against it."""
    judge = judge_of_lungs()
    began = time.process_time()
    drawn, attention = drawn_images(model, images)
    print(f"\n## The starter's own attention: {len(drawn)} images, {time.process_time() - began:.0f} s to draw\n")
    outlines = outlined_by(judge, drawn)
    names = [f"{number // images}-{number % images}" for number in range(len(drawn))]
    films = [Film(*each) for each in zip(names, names, drawn, outlines, strict=True)]
    compare(films, attention, methods)


def judge_of_lungs() -> torch.nn.Module:
    """Learns from the films that constants were tuned on too; tells how well it does on a fifth of the patients."""
    films = [film for tuning in (True, False) for film in films_of(FILMS, INSIDE, tuning=tuning, side=4 * SIZE)]
    patients = sorted({film.patient for film in films})
    order = np.random.default_rng(0).permutation(len(patients)).tolist()
    fifth = len(patients) // 5
    parts = [{patients[at] for at in some} for some in (order[:fifth], order[fifth : 2 * fifth], order[2 * fifth :])]
    test, validation, shown = ([film for film in films if film.patient in some] for some in parts)
    how = replace(SEGMENTING, rounds=15, mirrored=True)
    with repeatable(0):
        groups = ["real"] * len(shown)
        judge = trained_segmenter(
            "dynunet", outlined(shown), groups, outlined(validation), how, 0, lambda _done, _all: None
        )
    unseen = outlined(test)
    dice = dices(outlined_by(judge, list(unseen.pictures)), unseen.masks)
    print("\n## The judge: a DynUNet that learned people's outlines, heart inside\n")
    print(
        f"learned from {len(shown)} films; on {len(test)} films of other patients Dice "
        f"{interval_of(dice, [film.patient for film in test]).shown(3)}"
    )
    phantoms = [draw_phantom(seed, finding, SIZE) for seed in range(15) for finding in Finding]
    dice = dices(outlined_by(judge, [each.image for each in phantoms]), [each.whole_lung_mask for each in phantoms])
    print(f"on {len(phantoms)} phantoms Dice {interval_of(dice, [str(at) for at in range(len(dice))]).shown(3)}")
    return judge


def outlined(films: Sequence[Film]) -> Outlined:
    pictures = np.stack([np.asarray(present(film.picture, PICTURES), dtype=np.uint8) for film in films])
    masks = np.stack([present(255 * film.mask.astype(np.uint8), MASKS) > 127 for film in films])
    return Outlined(pictures, masks)


def outlined_by(judge: torch.nn.Module, pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.bool_]]:
    """What the judge says of pictures of its own size, prepared as its films were."""
    shown = np.stack([np.asarray(present(picture, PICTURES), dtype=np.uint8) for picture in pictures])
    return list(in_pieces(judge, as_pictures(torch.from_numpy(shown)))[:, 0].numpy() > 0)


def dices(found: Sequence[NDArray[np.bool_]], truth: Sequence[NDArray[np.bool_]]) -> list[float]:
    return [agreement(one, other)["dice"] for one, other in zip(found, truth, strict=True)]


def drawn_images(model: Path, images: int) -> tuple[list[NDArray[np.uint8]], list[Maps]]:
    """So many of each prompt, and what both lungs' words attended to, taken together."""
    pipeline, facts = load_pipeline(str(model)), inspect_model(model)
    pictures, maps = [], []
    for number, words in enumerate(PROMPTS):
        first = Recipe(
            model=facts.name, weights_sha256=facts.weights_sha256, prompt=f"{OPENING}, {words}", negative_prompt="",
            seed=1000 * number, steps=20, guidance=3.0, scheduler="ddim", width=SIZE, height=SIZE, batch_shape=8,
        )  # fmt: skip
        capture = Capture(Wanted(LUNGS))
        pictures += sample(pipeline, family(first, images), lambda _: None, capture=capture)
        maps += [union_of([kept.maps[phrase] for phrase in LUNGS]) for kept in capture.images]
    return pictures, maps


if __name__ == "__main__":
    main()
