"""How a training goes: how far it is, how long it will take, its loss as a curve, and what it drew on the way."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from statistics import fmean
from typing import Any

from django.utils import timezone

from generation.models import TrainingLoss, TrainingRun, TrainingSample
from lungstudy.jobs.models import JobState

PATIENCE = timedelta(seconds=20)
WIDTH, HEIGHT = 600, 160
EARLIER_SAMPLES = 5
SMOOTHED = 20
STEPS_FOR_A_PACE = 20


@dataclass(frozen=True)
class TrainingProgress:
    """What a run's page shows while it trains."""

    run: TrainingRun

    @cached_property
    def samples(self) -> list[TrainingSample]:
        """The newest first."""
        return list(self.run.samples.order_by("-step"))

    @property
    def shown_samples(self) -> list[TrainingSample]:
        """The newest, a few before it, and the very first, which shows where it began."""
        some = self.samples[:EARLIER_SAMPLES]
        return some if some[-1:] == self.samples[-1:] else [*some, self.samples[-1]]

    @cached_property
    def losses(self) -> list[TrainingLoss]:
        """In the order of steps."""
        return list(self.run.losses.all())

    @cached_property
    def curve(self) -> "Curve | None":
        """The loss as a picture; None before there are two values."""
        return Curve(self.losses, self.run.total) if len(self.losses) > 1 else None

    @cached_property
    def n_shown(self) -> int:
        """Images that are learned from."""
        return self.run.images.filter(held_out=False).count()

    @cached_property
    def n_held_out(self) -> int:
        """Images that are never learned from."""
        return self.run.images.filter(held_out=True).count()

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled while a worker is at it."""
        return self.run.state == JobState.RUNNING and self.run.cancel_requested

    @property
    def can_resume(self) -> bool:
        """Whether it stopped early."""
        return self.run.state in (JobState.FAILED, JobState.CANCELLED)

    @property
    def has_no_worker(self) -> bool:
        """Whether it has waited for a while and no worker trains anything."""
        since = timezone.now() - PATIENCE
        waits = self.run.state == JobState.QUEUED and self.run.created_at < since
        return waits and not TrainingRun.objects.filter(heartbeat_at__gte=since).exists()

    @property
    def time_left(self) -> str:
        """At the pace so far, as one would say it; empty while it cannot be told."""
        run = self.run
        if run.state != JobState.RUNNING or not (run.started_at and run.heartbeat_at):
            return ""
        if run.done < min(STEPS_FOR_A_PACE, run.total / 20):  # the first seconds went into the model and the images
            return ""
        seconds = (run.heartbeat_at - run.started_at).total_seconds() / run.done * (run.total - run.done)
        return in_words(seconds)

    @property
    def headline(self) -> str:
        """The answer to: is it done?"""
        if self.is_stopping:
            return "Stopping"
        if self.run.state == JobState.RUNNING:
            return "Training" if self.run.done else "Reading the images"
        return {JobState.QUEUED: "Waiting for a worker", JobState.FAILED: "Stopped"}.get(
            JobState(self.run.state), self.run.get_state_display()
        )

    @property
    def settings(self) -> list[tuple[str, Any]]:
        """Everything else that decides the result, by name, without what other kinds of training need."""
        plan = self.run.options["plan"]
        return [
            (name.replace("_", " "), in_a_cell(plan[name]))
            for name in SETTINGS + OF_KIND[TrainingRun.Kind(self.run.kind)]
        ]


SETTINGS = (
    "size", "steps", "batch", "accumulate", "rate", "schedule", "warmup", "snr_limit", "variants", "caption_dropout",
    "average", "precision", "spare_memory", "device", "seed",
)  # fmt: skip
OF_KIND = {
    TrainingRun.Kind.EMBEDDING: ("word", "vectors", "initial_words"),
    TrainingRun.Kind.LORA: ("rank", "alpha"),
    TrainingRun.Kind.FINE_TUNE: ("text_encoder", "autoencoder_steps", "autoencoder_rate"),
    TrainingRun.Kind.SCRATCH: ("width", "prediction", "autoencoder_steps", "autoencoder_rate"),
}


@dataclass(frozen=True)
class Curve:
    """Losses as points of a picture of `WIDTH` by `HEIGHT`."""

    losses: list[TrainingLoss]
    total: int

    @property
    def highest(self) -> float:
        """The top of the picture: the highest loss, or twice the median where a few stand far above all others."""
        values = sorted(one.loss for one in self.losses)
        held_out = [one.held_out_loss for one in self.losses if one.held_out_loss is not None]
        return max([min(values[-1], 3 * values[len(values) // 2]), *held_out]) or 1.0

    @property
    def each(self) -> str:
        """Points of the loss on images learned from, which jumps: every batch has noise of its own."""
        return " ".join(self._point(one.step, one.loss) for one in self.losses)

    @property
    def training(self) -> str:
        """The same, each point the mean of the last ones."""
        values = [one.loss for one in self.losses]
        means = [fmean(values[max(0, at - SMOOTHED) : at + 1]) for at in range(len(values))]
        return " ".join(self._point(one.step, mean) for one, mean in zip(self.losses, means, strict=True))

    @property
    def held_out(self) -> str:
        """Points of the loss on images held out."""
        known = ((one.step, one.held_out_loss) for one in self.losses)
        return " ".join(self._point(step, loss) for step, loss in known if loss is not None)

    @property
    def last(self) -> TrainingLoss:
        """The newest value."""
        return self.losses[-1]

    @property
    def last_held_out(self) -> float | None:
        """The newest value on images held out."""
        known = [one.held_out_loss for one in self.losses if one.held_out_loss is not None]
        return known[-1] if known else None

    @property
    def best_held_out(self) -> TrainingLoss | None:
        """Where the images held out were predicted best."""
        known = [one for one in self.losses if one.held_out_loss is not None]
        return min(known, key=lambda one: one.held_out_loss or 0.0) if known else None

    def _point(self, step: int, loss: float) -> str:
        x = WIDTH * step / max(1, self.total)
        y = HEIGHT * (1 - min(loss, self.highest) / self.highest)
        return f"{x:.1f},{y:.1f}"


def in_a_cell(value: Any) -> str:
    """As one would write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def in_words(seconds: float) -> str:
    """40 s, 12 min, 3 h 20 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
