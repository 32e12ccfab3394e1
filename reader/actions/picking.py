"""Pick images for pools: by a fixed seed, never one picture twice, and one image of each patient."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reader.models import Pool, Study


@dataclass(frozen=True)
class Candidate:
    """What the draw needs to know of an image."""

    pk: int
    patient_key: str
    pixel_sha256: str
    finding: str


@dataclass(frozen=True)
class Pick:
    """What one pool finds, what it could draw after the pools before it, and what it draws."""

    pool: Pool
    images: int
    patients: int
    without_patient: int
    possible: list[Candidate]

    @property
    def drawable(self) -> int:
        """How many images it could draw."""
        return len(self.possible)

    @property
    def drawn(self) -> list[Candidate]:
        """What it draws."""
        return self.possible[: self.pool.count]

    @property
    def is_short(self) -> bool:
        """Whether it asks for more than there is."""
        return self.drawable < self.pool.count


def candidates_of(pool: Pool) -> list[Candidate]:
    """A pool's images in an order that depends on their pixels alone."""
    fields = pool.images().values_list("pk", "patient_key", "pixel_sha256", "finding")
    return sorted((Candidate(*row) for row in fields), key=lambda one: (one.pixel_sha256, one.pk))


class Picker:
    """One generator for a whole draw, and what is used so far."""

    def __init__(self, study: Study) -> None:
        self.generator = np.random.Generator(np.random.PCG64(study.seed))
        self.one_per_patient = study.one_per_patient
        self.patients: set[str] = set()
        self.pictures: set[str] = set()

    def pick(self, pool: Pool) -> Pick:
        """What this pool draws next; its images are used from now on."""
        candidates = candidates_of(pool)
        mixed = [candidates[index] for index in self.generator.permutation(len(candidates))]
        patients = {one.patient_key for one in candidates if one.patient_key}
        without = sum(not one.patient_key for one in candidates)
        pick = Pick(pool, len(candidates), len(patients), without, self.unused(mixed, pool.practice))
        self.patients |= {one.patient_key for one in pick.drawn}
        self.pictures |= {one.pixel_sha256 for one in pick.drawn}
        return pick

    def unused(self, candidates: Iterable[Candidate], practice: bool) -> list[Candidate]:
        """Candidates of patients and pictures not yet used; practice never shares a patient with the study."""
        strict = self.one_per_patient or practice
        patients, pictures = set(self.patients), set(self.pictures)
        found: list[Candidate] = []
        for candidate in candidates:
            known = strict and candidate.patient_key and candidate.patient_key in patients
            if known or candidate.pixel_sha256 in pictures:
                continue
            patients.add(candidate.patient_key)
            pictures.add(candidate.pixel_sha256)
            found.append(candidate)
        return found


def pick_for(study: Study, pools: Iterable[Pool], picker: Picker | None = None) -> list[Pick]:
    """What these pools draw one after the other; those of practice come last."""
    picker = picker or Picker(study)
    return [picker.pick(pool) for pool in sorted(pools, key=lambda pool: pool.practice)]


def pick_with(study: Study, another: Pool) -> Pick:
    """What a pool that is not saved yet would draw after those that are."""
    picks = pick_for(study, [*study.pools.all(), another])
    return next(pick for pick in picks if pick.pool is another)
