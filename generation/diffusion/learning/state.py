"""Checkpoints: one safetensors file with tensors and, in its header, JSON. Never a pickle."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from generation.diffusion.learning.errors import LearningError

HEADER = "lungstudy"


class State(NamedTuple):
    """Everything that a stopped training goes on from."""

    tensors: dict[str, torch.Tensor]
    facts: dict[str, Any]


def write_state(path: Path, state: State) -> None:
    """Replace the file in one step; a kill while writing leaves the earlier one."""
    unfinished = path.with_suffix(".unfinished")
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.tensors.items()}
    save_file(tensors, unfinished, metadata={HEADER: json.dumps(state.facts, allow_nan=False)})
    unfinished.replace(path)


def read_state(path: Path) -> State:
    """What `write_state` wrote.

    Raises
    ------
    LearningError
        The file is damaged or another program's.
    """
    try:
        with safe_open(path, framework="pt") as opened:
            facts = json.loads((opened.metadata() or {})[HEADER])
            return State({name: opened.get_tensor(name) for name in opened.keys()}, facts)  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise LearningError("The checkpoint cannot be read; start the training again from its beginning.") from error
