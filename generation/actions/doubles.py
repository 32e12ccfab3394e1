"""No image twice: neither in one batch, nor in a data set that has it already."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from generation.actions.orders import Order, QueueingError, unsaved_batch
from generation.diffusion.recipe import Recipe
from generation.models import Batch, BatchLine, Job
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
    """A line in the data set with an image of the order, there or on its way; of several, one with the highest seed."""
    batch, wanted = unsaved_batch(order)
    settings = ("generator", "steps", "guidance", "scheduler", "width", "height", "batch_shape")
    same = Batch.objects.filter(dataset=dataset, **{name: getattr(batch, name) for name in settings})
    stored = BatchLine.objects.filter(batch__in=same).select_related("batch__generator").order_by("-first_seed")
    there, lost = by_family(stored), Job.objects.filter(batch__in=same).never_drawn()
    pairs = ((one, other) for one in wanted for other in there.get(family_of(one), ()))
    return next((other for one, other in pairs if has_image_of(other, one, lost)), None)


def has_image_of(stored: BatchLine, wanted: BatchLine, lost: set[tuple[int, int]]) -> bool:
    """Whether the two share a seed whose image is not among the lost."""
    first, last = max(stored.first_seed, wanted.first_seed), min(stored.last_seed, wanted.last_seed)
    position = stored.first_index - stored.first_seed
    return any((stored.batch_id, position + seed) not in lost for seed in range(first, last + 1))


def by_family(lines: Iterable[BatchLine]) -> dict[Recipe, list[BatchLine]]:
    """Lines that differ in seeds alone, together."""
    families: dict[Recipe, list[BatchLine]] = {}
    for line in lines:
        families.setdefault(family_of(line), []).append(line)
    return families


def family_of(line: BatchLine) -> Recipe:
    """The line's recipe, whatever the seed."""
    return replace(line.recipe(line.first_index), seed=0)
