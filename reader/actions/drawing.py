"""Draw a study's images from its pools: by a fixed seed, never two of one patient, never one film twice."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from lungstudy.library.models import Image
from reader.actions.drafts import drop_draw, editable_draft
from reader.actions.errors import StudyError
from reader.models import Case, Pool, Study

ALGORITHM = (
    "images of a pool sorted by pixel SHA-256, permuted by numpy PCG64 seeded with the study's seed, pools in their "
    "order from one generator; taken while neither patient nor pixels are used; case numbers permuted by the same"
)


@dataclass(frozen=True)
class Candidate:
    """What the draw needs to know of an image."""

    pk: int
    patient_key: str
    pixel_sha256: str


def images_of(pool: Pool) -> QuerySet[Image]:
    """Images that a pool may draw: of its data set, finding and view, and not excluded."""
    images = Image.objects.usable().filter(dataset=pool.dataset_id)
    if pool.finding:
        images = images.filter(finding=pool.finding)
    return images.filter(view=pool.view) if pool.view else images


@dataclass(frozen=True)
class Availability:
    """What a pool finds: all images that fit, of how many patients, and how many its study could still draw."""

    images: int
    patients: int
    drawable: int


def availability_for(pool: Pool) -> Availability:
    """What this pool finds, saved or not, after the study's pools before it have drawn by its seed."""
    before = pool.study.pools.select_related("dataset")
    if pool.pk is not None:
        before = before.filter(pk__lt=pool.pk)
    generator = generator_of(pool.study)
    patients: set[str] = set()
    pictures: set[str] = set()
    for earlier in before:
        take(candidates_of(earlier), earlier.count, generator, patients, pictures)
    candidates = candidates_of(pool)
    drawable = take(candidates, len(candidates), generator, patients, pictures)
    return Availability(len(candidates), len({one.patient_key or one.pk for one in candidates}), len(drawable))


def generator_of(study: Study) -> np.random.Generator:
    """The one generator of a draw."""
    return np.random.Generator(np.random.PCG64(study.seed))


@transaction.atomic
def draw_cases(*, study: Study) -> list[Case]:
    """Draw the cases anew; an earlier draw of this draft, with its hand-drawn masks, is replaced.

    Raises
    ------
    StudyError
        A pool asks for more than there is; says which number to change.
    """
    draft = editable_draft(study)
    pools = list(draft.pools.select_related("dataset"))
    if not pools:
        raise StudyError("The study has no pool yet. Add at least one of real and one of synthetic images.")
    generator = generator_of(draft)
    drawn = draw_from_pools(pools, generator)
    numbers = generator.permutation(len(drawn)) + 1
    drop_draw(draft)
    cases = [
        Case(study=draft, image_id=candidate.pk, pool=pool, number=int(number))
        for (pool, candidate), number in zip(drawn, numbers, strict=True)
    ]
    return Case.objects.bulk_create(cases)


def draw_from_pools(pools: Iterable[Pool], generator: np.random.Generator) -> list[tuple[Pool, Candidate]]:
    """The images of every pool in turn; what one pool took, the next leaves out."""
    patients: set[str] = set()
    pictures: set[str] = set()
    drawn: list[tuple[Pool, Candidate]] = []
    for position, pool in enumerate(pools, start=1):
        taken = take(candidates_of(pool), pool.count, generator, patients, pictures)
        if len(taken) < pool.count:
            raise StudyError(too_few(position, pool, len(taken)))
        drawn += [(pool, candidate) for candidate in taken]
    return drawn


def too_few(position: int, pool: Pool, found: int) -> str:
    """Which number to change."""
    asked = f"Pool {position} ({pool.dataset}) asks for {pool.count} images"
    if not found:
        return f"{asked}, but none is left for it. Remove the pool, or add images to the data set."
    there = f"{found} of patients not used elsewhere in the study {'is' if found == 1 else 'are'} there"
    return f"{asked}, but {there}. Ask for {found} or fewer, or add images."


def candidates_of(pool: Pool) -> list[Candidate]:
    """A pool's images in an order that depends on their pixels alone."""
    fields = images_of(pool).values_list("pk", "patient_key", "pixel_sha256")
    return sorted((Candidate(*row) for row in fields), key=lambda one: (one.pixel_sha256, one.pk))


def take(
    candidates: list[Candidate], count: int, generator: np.random.Generator, patients: set[str], pictures: set[str]
) -> list[Candidate]:
    """Up to `count` candidates in a random order; `patients` and `pictures` are what is used, and grow."""
    taken: list[Candidate] = []
    for index in generator.permutation(len(candidates)):
        candidate = candidates[index]
        if len(taken) == count:
            break
        if candidate.pixel_sha256 in pictures or (candidate.patient_key and candidate.patient_key in patients):
            continue
        patients.add(candidate.patient_key)
        pictures.add(candidate.pixel_sha256)
        taken.append(candidate)
    return taken
