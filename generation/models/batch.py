"""Batches: a request for N images by one generator with one setting, their prompts on its lines."""

import uuid
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.text import Truncator

from generation.diffusion.recipe import SCHEDULERS, Adapter, Recipe, Start
from generation.models.generator import Generator
from lungstudy.jobs.models import OPEN_STATES, JobState
from lungstudy.library.models import Dataset, Image

if TYPE_CHECKING:
    from generation.models.batch_line import BatchLine

SOURCE = "source"


class BatchQuerySet(models.QuerySet["Batch"]):
    """Questions about batches."""

    def sent_with(self, request_key: str) -> "Batch | None":
        """The batch that a form with this key has queued already."""
        try:
            return self.filter(request_key=uuid.UUID(request_key)).first()
        except ValueError:
            return None

    def paused(self) -> Self:
        """Held back: no worker takes their jobs."""
        return self.exclude(paused_at=None)

    def waiting(self) -> Self:
        """With images still to be drawn, in the order in which workers take them."""
        unfinished = self.filter(jobs__state__in=OPEN_STATES).values("pk")
        return self.filter(pk__in=unfinished, cancelled_at=None).order_by("-priority", "pk")

    def with_title(self) -> Self:
        """With `first_prompt` and `n_prompts`, which a title is made of, in this very query."""
        # Questions beside this one: joined with jobs and images, many lines would be many rows.
        own = self.model.objects.filter(pk=models.OuterRef("pk")).order_by("lines__first_index")
        n_prompts = self.model.objects.annotate(n=models.Count("lines__prompt", distinct=True)).order_by()
        return self.annotate(
            first_prompt=models.Subquery(own.values("lines__prompt")[:1]),
            n_prompts=models.Subquery(n_prompts.filter(pk=models.OuterRef("pk")).values("n")),
        )

    def with_progress(self) -> Self:
        """Newest first, with their title, `n_drawn` (images stored), `n_open` and `n_failed` (jobs)."""
        return (
            self.with_title()
            .annotate(
                n_drawn=models.Count("jobs__images", distinct=True),
                n_open=models.Count("jobs", filter=models.Q(jobs__state__in=OPEN_STATES), distinct=True),
                n_failed=models.Count("jobs", filter=models.Q(jobs__state=JobState.FAILED), distinct=True),
            )
            .order_by("-created_at")  # said again: a grouped query forgets the table's own order
        )


class Batch(models.Model):
    """N images by one generator and setting; its lines say of which prompt each is, and with which seed."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made with the form: a double click sends it twice and queues one batch.
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generator = models.ForeignKey(Generator, on_delete=models.PROTECT, related_name="batches")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="batches")
    count = models.PositiveIntegerField(help_text="Of all its lines.")
    steps = models.PositiveIntegerField()
    guidance = models.FloatField()
    scheduler = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    batch_shape = models.PositiveSmallIntegerField(help_text="Images drawn at once; part of the recipe.")
    # As recipes hold them: [{"kind", "name", "sha256", "scale"}] and {"image_sha256", "strength", ...}; beside the
    # latter "source", the token of the library's image that is changed, where that is known.
    adapters: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        default=list, blank=True
    )
    start: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    # Words of the prompt whose attention is kept while drawing: {"phrases", "resolutions" (all where absent),
    # "first_step", "last_step"}. Not part of the recipe: the image is the same without it, bit for bit.
    attended: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    priority = models.SmallIntegerField(default=0, help_text="The higher, the sooner.")
    paused_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=1), name="batch_draws_something"),
            models.CheckConstraint(condition=models.Q(steps__gte=1), name="batch_takes_a_step"),
            models.CheckConstraint(condition=models.Q(batch_shape__gte=1), name="batch_has_a_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.title}"

    @cached_property
    def ordered_lines(self) -> "list[BatchLine]":
        """All lines, read once, so that no image asks for its own."""
        return list(self.lines.all())

    @cached_property
    def first_prompt(self) -> str:
        """The first line's."""
        return self.ordered_lines[0].prompt if self.ordered_lines else ""

    @cached_property
    def n_prompts(self) -> int:
        """How many different ones it draws."""
        return len({line.prompt for line in self.ordered_lines})

    @property
    def title(self) -> str:
        """What to call it: its first prompt, and how many more there are."""
        more = f" and {self.n_prompts - 1} more" if self.n_prompts > 1 else ""
        return f"“{Truncator(self.first_prompt).chars(80)}”{more}"

    def line_at(self, index: int) -> "BatchLine":
        """The line that image `index`, from 0, belongs to."""
        return self.ordered_lines[bisect_right([line.first_index for line in self.ordered_lines], index) - 1]

    def recipe(self, index: int) -> Recipe:
        """All that decides image `index` of the batch, from 0."""
        return self.line_at(index).recipe(index)

    @property
    def used_adapters(self) -> tuple[Adapter, ...]:
        """What was learned beside the model and takes part, as recipes name it."""
        return tuple(Adapter(**one) for one in self.adapters)

    @property
    def begun_with(self) -> Start | None:
        """The image that is changed, if any."""
        fields = {name: value for name, value in self.start.items() if name != SOURCE}
        return Start(**fields) if fields else None

    @property
    def changed_image(self) -> Image | None:
        """The library's image that is changed, where it is known."""
        token = self.start.get(SOURCE)
        return Image.objects.filter(token=token).select_related("dataset").first() if token else None

    @property
    def scheduler_name(self) -> str:
        """As people write it."""
        return SCHEDULERS.get(self.scheduler, self.scheduler)
