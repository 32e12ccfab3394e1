"""Reference cases: the ones that may be committed, and the ones that are read from the shared folder."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

COMMITTED = Path(__file__).with_name("cases.json")
SHARED = Path(os.environ.get("LUNGSTUDY_SHARED", Path(__file__).parents[4] / "shared")) / "stats" / "cases.json"


def committed_case(name: str) -> dict[str, Any]:
    return _case(COMMITTED, name)


def shared_case(name: str) -> dict[str, Any]:
    """A case whose origin names a repository or a GPL package, so that it is not copied into the project."""
    if not SHARED.exists():
        pytest.skip(f"{name} is not ours to commit and {SHARED} is absent; set LUNGSTUDY_SHARED to its folder")
    return _case(SHARED, name)


def codes_of(ratings: list[list[int | None]], categories: list[int]) -> np.ndarray:
    """Ratings of a case as codes in the order of `categories`, -1 where missing."""
    position = {category: code for code, category in enumerate(categories)}
    return np.array([[-1 if said is None else position[said] for said in row] for row in ratings])


def _case(path: Path, name: str) -> dict[str, Any]:
    return next(case for case in json.loads(path.read_text())["cases"] if case["name"] == name)
