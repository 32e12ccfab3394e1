"""The real films with lung masks drawn by people, by definition of lung, and which patients constants were tuned on."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHARED = Path(os.environ.get("LUNGSTUDY_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FILMS = SHARED / "data" / "cxr"
INSIDE, OUTSIDE = "heart inside", "heart outside"
TUNED_SHARE = 1 / 3
"""Of the patients with the heart inside the outline; none of those with the heart outside."""


@dataclass(frozen=True)
class Film:
    """One film with its true mask, both at one size."""

    file: str
    patient: str
    picture: NDArray[np.uint8]
    mask: NDArray[np.bool_]


def rows_of(folder: Path, definition: str) -> list[dict[str, str]]:
    """Lines of the films whose masks people drew under this definition; automatic masks are no truth."""
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as lines:
        masked = [row for row in csv.DictReader(lines) if row["has_lung_mask"] == "1"]
    source = {INSIDE: "v7", OUTSIDE: "GeneralBlockchain"}[definition]
    return [row for row in masked if row["mask_source"].startswith(source)]


def tuning_patients(folder: Path) -> set[str]:
    """A third of the patients with the heart inside, by seed; those who also have a mask without the heart stay out."""
    outside = {row["patient_key"] for row in rows_of(folder, OUTSIDE)}
    patients = sorted({row["patient_key"] for row in rows_of(folder, INSIDE)} - outside)
    order = np.random.default_rng(0).permutation(len(patients))
    return {patients[index] for index in order[: round(TUNED_SHARE * len(patients))]}


def films_of(folder: Path, definition: str, tuning: bool, side: int, most: int | None = None) -> list[Film]:
    """The films to tune on, or to test on, of one definition, in random order, their longest side brought to `side`."""
    tuned = tuning_patients(folder)
    rows = [row for row in rows_of(folder, definition) if (row["patient_key"] in tuned) == tuning]
    order = np.random.default_rng(1).permutation(len(rows))[:most]
    return [_read(folder, rows[index], side) for index in order]


def _read(folder: Path, row: dict[str, str], side: int) -> Film:
    with Image.open(folder / row["file"]) as picture, Image.open(folder / row["mask_file"]) as mask:
        scale = side / max(picture.size)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        grey = np.asarray(picture.convert("L").resize(size, Image.Resampling.BICUBIC))
        inside = np.asarray(mask.convert("L").resize(size, Image.Resampling.NEAREST)) > 127
    return Film(row["file"], row["patient_key"], grey, inside)
