"""The one place that joins truth to readings, and only for unblinded studies."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from django.db.models import BooleanField, ExpressionWrapper, Q

from lungstudy.library.models import Origin
from reader.models import Design, Reading, Study, Target
from reader.reports.answers import Said, answers_in_order
from reader.stats.readings import Readings
from reader.stats.verdicts import MISSING, VERDICTS

# Columns of an export: of the reading, then of the case that was judged or chosen (none where no place was).
OF_READING = {
    "reader": "slot__assignment__number",
    "session": "slot__session",
    "position": "slot__position",
    "occasion": "slot__occasion",
    "trial": "slot__trial__number",
    "verdict": "verdict",
    "choice": "choice",
    "rating": "rating",
    "confidence": "confidence",
    "comment": "comment",
    "marks": "marks",
    "seconds_open": "seconds_open",
    "viewing": "viewing",
    "sequence": "sequence",
    "received_at_utc": "received_at",
    "counted": "counted",
    "why_apart": "why_apart",
    "current": "current",
}
OF_CASE = {
    "case": "number",
    "truth": "image__dataset__origin",
    "dataset": "image__dataset__name",
    "finding": "image__finding",
    "generator": "image__provenance__generator",
    "prompt": "image__provenance__prompt",
    "steps": "image__provenance__steps",
    "guidance": "image__provenance__guidance",
    "seed": "image__provenance__seed",
}
READING_COLUMNS = (*OF_READING, *OF_CASE)
OF_IMAGE = (
    "number", "trial__number", "place", "trial__block", "trial__practice", "image__dataset__origin",
    "image__dataset__name", "image__dataset__licence", "image__dataset__citation", "image__finding", "image__view",
    "image__sex", "image__age", "image__provenance__generator", "image__provenance__prompt",
    "image__provenance__steps", "image__provenance__guidance", "image__provenance__seed", "image__pixel_sha256",
    "presentation__sha256",
)  # fmt: skip


class StillBlindError(Exception):
    """Somebody asked for truth before the study was unblinded."""


def refuse_while_blind(study: Study) -> None:
    """Raise unless the study's unblinding is on record."""
    if study.state != Study.State.UNBLINDED:
        raise StillBlindError("This study is still blind. Close it, then unblind it, and its results appear here.")


def readings_of(study: Study) -> Readings:
    """What every reader who joined said last in each counted slot, and what was true; practice is left out.

    In a pair or tuple a row is a trial and a category the place of a case in it; else a row is a case.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    cases = list(cases_by_trial(study).values())
    joined = study.assignments.joined().order_by("number").values_list("number", "group")
    numbers, groups = [number for number, _ in joined], [group for _, group in joined]
    categories = categories_of(study)
    row_of = {of_trial[0].trial_id: row for row, of_trial in enumerate(cases)}
    said = Said(study, row_of, {number: column for column, number in enumerate(numbers)}, categories)
    for answers in answers_in_order(study):
        said.note(answers)
    several, codes = study.images_per_trial > 1, said.codes
    return Readings(
        tuple(str(one[0].trial_number if several else one[0].number) for one in cases),
        tuple(str(number) for number in numbers), categories, np.ascontiguousarray(codes[..., 0]),
        is_fake=None if several else np.array([one[0].origin == Origin.SYNTHETIC for one in cases], dtype=bool),
        right=np.array([target_of(study, one) for one in cases]) if several else None,
        confidence=said.unless_empty("confidence"),
        seconds=said.at_first("seconds"), positions=said.at_first("positions"),
        repeats=codes if (codes[..., 1:] != MISSING).any() else None,
        groups=tuple(groups) if any(groups) else None,
    )  # fmt: skip


class CaseFacts(NamedTuple):
    """What truth needs of one case."""

    trial_id: int
    trial_number: int
    place: int
    number: int
    origin: str
    finding: str
    generator: str | None
    prompt: str | None
    steps: int | None
    guidance: float | None


def cases_by_trial(study: Study) -> dict[int, list[CaseFacts]]:
    """Every trial's cases by place, trials by number; practice is left out."""
    columns = ("trial_id", "trial__number", "place", "number", "image__dataset__origin", "image__finding")
    made = tuple(f"image__provenance__{name}" for name in ("generator", "prompt", "steps", "guidance"))
    found: dict[int, list[CaseFacts]] = {}
    cases = study.cases.filter(trial__practice=False).order_by("trial__number", "place")
    for row in cases.values_list(*columns, *made):
        facts = CaseFacts(*row)
        found.setdefault(facts.trial_number, []).append(facts)
    return found


