"""A grid of previews as it fills: the images of some lines, whichever batches drew them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from generation.models import BatchLine, GeneratedImage, Job
from generation.reports.strips import Strip, strips_of
from lungstudy.jobs.models import OPEN_STATES, JobState


@dataclass(frozen=True)
class Cell:
    """One prompt and its image, once it is drawn."""

    line: BatchLine
    image: GeneratedImage | None


@dataclass(frozen=True)
class PreviewGrid:
    """What the page that steers shows in place."""

    lines: Sequence[BatchLine]

    @property
    def keys(self) -> str:
        """How the page asks for the same grid again."""
        return ",".join(str(line.pk) for line in self.lines)

    @cached_property
    def cells(self) -> list[Cell]:
        """In the order of the prompts."""
        batches = {line.batch_id for line in self.lines}
        drawn = GeneratedImage.objects.filter(job__batch__in=batches).select_related("image", "job")
        found = {(one.job.batch_id, one.index): one for one in drawn}
        return [Cell(line, found.get((line.batch_id, line.first_index))) for line in self.lines]

    @cached_property
    def strips(self) -> list[Strip]:
        """The cells as rows from one condition to another; none where they are no strip."""
        texts = ("prompt", "negative_prompt", "first_seed", "count")
        lines = [
            BatchLine(batch=line.batch, first_index=at, **{name: getattr(line, name) for name in texts})
            for at, line in enumerate(self.lines)
        ]
        return strips_of(lines, {at: cell.image for at, cell in enumerate(self.cells) if cell.image})

    @property
    def n_drawn(self) -> int:
        """Cells that show an image."""
        return sum(cell.image is not None for cell in self.cells)

    @cached_property
    def jobs(self) -> list[Job]:
        """Those that draw the cells without an image."""
        empty = [cell.line for cell in self.cells if not cell.image]
        rows = Job.objects.filter(batch__in={line.batch_id for line in empty})
        wanted = {(line.batch_id, line.first_index) for line in empty}
        return [
            job
            for job in rows
            if any((job.batch_id, job.first_index + at) in wanted for at in range(job.images_wanted))
        ]

    @property
    def is_open(self) -> bool:
        """Whether images are still to come."""
        return any(job.state in OPEN_STATES for job in self.jobs)

    @property
    def reasons(self) -> list[str]:
        """Why images do not come."""
        return list(dict.fromkeys(job.reason for job in self.jobs if job.state == JobState.FAILED and job.reason))
