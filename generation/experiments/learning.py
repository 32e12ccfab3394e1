"""Trains one net for a fixed number of batches and keeps the state that did best on the validation images."""

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from generation.experiments.choices import Learning

OnProgress = Callable[[int, int], None]
"""Told of batches done and of all; may raise to stop."""


def learn(
    net: nn.Module,
    how: Learning,
    loss_of: Callable[[], Tensor],
    score_of: Callable[[], float],
    on_progress: OnProgress,
) -> None:
    """Train in place; at the end the net has the state of its best round.

    Parameters
    ----------
    loss_of : callable
        The loss of the next batch.
    score_of : callable
        How good the net is on the validation images, higher is better; the first of equals counts.
    """
    optimizer = torch.optim.AdamW(net.parameters(), lr=how.rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.rate, total_steps=how.total_steps, pct_start=0.1)
    best, kept = -math.inf, copy.deepcopy(net.state_dict())
    for step in range(1, how.total_steps + 1):
        net.train()
        optimizer.zero_grad()
        loss_of().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % how.steps == 0:
            net.eval()
            if (score := score_of()) > best:
                best, kept = score, copy.deepcopy(net.state_dict())
        on_progress(step, how.total_steps)
    net.load_state_dict(kept)
    net.eval()


def in_pieces(net: nn.Module, pictures: Tensor, at_once: int = 32) -> Tensor:
    """What the net says of many pictures."""
    with torch.no_grad():
        return torch.cat([net(piece) for piece in torch.split(pictures, at_once)])


def as_pictures(stack: Tensor) -> Tensor:
    """Grey bytes, shape (n, side, side), as levels from 0 to 1 in one channel."""
    return stack.unsqueeze(1).float() / 255