def facts_of(study: Study) -> dict[str, list[str]]:
    """How each image was made, or in a trial of several its fake one, in the rows of `readings_of`; "" for real ones.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    cases = [fake_among(of_trial) for of_trial in cases_by_trial(study).values()]
    names = ("generator", "prompt", "finding", "steps", "guidance")
    return {
        name: [words(getattr(case, name)) if case.origin == Origin.SYNTHETIC else "" for case in cases]
        for name in names
    }


def fake_among(cases: list[CaseFacts]) -> CaseFacts:
    """The first fake one of a trial, or its first where there is none."""
    return next((case for case in cases if case.origin == Origin.SYNTHETIC), cases[0])


def words(value: object) -> str:
    """A fact as it is shown; nothing where it is not known."""
    return "" if value is None else str(value)


def categories_of(study: Study) -> tuple[str, ...]:
    """What readers could say, in the declared order of the statistics."""
    said = set(study.verdicts)
    if study.design == Design.SINGLE:
        return tuple(verdict for verdict in VERDICTS if verdict in said)
    return tuple(study.verdicts)


def target_of(study: Study, cases: list[CaseFacts]) -> int:
    """The code of the right choice: the place of the one image of the wanted origin."""
    wanted = Origin.REAL if study.target == Target.REAL else Origin.SYNTHETIC
    return next(case.place for case in cases if case.origin == wanted) - 1


def every_reading(study: Study) -> Iterator[tuple[Any, ...]]:
    """Every version of every answer as `READING_COLUMNS`, row by row, in memory that grows with the cases alone.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    facts = {
        (trial, place): row
        for trial, place, *row in study.cases.values_list("trial__number", "place", *OF_CASE.values())
    }
    of_study = Reading.objects.filter(slot__assignment__study=study)
    current = Reading.objects.latest_per_slot().filter(slot__assignment__study=study).values("pk")
    rows = of_study.annotate(current=ExpressionWrapper(Q(pk__in=current), output_field=BooleanField()))
    ordered = rows.order_by("slot__assignment__number", "slot__session", "slot__position", "sequence", "pk")
    columns = ("slot__trial__number", "slot__arrangement", "choice", *OF_READING.values())
    for trial, arrangement, choice, *reading in ordered.values_list(*columns).iterator(chunk_size=2000):
        place = judged_place(arrangement, choice)
        yield (*reading, *(facts[trial, place] if place else [None] * len(OF_CASE)))


def judged_place(arrangement: list[int], choice: int | None) -> int | None:
    """Which case of its trial a reading speaks of: the only one, or the one chosen; none where unsure among several."""
    if choice is not None:
        return arrangement[choice - 1]
    return arrangement[0] if len(arrangement) == 1 else None


def every_image(study: Study) -> Iterator[tuple[Any, ...]]:
    """Every case as `OF_IMAGE`, practice included.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    return study.cases.order_by("number").values_list(*OF_IMAGE).iterator(chunk_size=2000)


def every_mark(study: Study) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Whether the image is fake, and the mark as drawn, of every answer at an image's first showing but practice.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    origins = {(case.trial_number, case.place): case.origin for of in cases_by_trial(study).values() for case in of}
    first = {"slot__assignment__study": study, "slot__session": 1, "slot__occasion": 1}
    marked = Reading.objects.latest_per_slot().filter(**first)
    columns = ("slot__trial__number", "slot__arrangement", "marks")
    for trial, arrangement, marks in marked.exclude(marks=[]).order_by("pk").values_list(*columns):
        for mark in marks:
            yield origins[trial, arrangement[mark["place"] - 1]] == Origin.SYNTHETIC, mark


def some_presentations(study: Study, most: int) -> Iterator[tuple[bool, str]]:
    """Whether fake, and the presented file's name, of the first `most` cases of each origin.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    cases = study.cases.filter(trial__practice=False, presentation__isnull=False).order_by("number")
    for origin in Origin.values:
        of_origin = cases.filter(image__dataset__origin=origin)
        for name in of_origin.values_list("presentation__file", flat=True)[:most]:
            yield origin == Origin.SYNTHETIC, name
