"""Keeps a training run's state on disk so that a killed run goes on as if it had not been."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


def save_state(path: Path, state: Mapping[str, Any]) -> None:
    """Replace the checkpoint in one step; a kill while writing leaves the earlier one."""
    unfinished = path.with_suffix(".unfinished")
    torch.save(dict(state), unfinished)
    unfinished.replace(path)


def load_state(path: Path) -> dict[str, Any] | None:
    """The checkpoint, or None where there is none yet. Reads tensors and numbers only, never code.

    Its tensors come to the processor: what a graphics card left is gone on from on either.
    """
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def step_seed(seed: int, phase: int, step: int) -> int:
    """A seed for one step's randomness, so that a resumed run draws what it would have drawn."""
    return ((seed * 8 + phase) << 32) + step
