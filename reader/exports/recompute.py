"""Computes every statistic of a study again, from the tables beside this file, and compares with statistics.json.

Needs numpy and scipy alone: python recompute.py
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from reader.stats.analysis import analyse, weights_of  # noqa: E402
from reader.stats.readings import Readings  # noqa: E402
from reader.stats.verdicts import MISSING, VERDICTS  # noqa: E402

OCCASIONS = 2
FACTS = ("generator", "prompt", "finding", "steps", "guidance")


def table(name: str) -> list[dict[str, str]]:
    """Rows of one CSV; a quote before a sign, put there against spreadsheets, is taken off."""
    with (HERE / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return [{key: unquoted(value) for key, value in row.items()} for row in csv.DictReader(lines)]


def unquoted(value: str) -> str:
    """The value as it was before a spreadsheet could have run it."""
    return value[1:] if value[:1] == "'" and value[1:2] in ("=", "+", "-", "@", "\t", "\r") else value


def study() -> tuple[Readings, dict[str, list[str]]]:
    """The study's readings, and how each image was made."""
    protocol = json.loads((HERE / "protocol.json").read_text(encoding="utf-8"))
    asked = protocol["asked"]
    cases: dict[int, list[dict[str, str]]] = {}
    images = [one for one in table("images") if one["practice"] == "0"]
    for one in sorted(images, key=lambda row: (int(row["trial"]), int(row["place"]))):
        cases.setdefault(int(one["trial"]), []).append(one)
    readers = table("readers")
    order = {(row["reader"], row["session"], row["position"]): row for row in table("orders")}
    categories = (
        [one for one in VERDICTS if one in asked["answers"]] if asked["design"] == "single" else asked["answers"]
    )
    several = len(next(iter(cases.values()), [])) > 1
    shape = (len(cases), len(readers))
    codes = np.full((*shape, protocol["schedule"]["sessions"] * OCCASIONS), MISSING, dtype=np.int64)
    beside = {name: np.full(shape, np.nan) for name in ("confidence", "seconds_open", "position")}
    row_of, column_of = (
        {key: at for at, key in enumerate(keys)} for keys in (cases, [one["reader"] for one in readers])
    )
    for said in table("readings"):
        if said["current"] != "1" or said["session"] == "0":
            continue
        slot = order[said["reader"], said["session"], said["position"]]
        chosen = str(json.loads(slot["arrangement"])[int(said["choice"]) - 1]) if said["choice"] else ""
        at = row_of[int(said["trial"])], column_of[said["reader"]]
        showing = (int(said["session"]) - 1) * OCCASIONS + int(said["occasion"]) - 1
        codes[(*at, showing)] = list(categories).index(said["verdict"] or said["rating"] or chosen)
        if showing == 0:
            for name, matrix in beside.items():
                matrix[at] = float(said[name]) if said[name] else np.nan
    first = [group[0] for group in cases.values()]
    wanted = {"real": "real", "fake": "synthetic"}[asked["target"]]
    right = [
        next(at for at, one in enumerate(group) if one["truth"] == wanted) if several else 0 for group in cases.values()
    ]
    groups = tuple(one["group"] for one in readers)
    data = Readings(
        tuple(one["trial"] if several else one["case"] for one in first),
        tuple(one["reader"] for one in readers), tuple(categories), codes[..., 0],
        is_fake=None if several else np.array([one["truth"] == "synthetic" for one in first], dtype=bool),
        right=np.array(right) if several else None,
        confidence=None if np.isnan(beside["confidence"]).all() else beside["confidence"],
        seconds=beside["seconds_open"], positions=beside["position"],
        repeats=codes if (codes[..., 1:] != MISSING).any() else None, groups=groups if any(groups) else None,
    )  # fmt: skip
    fakes = [next((one for one in group if one["truth"] == "synthetic"), group[0]) for group in cases.values()]
    facts = {name: [one[name] if one["truth"] == "synthetic" else "" for one in fakes] for name in FACTS}
    return data, facts


def main() -> None:
    """Compare row by row; stop with 1 where a number differs."""
    data, facts = study()
    stored = json.loads((HERE / "statistics.json").read_text(encoding="utf-8"))["rows"]
    again = json.loads(json.dumps([row.as_json() for row in analyse(data, weights_of(data), facts)]))
    if [(one["name"], one["weights"], one["group"]) for one in stored] != [
        (one["name"], one["weights"], one["group"]) for one in again
    ]:
        sys.exit("The statistics are not the same ones.")
    differing = [
        f"{one['name']} {one['group']} {key}: stored {one[key]}, again {other[key]}"
        for one, other in zip(stored, again, strict=True)
        for key in one
        if not same(one[key], other[key])
    ]
    sys.stdout.write(f"{len(stored)} statistics computed again, {len(differing)} numbers differ.\n")
    sys.exit("\n".join(differing) if differing else 0)


def same(one: object, other: object) -> bool:
    """Equal words, or numbers that agree to nine digits."""
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=1e-9, atol=1e-12))
    return one == other


if __name__ == "__main__":
    main()
