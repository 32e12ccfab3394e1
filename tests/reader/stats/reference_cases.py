"""Reference cases: the ones that may be committed, and the ones that are read from the shared folder."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

COMMITTED = Path(__file__).with_name("cases.json")
SHARED = Path(os.environ.get("LUNGSTUDY_SHARED", Path(__file__).parents[4] / "shared")) / "stats" / "cases.json"


def reference_case(name: str) -> dict[str, Any]:
    """A case by its name; skips, with the reason, where it is not ours to commit and the shared folder is absent."""
    committed = _cases(COMMITTED)
    if name in committed:
        return committed[name]
    if not SHARED.exists():
        pytest.skip(f"{name} is not ours to commit and {SHARED} is absent; set LUNGSTUDY_SHARED to its folder")
    return _cases(SHARED)[name]


def codes_of(ratings: list[list[int | None]], categories: list[int]) -> np.ndarray:
    """Ratings of a case as codes in the order of `categories`, -1 where missing."""
    position = {category: code for code, category in enumerate(categories)}
    return np.array([[-1 if said is None else position[said] for said in row] for row in ratings])


def codes_of_table(table: list[list[int]]) -> np.ndarray:
    """Two columns of codes that cross to this table."""
    return np.array([(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)])


@cache
def _cases(path: Path) -> dict[str, dict[str, Any]]:
    return {case["name"]: case for case in json.loads(path.read_text())["cases"]}
