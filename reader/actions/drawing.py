"""Draw a study's images from its pools: by a fixed seed, never two of one patient, never one film twice."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from lungstudy.library.models import Image
from reader.actions.drafts import editable_draft
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
    generator = np.random.Generator(np.random.PCG64(draft.seed))
    drawn = draw_from_pools(pools, generator)
    numbers = generator.permutation(len(drawn)) + 1
    draft.cases.all().delete()
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
        fields = images_of(pool).values_list("pk", "patient_key", "pixel_sha256")
        candidates = sorted((Candidate(*row) for row in fields), key=lambda one: (one.pixel_sha256, one.pk))
        taken = take(candidates, pool.count, generator, patients, pictures)
        if len(taken) < pool.count:
            raise StudyError(
                f"Pool {position} ({pool.dataset}) asks for {pool.count} images, but {len(taken)} of different "
                f"patients are left for it. Ask for {len(taken)} or fewer, or add images."
            )
        drawn += [(pool, candidate) for candidate in taken]
    return drawn


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
