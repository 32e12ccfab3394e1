"""In which precision a training computes: weights are always single, the passes through the nets may be half."""

from typing import Any

import torch

HALF = {"bf16": torch.bfloat16, "fp16": torch.float16}


def computed_in(precision: str, device: torch.device) -> torch.autocast:
    """A context in which products and convolutions are computed in this precision; "fp32" leaves them as they are."""
    return torch.autocast(device.type, HALF.get(precision, torch.bfloat16), enabled=precision in HALF)


def gradient_scaler(precision: str, device: torch.device) -> Any:
    """Keeps the gradients of half precision from vanishing; does nothing in the others.

    Losses are multiplied before the way back and gradients divided after it; where one overflowed, the step moves
    nothing and the factor is halved. Source: Micikevicius et al. 2018, Mixed precision training, section 3.2.
    """
    return torch.amp.GradScaler(device.type, enabled=precision == "fp16")
