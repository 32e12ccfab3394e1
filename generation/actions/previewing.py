"""Previews: one seed in few steps, drawn before anything else, into a data set whose name says that it is no result."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from generation.actions.orders import Order, draws_phantoms, unsaved_batch
from generation.actions.queueing import queue_batch
from generation.diffusion.attention.wanted import NO_ATTENTION
from generation.diffusion.recipe import Recipe
from generation.models import Batch, BatchLine, Job
from lungstudy.accounts.models import User
from lungstudy.library.models import Dataset, Origin

PREVIEWS = "Previews (few steps, not for studies)"
MOST_STEPS = 8
PRIORITY = 100


def queue_previews(*, order: Order, by: User | None) -> tuple[list[BatchLine], Batch | None]:
    """The order's prompts, one seed of each, and the batch that draws those that no earlier preview has; None for none.

    Raises
    ------
    QueueingError
        The images cannot be drawn, or kept among the previews.
    """
    short = shortened(order)
    dataset = previews_for(short, by)
    wanted = recipes_of(unsaved_batch(short)[1])
    seeds = {line.first_seed for line in short.lines}
    earlier = BatchLine.objects.filter(batch__dataset=dataset, batch__generator=order.generator, first_seed__in=seeds)
    lost = Job.objects.filter(batch__dataset=dataset, batch__generator=order.generator).never_drawn()
    kept = (one for one in earlier.select_related("batch__generator") if (one.batch_id, one.first_index) not in lost)
    there = recipes_of(kept)
    missing = tuple(line for line, recipe in zip(short.lines, wanted, strict=True) if recipe not in there)
    batch = None
    if missing:
        batch = queue_batch(order=replace(short, lines=missing), dataset=dataset, request_key=uuid4(), by=by)
        there |= recipes_of(batch.lines.select_related("batch__generator"))
    return [there[recipe] for recipe in wanted], batch


def shortened(order: Order) -> Order:
    """The same prompts as a preview draws them, each once; without a label, which no half-drawn image deserves."""
    lines = {(line.prompt, line.negative_prompt): replace(line, count=1, finding="") for line in order.lines}
    steps = min(order.steps, MOST_STEPS)
    return replace(order, lines=tuple(lines.values()), steps=steps, attended=NO_ATTENTION, priority=PRIORITY)


def recipes_of(lines: Iterable[BatchLine]) -> dict[Recipe, BatchLine]:
    """Each line by the recipe of its image."""
    return {line.recipe(line.first_index): line for line in lines}


def previews_for(order: Order, by: User | None) -> Dataset:
    """The data set of previews; phantoms have one of their own, as everywhere."""
    phantoms = draws_phantoms(order)
    found, _ = Dataset.objects.get_or_create(
        name=f"{PREVIEWS}, phantoms" if phantoms else PREVIEWS,
        defaults={
            "origin": Origin.SYNTHETIC, "phantoms": phantoms, "licence": "that of each image's model", "created_by": by,
            "citation": f"Previews of steering, drawn in {MOST_STEPS} steps at most: to look at, not for studies.",
        },
    )  # fmt: skip
    return found
