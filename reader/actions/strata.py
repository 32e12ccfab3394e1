"""What a pool can be narrowed to: the findings, views, models and prompts that are in the library."""

from copy import copy

from reader.models import Pool

COLUMNS = {"finding": "finding", "view": "view", "generator": "provenance__generator", "prompt": "provenance__prompt"}
MOST = 200


def values_to_choose(pool: Pool) -> dict[str, list[str]]:
    """For each label, its values among the images that the rest of the pool's stratum leaves."""
    return {name: values_of(pool, name) for name in COLUMNS}


def values_of(pool: Pool, name: str) -> list[str]:
    """The different values of one label, whatever is typed for it."""
    rest = copy(pool)
    setattr(rest, name, "")
    column = COLUMNS[name]
    known = rest.images().exclude(**{column: ""}).exclude(**{f"{column}__isnull": True})
    return list(known.order_by(column).values_list(column, flat=True).distinct()[:MOST])
