"""A recipe to vary."""

from dataclasses import replace
from typing import Any

from generation.diffusion.recipe import Recipe

PLAIN = Recipe(
    model="tiny",
    weights_sha256="0" * 64,
    prompt="chest radiograph, left pleural effusion",
    negative_prompt="",
    seed=11,
    steps=3,
    guidance=3.0,
    scheduler="ddim",
    width=64,
    height=64,
    batch_shape=4,
)


def recipe(**changes: Any) -> Recipe:
    return replace(PLAIN, **changes)
