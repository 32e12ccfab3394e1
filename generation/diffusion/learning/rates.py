"""The learning rate of each step."""

import math


def share_of_rate(schedule: str, step: int, steps: int, warmup: int) -> float:
    """What share of the full rate step `step` (from 0) takes: a linear rise, then the schedule down to nothing."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    if schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return 1.0 if schedule == "constant" else max(0.0, 1 - done)
