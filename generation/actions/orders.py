"""What a batch is asked to draw, before anything is stored; and the rows and jobs that it becomes."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from django.conf import settings

from generation.diffusion.attention.wanted import NO_ATTENTION, Wanted
from generation.diffusion.composing import terms_of
from generation.diffusion.recipe import Adapter, Start
from generation.models import Adapter as AdapterFile
from generation.models import Batch, BatchLine, Generator, GivenPicture
from generation.models.batch import SOURCE
from lungstudy.library.models import Image

HIGHEST_SEED = 2**32 - 1
MOST_IMAGES = 2000


class QueueingError(ValueError):
    """Why a batch cannot be queued, in one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One prompt; its images have the seeds from `first_seed` on."""

    prompt: str
    negative_prompt: str = ""
    finding: str = ""
    count: int
    first_seed: int


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a batch is asked to draw.

    Attributes
    ----------
    source : Image or None
        The library's image that is changed, where it is known: two patients' may look the same.
    """

    generator: Generator
    lines: tuple[OrderLine, ...]
    steps: int
    guidance: float
    scheduler: str
    width: int
    height: int
    adapters: tuple[Adapter, ...] = ()
    start: Start | None = None
    source: Image | None = None
    attended: Wanted = NO_ATTENTION
    priority: int = 0

    @property
    def count(self) -> int:
        """Images of all lines."""
        return sum(line.count for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class NewDataset:
    """A synthetic data set to be made together with the batch."""

    name: str
    licence: str


def check_size(generator: Generator, size: int) -> None:
    """Refuse a width and height that the generator cannot draw.

    Raises
    ------
    QueueingError
        With the sizes beside it that can be drawn.
    """
    step = generator.size_multiple
    if size < step or size % step:
        lower = max(step, size // step * step)
        raise QueueingError(f"{generator} draws multiples of {step} pixels; take {lower} or {lower + step}.")


def unsaved_batch(order: Order, **more: Any) -> tuple[Batch, list[BatchLine]]:
    """The order's rows, stored nowhere: recipes come from these, whoever draws them.

    Raises
    ------
    ValueError
        A number of the order is out of range, in the words of `Recipe`.
    """
    batch = Batch(
        generator=order.generator,
        count=order.count,
        steps=order.steps,
        guidance=order.guidance,
        scheduler=order.scheduler,
        width=order.width,
        height=order.height,
        adapters=[asdict(one) for one in order.adapters],
        start=_start_of(order),
        attended=order.attended.as_json() if order.attended.phrases else {},
        priority=order.priority,
        batch_shape=settings.BATCH_SHAPE,
        **more,
    )
    lines, at = [], 0
    for wanted in order.lines:
        lines.append(BatchLine(batch=batch, first_index=at, **vars(wanted)))
        lines[-1].recipe(at)
        at += wanted.count
    return batch, lines


def _start_of(order: Order) -> dict[str, Any]:
    if order.start is None:
        return {}
    return asdict(order.start) | ({SOURCE: str(order.source.token)} if order.source else {})


def shares(lines: Sequence[BatchLine], shape: int) -> Iterator[range]:
    """The images of each job: neighbours that can be drawn together, at most `shape` of them."""
    for _, group in groupby(lines, key=drawn_with):
        together = list(group)
        end = together[-1].indexes.stop
        for start in range(together[0].first_index, end, shape):
            yield range(start, min(start + shape, end))


def drawn_with(line: BatchLine) -> tuple[int, tuple[Adapter, ...]]:
    """What lines must share to be drawn together: the number of terms and the adapters."""
    return len(terms_of(line.prompt)), line.adapters


def draws_phantoms(order: Order) -> bool:
    """Whether nothing of a patient goes in: neither into the model nor beside it, nor as the image that is changed."""
    if not order.generator.phantoms:
        return False
    hashes = [one.sha256 for one in order.adapters]
    if AdapterFile.objects.filter(sha256__in=hashes, phantoms=False).exists():
        return False
    if order.source and not order.source.dataset.phantoms:
        return False
    images = [order.start.image_sha256] if order.start else []
    of_phantoms = GivenPicture.objects.filter(sha256__in=images, source__dataset__phantoms=True)
    return of_phantoms.count() == len(images)
