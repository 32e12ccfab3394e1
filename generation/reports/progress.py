"""How far a batch is, how long it will take, and what stands in its way."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import Avg, QuerySet
from django.utils import timezone

from generation.models import Batch, GeneratedImage, Job
from generation.reports.strips import MOST_LINES, Strip, strips_of
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image
from lungstudy.library.reports.rejects import Rejects

# A worker looks for work every second or so: who waits longer without any sign of one should be told.
PATIENCE = timedelta(seconds=20)
# Pictures on one page of the gallery.
PAGE = 120
LINES_SHOWN = 30


@dataclass(frozen=True)
class BatchProgress:
    """What the batch's page shows while it runs."""

    batch: Batch

    @cached_property
    def jobs(self) -> list[Job]:
        """The batch's jobs as they are now."""
        return list(self.batch.jobs.all())

    @cached_property
    def images(self) -> QuerySet[GeneratedImage]:
        """What is stored, in the batch's order."""
        return GeneratedImage.objects.filter(job__batch=self.batch).select_related("image").order_by("index")

    @cached_property
    def n_drawn(self) -> int:
        """Images stored."""
        return self.images.count()

    @cached_property
    def rejects(self) -> Rejects:
        """How many of its images people rejected, and why."""
        return Rejects.of(Image.objects.filter(generated__job__batch=self.batch))

    def gallery(self, start: int = 0) -> dict[str, object]:
        """One page of pictures and whether more follow, or all strips, for the gallery's templates."""
        if start == 0 and (strips := self.strips):
            return {"strips": strips}
        end = start + PAGE
        return {"drawn": list(self.images[start:end]), "next": end, "has_more": self.n_drawn > end}

    @cached_property
    def strips(self) -> list[Strip]:
        """The batch's rows of images between conditions, if it is made of such."""
        lines = list(self.batch.lines.all()[: MOST_LINES + 1])
        if not 1 < len(lines) <= MOST_LINES or not strips_of(lines, {}):
            return []
        return strips_of(lines, {image.index: image for image in self.images})

    def lines(self) -> dict[str, object]:
        """The batch's prompts and seeds, the first of them, for its page."""
        lines = list(self.batch.lines.all()[: LINES_SHOWN + 1])
        return {"lines": lines[:LINES_SHOWN], "has_more_lines": len(lines) > LINES_SHOWN}

    @property
    def n_missing(self) -> int:
        """Images still to draw."""
        return self.batch.count - self.n_drawn

    def in_state(self, state: JobState) -> list[Job]:
        """The jobs in one state."""
        return [job for job in self.jobs if job.state == state]

    @property
    def running(self) -> list[Job]:
        """Jobs that a worker holds."""
        return self.in_state(JobState.RUNNING)

    @property
    def n_waiting(self) -> int:
        """Jobs that no worker has taken yet."""
        return len(self.in_state(JobState.QUEUED))

    @property
    def n_failed(self) -> int:
        """Jobs that failed."""
        return len(self.in_state(JobState.FAILED))

    @property
    def is_open(self) -> bool:
        """Whether anything can still arrive."""
        return any(job.is_open for job in self.jobs)

    @property
    def can_retry(self) -> bool:
        """Whether something failed or was cancelled, and nothing is in the way of drawing it."""
        return any(job.state in (JobState.FAILED, JobState.CANCELLED) for job in self.jobs)

    @property
    def is_stopping(self) -> bool:
        """Whether the batch was cancelled while a worker is at it."""
        return any(job.cancel_requested for job in self.running)

    @cached_property
    def steps_each(self) -> int:
        """Sampler steps of images that are drawn at once: fewer than the batch's where an image is changed a little."""
        line = self.batch.lines.all()[0]
        return line.recipe(line.first_index).steps_taken

    def steps_of(self, job: Job) -> int:
        """Sampler steps of one job; more where it draws its images in several groups."""
        return job.n_groups * self.steps_each

    @property
    def steps_total(self) -> int:
        """Sampler steps of the whole batch."""
        return sum(self.steps_of(job) for job in self.jobs)

    @property
    def steps_done(self) -> int:
        """Sampler steps taken, those of images being drawn included."""
        ended = sum(self.steps_of(job) for job in self.in_state(JobState.DONE))
        return ended + sum(min(job.step, self.steps_of(job)) for job in self.running)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why jobs failed, each reason once, with the number of jobs."""
        return Counter(job.reason for job in self.in_state(JobState.FAILED)).most_common()

    @property
    def smaller_shapes(self) -> list[int]:
        """How many images were drawn at once where the batch's own number did not fit into a worker's memory."""
        return sorted({job.shape for job in self.jobs if job.shape < self.batch.batch_shape}, reverse=True)

    @cached_property
    def seconds_per_image(self) -> float | None:
        """Mean time to draw one image; None until one is there."""
        mean: float | None = self.images.aggregate(mean=Avg("seconds"))["mean"]
        return mean

    @property
    def images_per_second(self) -> float | None:
        """With the workers that draw now."""
        return max(len(self.running), 1) / self.seconds_per_image if self.seconds_per_image else None

    @property
    def time_left(self) -> timedelta | None:
        """At this pace; None while it cannot be told."""
        if not self.images_per_second or not self.running:
            return None
        return timedelta(seconds=round(self.n_missing / self.images_per_second))

    @property
    def time_left_in_words(self) -> str:
        """As one would say it: 40 s, 12 min, 3 h 20 min."""
        seconds = int(self.time_left.total_seconds()) if self.time_left else 0
        if seconds < 60:
            return f"{seconds} s"
        minutes = round(seconds / 60)
        return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"

    @property
    def has_no_worker(self) -> bool:
        """Whether jobs have waited for a while and no worker anywhere shows a sign of life."""
        since = timezone.now() - PATIENCE
        if self.batch.paused_at:
            return False
        waiting = any(job.queued_at < since for job in self.in_state(JobState.QUEUED))
        seen = Job.objects.on_a_worker() | Job.objects.filter(heartbeat_at__gte=since)
        return waiting and not seen.exists()

    @property
    def headline(self) -> str:
        """The answer to: is the batch done?"""
        if self.is_stopping:
            return "Stopping"
        if self.batch.paused_at and self.is_open:
            return "Pausing" if self.running else "Paused"
        if self.running:
            return "Drawing"
        if self.n_waiting:
            return "Waiting for a worker"
        if self.n_failed:
            return "Ended with failures"
        return "Done" if self.n_drawn == self.batch.count else "Cancelled"
