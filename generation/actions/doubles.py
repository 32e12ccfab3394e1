"""No image twice: neither in one batch, nor in a data set that has it already."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from generation.actions.orders import Order, QueueingError, unsaved_batch
from generation.diffusion.recipe import Recipe
from generation.models import Batch, BatchLine
from lungstudy.library.models import Dataset


def refuse_doubles(order: Order) -> None:
    """No seed of a recipe twice in one order.

    Raises
    ------
    QueueingError
        Two lines ask for the same image.
    """
    for lines in by_family(unsaved_batch(order)[1]).values():
        lines.sort(key=lambda line: line.first_seed)
        for line, following in pairwise(lines):
            if line.last_seed >= following.first_seed:
                raise QueueingError(
                    f"Seed {following.first_seed} of “{following.prompt[:60]}” is asked for twice; take each seed of a "
                    "prompt once."
                )


def overlapping_line(dataset: Dataset, order: Order) -> BatchLine | None:
    """A line in the data set that has an image of the order already; of several, one with the highest seeds."""
    batch, wanted = unsaved_batch(order)
    settings = ("generator", "steps", "guidance", "scheduler", "width", "height", "batch_shape")
    same = Batch.objects.filter(dataset=dataset, **{name: getattr(batch, name) for name in settings})
    stored = BatchLine.objects.filter(batch__in=same).select_related("batch__generator").order_by("-first_seed")
    there = by_family(stored)
    pairs = ((one, other) for one in wanted for other in there.get(family_of(one), ()))
    return next((o for w, o in pairs if o.first_seed <= w.last_seed and o.last_seed >= w.first_seed), None)


def by_family(lines: Iterable[BatchLine]) -> dict[Recipe, list[BatchLine]]:
    """Lines that differ in seeds alone, together."""
    families: dict[Recipe, list[BatchLine]] = {}
    for line in lines:
        families.setdefault(family_of(line), []).append(line)
    return families


def family_of(line: BatchLine) -> Recipe:
    """The line's recipe, whatever the seed."""
    return replace(line.recipe(line.first_index), seed=0)
