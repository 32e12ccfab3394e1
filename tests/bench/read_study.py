"""A study that simulated readers have read to its end and that is unblinded, written in bulk."""

import uuid

import numpy as np

from lungstudy.library.models import Image, Origin, Provenance
from reader.models import Assignment, Case, Reading, Slot, Study, Trial, Verdict
from tests.factories import DatasetFactory, PoolFactory, StudyFactory, UserFactory

GENERATORS = ("small model", "large model", "large model, tuned")
FINDINGS = ("normal", "cardiomegaly", "effusion", "pneumonia")
STEPS = (10, 25, 50)


def read_study(readers: int, images: int, seed: int = 5, **protocol: object) -> Study:
    """Half fakes; readers differ in skill and in how often they are unsure; one in twenty images is shown again."""
    study = StudyFactory(state=Study.State.UNBLINDED, sealed=True, confidence="keys", repeats=images // 20, **protocol)
    generator = np.random.default_rng(seed)
    trials = stored_trials(study, images)
    ease = generator.normal(0, 0.6, images)
    for number in range(1, readers + 1):
        group = ("resident", "consultant")[number % 2]
        place = Assignment.objects.create(study=study, number=number, reader=UserFactory(), group=group)
        read(place, trials, ease, generator)
    return study


def stored_trials(study: Study, images: int) -> list[Trial]:
    """Trials of one case each, fakes and reals in turn."""
    pools = [PoolFactory(study=study, dataset=DatasetFactory(origin=origin)) for origin in Origin.values]
    films = Image.objects.bulk_create(
        Image(
            dataset=pools[n % 2].dataset, width=64, height=64, bits=8, source_sha256=f"{n:064x}",
            pixel_sha256=f"{n:064x}", perceptual_hash=f"{n:016x}", finding=FINDINGS[n // 2 % len(FINDINGS)],
        )
        for n in range(images)
    )  # fmt: skip
    made = [film for film in films if film.dataset.origin == Origin.SYNTHETIC]
    Provenance.objects.bulk_create(
        Provenance(
            image=film, generator=GENERATORS[n % 3], prompt=f"chest radiograph, {film.finding}",
            steps=STEPS[n // 3 % 3], guidance=(3.0, 7.5)[n // 9 % 2],
        )
        for n, film in enumerate(made)
    )  # fmt: skip
    trials = Trial.objects.bulk_create(Trial(study=study, number=n) for n in range(1, images + 1))
    Case.objects.bulk_create(
        Case(study=study, trial=trial, image=film, pool=pools[n % 2], number=trial.number)
        for n, (trial, film) in enumerate(zip(trials, films, strict=True))
    )
    return trials


def read(place: Assignment, trials: list[Trial], ease: np.ndarray, generator: np.random.Generator) -> None:
    """One reader through their own order, leaving one image in twenty unread."""
    skill, caution = generator.normal(0.9, 0.5), generator.uniform(0.1, 0.6)
    again = generator.choice(len(trials), place.study.repeats, replace=False)
    order = [*((int(at), 1) for at in generator.permutation(len(trials))), *((int(at), 2) for at in again)]
    slots = Slot.objects.bulk_create(
        Slot(assignment=place, trial=trials[at], position=position, occasion=occasion, arrangement=[1])
        for position, (at, occasion) in enumerate(order, start=1)
    )
    readings = []
    for slot, (at, _) in zip(slots, order, strict=True):
        looks_fake = (skill if at % 2 else -skill) / 2 + ease[at] + generator.normal()
        verdict = Verdict.UNSURE if abs(looks_fake) < caution else Verdict.FAKE if looks_fake > 0 else Verdict.REAL
        if generator.random() > 0.05:
            readings.append(reading_of(slot, verdict, looks_fake, generator))
    Reading.objects.bulk_create(readings)


def reading_of(slot: Slot, verdict: str, looks_fake: float, generator: np.random.Generator) -> Reading:
    """Surer where it looks clearer, and a little faster later on."""
    seconds = generator.gamma(4, 2) * (0.6 + 0.4 / (1 + slot.position / 200))
    return Reading(
        slot=slot, client_key=uuid.uuid4(), sequence=slot.position, verdict=verdict, seconds_open=round(seconds, 1),
        confidence=int(np.clip(1 + 2 * abs(looks_fake), 1, 5)),
    )  # fmt: skip
