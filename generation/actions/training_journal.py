"""What a run in training leaves behind while it goes: losses, samples, checkpoints; and how it goes on from these."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile

from generation.models import TrainingLoss, TrainingRun, TrainingSample
from lungstudy.library.actions.storing import StorageFullError, is_disk_full
from lungstudy.library.pixels.encoding import encode_png

SECONDS_BETWEEN_REPORTS = 1.0
# A big model's checkpoint takes long to write: no more than about a twentieth of the time goes into them.
CHECKPOINT_SHARE = 20
MOST_LOSSES = 500
HELD_OUT_MEASURES = 10
SAMPLE_GRIDS = 6
IN_A_GRID = 4

Written = TypeVar("Written")
OnProgress = Callable[[int, int, float], None]
"""Told of the step, of all steps, and of the loss, about once a second."""


class Journal:
    """Writes a run's rows and files at a pace that neither the database nor the disk feels."""

    def __init__(self, run: TrainingRun, learner: Any, on_progress: OnProgress | None) -> None:
        self.run, self.learner, self.on_progress = run, learner, on_progress
        self.losses: list[float] = []
        self.reported = self.saved = time.monotonic()
        self.saving_took = 0.0
        self.noted_at = learner.step

    def begin(self, versions: dict[str, str]) -> None:
        """Go on from the checkpoint where there is one; rows from beyond it are forgotten, they come again."""
        run = self.run
        if run.checkpoint:
            self.learner.restore(read_checkpoint(run))
        run.losses.filter(step__gt=self.learner.step).delete()
        for sample in run.samples.filter(step__gt=self.learner.step):
            sample.file.delete(save=False)
            sample.delete()
        self.noted_at = self.learner.step
        TrainingRun.objects.filter(pk=run.pk).update(versions=versions)
        run.keep_lease(done=self.learner.step)
        if not run.samples.exists():
            self._draw()

    def after_step(self, loss: float) -> None:
        """Note what is due; raises as `keep_lease` does, between two steps."""
        self.losses.append(loss)
        step, total, now = self.learner.step, self.run.total, time.monotonic()
        measures = step % max(1, total // HELD_OUT_MEASURES) == 0 or step == total
        due = now - self.reported >= SECONDS_BETWEEN_REPORTS
        if due or measures:
            self.run.keep_lease(done=step)
        if measures or (due and step - self.noted_at >= total / MOST_LOSSES):
            self._note(self.learner.subject.held_out_loss(step) if measures else None)
        if due:
            self.reported = now
            if self.on_progress:
                self.on_progress(step, total, loss)
        if step % max(1, total // SAMPLE_GRIDS) == 0 and step < total:
            self._draw()
        if now - self.saved >= self._seconds_between_checkpoints():
            self.save()

    def _seconds_between_checkpoints(self) -> float:
        wanted: float = settings.CHECKPOINT_SECONDS
        return max(wanted, CHECKPOINT_SHARE * self.saving_took) if wanted else 0

    def end(self) -> None:
        """The last loss, sample and checkpoint: a kill while the result is stored loses nothing."""
        if self.losses:
            self._note(self.learner.subject.held_out_loss(self.learner.step))
        if not self.run.samples.filter(step=self.learner.step).exists():
            self._draw()
        if self.run.checkpoint_step < self.learner.step:
            self.save()
        self.run.keep_lease(done=self.learner.step)

    def clear(self, kept: Path) -> None:
        """Nothing goes on from here: the checkpoint and the latents may go."""
        self.run.checkpoint.delete(save=False)
        TrainingRun.objects.filter(pk=self.run.pk).update(checkpoint="")
        shutil.rmtree(kept, ignore_errors=True)

    def _note(self, held_out: float | None) -> None:
        values = {"loss": float(np.mean(self.losses)), "held_out_loss": held_out}
        TrainingLoss.objects.update_or_create(run=self.run, step=self.learner.step, defaults=values)
        self.losses, self.noted_at = [], self.learner.step

    def _draw(self) -> None:
        """A row of images, the same seeds each time."""
        with self.learner.as_kept() as subject:
            prompt = subject.readable(self.run.options["sample_prompt"])
            images = subject.drawn(prompt, IN_A_GRID)
        sample = TrainingSample(run=self.run, step=self.learner.step, prompt=prompt)
        content = ContentFile(encode_png(np.concatenate(images, axis=1)))
        store(lambda: sample.file.save("sample.png", content, save=False))
        sample.save()

    def save(self) -> None:
        """Replace the checkpoint; the earlier one goes when the new one is there."""
        from generation.diffusion.learning.state import write_state  # keeps torch out of the web process

        began, run, step = time.monotonic(), self.run, self.learner.step
        earlier = run.checkpoint.name
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"step{step}.safetensors"
            store(lambda: write_state(path, self.learner.state()))
            with path.open("rb") as written:
                store(lambda: run.checkpoint.save(path.name, File(written), save=False))
        # Each checkpoint shows that the workers do not die of this run.
        fields = {"checkpoint": run.checkpoint.name, "checkpoint_step": step, "attempts": 1}
        run.keep_lease(done=step)
        TrainingRun.objects.filter(pk=run.pk).update(**fields)
        run.checkpoint_step = step
        if earlier and earlier != run.checkpoint.name:
            run.checkpoint.storage.delete(earlier)
        self.saved, self.saving_took = time.monotonic(), time.monotonic() - began


def store(write: Callable[[], Written]) -> Written:
    """Write a file; a full disk is one sentence."""
    try:
        return write()
    except Exception as error:
        if is_disk_full(error) or "No space left" in str(error):
            raise StorageFullError from error
        raise


def read_checkpoint(run: TrainingRun) -> Any:
    """The stored state, by way of a file of this machine."""
    from generation.diffusion.learning.state import read_state  # keeps torch out of the web process

    with TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.safetensors"
        with run.checkpoint.open("rb") as stored, path.open("wb") as local:
            shutil.copyfileobj(stored, local)
        return read_state(path)
