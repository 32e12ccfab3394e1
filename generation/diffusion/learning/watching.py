"""Stops a training whose loss is no number any more, or has burst."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from generation.diffusion.learning.errors import LearningError

WINDOW = 10
BURST = 10.0


@dataclass
class LossWatch:
    """The first losses of a phase, and the last ones."""

    phase: str = ""
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)

    def note(self, loss: float, phase: str, step: int, rate: float) -> None:
        """Take one more loss.

        Raises
        ------
        LearningError
            The loss is no number, or the mean of the last ones is ten times that of the first ones.
        """
        if not math.isfinite(loss):
            raise LearningError(
                f"At step {step} the loss was no number any more: the learning rate of {rate:g} is too high for this "
                f"model. Start again with {rate / 10:g}, and in single precision if it was not."
            )
        if phase != self.phase:
            self.phase, self.first, self.last = phase, [], []
        if len(self.first) < WINDOW:
            self.first.append(loss)
        self.last = [*self.last[1 - WINDOW :], loss]
        before, now = sum(self.first) / len(self.first), sum(self.last) / len(self.last)
        if now > BURST * before:
            raise LearningError(
                f"At step {step} the loss was {now / before:.0f} times what it was at first: the training diverges. "
                f"Start again with a learning rate of {rate / 10:g} instead of {rate:g}."
            )

    def as_json(self) -> dict[str, Any]:
        """For the checkpoint."""
        return asdict(self)
