"""The one training loop: steps, running average, checkpoint. What is learned is its subject's business."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.plan import LearningPlan
from generation.diffusion.learning.precision import gradient_scaler
from generation.diffusion.learning.state import State
from generation.diffusion.learning.watching import LossWatch
from generation.diffusion.training.checkpoint import step_seed

LONGEST_GRADIENT = 1.0
PHASE = 5
"""Keeps the seeds of steps apart from those of the starter's training."""


class Subject(Protocol):
    """What is learned: its numbers, and its loss on a batch that one seed decides."""

    decay: float

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """Everything that is trained, by name."""
        ...

    def averaged(self) -> Sequence[str]:
        """Names of what a running average is kept of."""
        ...

    def phase(self, step: int) -> str:
        """What is trained at this step, in a word."""
        ...

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        ...

    def loss(self, step: int, part: int, seed: int) -> torch.Tensor:
        """The loss of batch `part` of this step; all its randomness comes from `seed`."""
        ...

    def held_out_loss(self, step: int) -> float | None:
        """Over the images held out, the same noise each time; None where there are none."""
        ...

    def readable(self, prompt: str) -> str:
        """The prompt without what the model would not read of it."""
        ...

    def drawn(self, prompt: str, count: int) -> list[NDArray[np.uint8]]:
        """Images as they come out now, the same seeds each time."""
        ...

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """Write what was learned: a file, or a model's folder."""
        ...


class Learner:
    """A subject in training; every step is decided by its number, so that a restored one goes on bit for bit."""

    def __init__(self, subject: Subject, plan: LearningPlan) -> None:
        self.subject, self.plan, self.step = subject, plan, 0
        self.parameters = dict(subject.learned())
        self.optimizer = torch.optim.AdamW(self.parameters.values(), lr=plan.rate, weight_decay=subject.decay)
        self.scaler = gradient_scaler(plan.precision, next(iter(self.parameters.values())).device)
        names = subject.averaged() if plan.average else ()
        self.average = {name: self.parameters[name].detach().clone() for name in names}
        self.watch = LossWatch()

    @property
    def is_done(self) -> bool:
        """Whether the last step was taken."""
        return self.step >= self.plan.total_steps

    def take_step(self) -> float:
        """One step of the optimizer; its loss.

        Raises
        ------
        LearningError
            The loss is no number or has burst; the step is not taken.
        """
        rate = self.subject.rate(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss = sum(self._backward(part) for part in range(self.plan.accumulate))
        self.watch.note(loss, self.subject.phase(self.step), self.step + 1, self._full_rate())
        self.scaler.unscale_(self.optimizer)
        torch.nn.utils.clip_grad_norm_(self.parameters.values(), LONGEST_GRADIENT)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self._follow()
        self.step += 1
        return loss

    def _backward(self, part: int) -> float:
        seed = step_seed(self.plan.seed, PHASE, self.step * self.plan.accumulate + part)
        loss = self.subject.loss(self.step, part, seed) / self.plan.accumulate
        self.scaler.scale(loss).backward()
        return float(loss.detach())

    def _full_rate(self) -> float:
        """The rate that the researcher chose for this phase."""
        is_other = self.subject.phase(self.step) != self.subject.phase(self.plan.total_steps - 1)
        return self.plan.autoencoder_rate if is_other else self.plan.rate

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running averages; quickly at first, while the weights still travel."""
        age = max(0, self.step - (self.plan.total_steps - self.plan.steps))
        decay = min(self.plan.average, (age + 1) / (age + 10))
        for name, average in self.average.items():
            average.lerp_(self.parameters[name], 1 - decay)

    @contextmanager
    def as_kept(self) -> Iterator[Subject]:
        """The subject as it would be kept: with the running averages in place of the last step's weights."""
        last = {name: self.parameters[name].detach().clone() for name in self.average}
        self._put(self.average)
        try:
            yield self.subject
        finally:
            self._put(last)

    @torch.no_grad()
    def _put(self, values: Mapping[str, torch.Tensor]) -> None:
        for name, value in values.items():
            self.parameters[name].copy_(value)

    def state(self) -> State:
        """Everything to go on from."""
        tensors = {f"weights/{name}": value.detach() for name, value in self.parameters.items()}
        tensors |= {f"average/{name}": value for name, value in self.average.items()}
        for name, parameter in self.parameters.items():
            moments = self.optimizer.state.get(parameter, {})
            tensors |= {f"adam/{key}/{name}": value for key, value in moments.items()}
        facts = {"plan": self.plan.sha256(), "step": self.step, "watch": self.watch.as_json()}
        return State(tensors, {**facts, "scaler": self.scaler.state_dict()})

    def restore(self, state: State) -> None:
        """Go on from a state.

        Raises
        ------
        LearningError
            It is another training's.
        """
        weights = {name: state.tensors.get(f"weights/{name}") for name in self.parameters}
        if state.facts.get("plan") != self.plan.sha256() or any(value is None for value in weights.values()):
            raise LearningError("The checkpoint belongs to another training; start this one from its beginning.")
        self._put({name: value for name, value in weights.items() if value is not None})
        for name, average in self.average.items():
            average.copy_(state.tensors[f"average/{name}"])
        for name, parameter in self.parameters.items():
            self._restore_moments(name, parameter, state)
        self.watch = LossWatch(**state.facts["watch"])
        if scaler := state.facts.get("scaler"):  # earlier checkpoints have none, nor did they need it
            self.scaler.load_state_dict(scaler)
        self.step = int(state.facts["step"])

    def _restore_moments(self, name: str, parameter: torch.nn.Parameter, state: State) -> None:
        keys = ("step", "exp_avg", "exp_avg_sq")
        found = {key: state.tensors[f"adam/{key}/{name}"] for key in keys if f"adam/{key}/{name}" in state.tensors}
        if found:
            # AdamW keeps its count of steps on the processor.
            own = {key: value.clone() if key == "step" else value.to(parameter) for key, value in found.items()}
            self.optimizer.state[parameter] = own
