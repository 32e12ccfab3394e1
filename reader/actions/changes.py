"""What an amendment changed, from the two protocols."""

from collections.abc import Iterator
from typing import Any

COMPARED = ("title", "asked", "schedule", "before_reading", "plan", "pools", "presentation")
"""Parts whose every difference is listed; of the images it is said only that they are others."""


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[list[Any]]:
    """Every difference as [what, before, after]; `what` is a path such as "asked.question"."""
    found = [change for part in COMPARED for change in differences(part, before.get(part), after.get(part))]
    if pixels_of(before) != pixels_of(after):
        found.append(["cases", f"{len(before['cases'])} images", f"{len(after['cases'])} images, not all the same"])
    return [change for change in found if change[0] != "schedule.order_seed"]


def differences(path: str, before: Any, after: Any) -> Iterator[list[Any]]:
    """Differences of one value, or of every key of a part."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from differences(f"{path}.{key}", before.get(key), after.get(key))
    elif before != after:
        yield [path, before, after]


def pixels_of(protocol: dict[str, Any]) -> list[str]:
    """The image set, whatever the numbers."""
    return sorted(case["pixels"] for case in protocol.get("cases", []))
