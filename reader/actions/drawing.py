"""Draw a study's images from its pools: by a fixed seed, never one film twice, and one image of each patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from lungstudy.library.models import Image
from reader.actions.drafts import drop_draw, editable_draft
from reader.actions.errors import StudyError
from reader.actions.grouping import Drawn, block_of_each, group_into_trials
from reader.models import Case, Pool, Study, Trial

ALGORITHM = (
    "images of a pool sorted by pixel SHA-256, permuted by numpy PCG64 seeded with the study's seed, pools in their "
    "order from one generator, practice last; taken while neither patient nor pixels are used; grouped into trials, "
    "trials dealt to blocks pool by pool, trial and case numbers permuted, all by the same generator"
)


@dataclass(frozen=True)
class Candidate:
    """What the draw needs to know of an image."""

    pk: int
    patient_key: str
    pixel_sha256: str
    finding: str


def images_of(pool: Pool) -> QuerySet[Image]:
    """Images that a pool may draw: of its stratum, and not excluded."""
    wanted = {
        "dataset": pool.dataset_id,
        "finding": pool.finding,
        "view": pool.view,
        "provenance__generator": pool.generator,
        "provenance__prompt": pool.prompt,
    }
    said = {name: value for name, value in wanted.items() if value}
    return Image.objects.usable().filter(dataset__origin=pool.origin, **said)


@dataclass(frozen=True)
class Availability:
    """What a pool finds: all images that fit, of how many patients, and how many its study could still draw."""

    images: int
    patients: int
    drawable: int


class Taken:
    """What a draw has used so far."""

    def __init__(self, study: Study) -> None:
        self.generator = np.random.Generator(np.random.PCG64(study.seed))
        self.one_per_patient = study.one_per_patient
        self.patients: set[str] = set()
        self.pictures: set[str] = set()

    def take(self, pool: Pool, candidates: list[Candidate], count: int) -> list[Candidate]:
        """Up to `count` candidates in a random order; those of practice share no patient with the study in any case."""
        strict = self.one_per_patient or pool.practice
        taken: list[Candidate] = []
        for index in self.generator.permutation(len(candidates)):
            candidate = candidates[index]
            if len(taken) == count:
                break
            known = strict and candidate.patient_key and candidate.patient_key in self.patients
            if known or candidate.pixel_sha256 in self.pictures:
                continue
            self.patients.add(candidate.patient_key)
            self.pictures.add(candidate.pixel_sha256)
            taken.append(candidate)
        return taken


def availability_for(pool: Pool) -> Availability:
    """What this pool finds, saved or not, after the study's pools before it have drawn by its seed."""
    mine = (pool.practice, pool.pk or inf)
    taken = Taken(pool.study)
    for earlier in (one for one in pool.study.pools.all() if (one.practice, one.pk) < mine):
        taken.take(earlier, candidates_of(earlier), earlier.count)
    candidates = candidates_of(pool)
    drawable = taken.take(pool, candidates, len(candidates))
    return Availability(len(candidates), len({one.patient_key or one.pk for one in candidates}), len(drawable))


@transaction.atomic
def draw_cases(*, study: Study) -> list[Case]:
    """Draw the cases anew; an earlier draw of this draft, with its hand-drawn masks, is replaced.

    Raises
    ------
    StudyError
        A pool asks for more than there is, or the images do not fit into trials; says which number to change.
    """
    draft = editable_draft(study)
    pools = list(draft.pools.select_related("dataset"))
    if not any(not pool.practice for pool in pools):
        raise StudyError("The study has no pool yet. Add at least one of real and one of synthetic images.")
    taken = Taken(draft)
    drawn = draw_from_pools(pools, taken)
    groups = {practice: group_into_trials(draft, drawn[practice], taken.generator) for practice in (False, True)}
    drop_draw(draft)
    return store_trials(draft, groups, taken.generator)


def draw_from_pools(pools: Iterable[Pool], taken: Taken) -> dict[bool, list[Drawn]]:
    """The images of every pool in turn, those of the study and those of practice."""
    drawn: dict[bool, list[Drawn]] = {False: [], True: []}
    for position, pool in enumerate(pools, start=1):
        images = taken.take(pool, candidates_of(pool), pool.count)
        if len(images) < pool.count:
            raise StudyError(too_few(position, pool, len(images)))
        drawn[pool.practice] += [Drawn(pool, image.pk, image.finding) for image in images]
    return drawn


def store_trials(draft: Study, groups: dict[bool, list[list[Drawn]]], generator: np.random.Generator) -> list[Case]:
    """Write trials and cases, numbered in an order that says nothing of origin; practice after the study."""
    cases: list[Case] = []
    n_trials = 0
    for practice, trials in groups.items():
        blocks = block_of_each(trials, 1 if practice else draft.blocks, generator)
        numbers = generator.permutation(len(trials)) + 1 + n_trials
        stored = [
            Trial(study=draft, number=int(number), block=block, practice=practice)
            for number, block in zip(numbers, blocks, strict=True)
        ]
        Trial.objects.bulk_create(stored)
        members = [
            (trial, place, one)
            for trial, group in zip(stored, trials, strict=True)
            for place, one in enumerate(group, start=1)
        ]
        case_numbers = generator.permutation(len(members)) + 1 + len(cases)
        cases += [
            Case(study=draft, trial=trial, place=place, image_id=one.image_id, pool=one.pool, number=int(number))
            for (trial, place, one), number in zip(members, case_numbers, strict=True)
        ]
        n_trials += len(trials)
    return Case.objects.bulk_create(cases)


def too_few(position: int, pool: Pool, found: int) -> str:
    """Which number to change."""
    name = str(pool.dataset) if pool.dataset else f"any {pool.origin} data set"
    asked = f"Pool {position} ({name}) asks for {pool.count} images"
    if not found:
        return f"{asked}, but none is left for it. Remove the pool, or add images to the data set."
    there = f"{found} of patients not used elsewhere in the study {'is' if found == 1 else 'are'} there"
    return f"{asked}, but {there}. Ask for {found} or fewer, or add images."


def candidates_of(pool: Pool) -> list[Candidate]:
    """A pool's images in an order that depends on their pixels alone."""
    fields = images_of(pool).values_list("pk", "patient_key", "pixel_sha256", "finding")
    return sorted((Candidate(*row) for row in fields), key=lambda one: (one.pixel_sha256, one.pk))
