"""The tables of an unblinded study, row by row, in the columns of the data dictionary."""

from collections.abc import Callable, Iterator
from typing import Any

from reader.models import Sitting, Slot, Study
from reader.reports.results import results_of
from reader.reports.truth import every_image, every_reading, refuse_while_blind

Row = tuple[Any, ...]
Rows = Callable[[Study], Iterator[Row]]


def readings(study: Study) -> Iterator[Row]:
    """Every version of every answer; `current` is 1 on the one that counts in each slot."""
    return ((study.protocol_sha256, *row) for row in every_reading(study))


def images(study: Study) -> Iterator[Row]:
    """Every case with what is known of its image."""
    return ((study.protocol_sha256, *row) for row in every_image(study))


def readers(study: Study) -> Iterator[Row]:
    """Every reader who joined, by number alone."""
    refuse_while_blind(study)
    said = ("years_reading", "specialty", "subspecialty", "display")
    joined = study.assignments.joined().with_progress().order_by("number")
    columns = ("number", "group", "block", "answer_order", *(f"background__{name}" for name in said))
    for row in joined.values_list(*columns, "joined_at", "consented_at", "started_at", "n_slots", "n_read"):
        number, group, block, order, *rest = row
        yield (study.protocol_sha256, number, group, block, " ".join(order), *rest)


def visits(study: Study) -> Iterator[Row]:
    """On which browser and screen readers sat, and what they saw of the grey-scale pattern, visit by visit."""
    refuse_while_blind(study)
    sittings = Sitting.objects.filter(assignment__study=study).order_by("assignment__number", "started_at")
    screen = ("screen_width", "screen_height", "window_width", "window_height", "pixel_ratio", "colour_depth")
    columns = ("assignment__number", "session", "started_at", "user_agent", *screen, "monitor_check")
    return ((study.protocol_sha256, *row) for row in sittings.values_list(*columns).iterator(chunk_size=5000))


def orders(study: Study) -> Iterator[Row]:
    """What was shown to whom, slot by slot, as it was stored."""
    refuse_while_blind(study)
    slots = Slot.objects.filter(assignment__study=study).order_by("assignment__number", "session", "position")
    columns = ("assignment__number", "session", "position", "trial__number", "occasion", "arrangement")
    return ((study.protocol_sha256, *row) for row in slots.values_list(*columns).iterator(chunk_size=5000))


def statistics(study: Study) -> Iterator[Row]:
    """Every statistic with its interval, p-value, numbers, population and reason."""
    return ((study.protocol_sha256, *row.as_json().values()) for row in results_of(study).rows)


ROWS: dict[str, Rows] = {
    "readings": readings, "images": images, "readers": readers, "visits": visits, "orders": orders,
    "statistics": statistics,
}  # fmt: skip
