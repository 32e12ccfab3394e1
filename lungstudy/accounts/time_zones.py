"""The time zones that a person may choose from, grouped for a select."""

from functools import cache
from zoneinfo import available_timezones

# Old names and fixed offsets that nobody should have to scroll past.
LEFT_OUT = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/")


@cache
def time_zone_names() -> list[str]:
    """Every zone that is named after a place, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(LEFT_OUT))
    return ["UTC", *sorted(places)]


@cache
def time_zone_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Choices of a select: UTC, then one group for each part of the world."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in time_zone_names()[1:]:
        region, place = name.split("/", 1)
        groups.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *groups.items()]
