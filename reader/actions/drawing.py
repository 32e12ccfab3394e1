"""Draw a study's images from its pools, group them into trials, and store both."""

import numpy as np
from django.db import transaction

from reader.actions.drafts import drop_draw, editable_draft
from reader.actions.errors import StudyError
from reader.actions.grouping import Drawn, block_of_each, group_into_trials
from reader.actions.picking import Picker, pick_for
from reader.actions.protocol_checks import drawn_in, field_problems, pick_problems
from reader.models import Case, Study, Trial

ALGORITHM = (
    "images of a pool sorted by pixel SHA-256, permuted by numpy PCG64 seeded with the study's seed, pools in their "
    "order from one generator, practice last; taken while neither patient nor pixels are used; grouped into trials, "
    "trials dealt to blocks pool by pool, trial and case numbers permuted, all by the same generator"
)


@transaction.atomic
def draw_cases(*, study: Study) -> list[Case]:
    """Draw the cases anew; an earlier draw of this draft, with its hand-drawn masks, is replaced.

    Raises
    ------
    StudyError
        The protocol cannot be drawn or read; says which numbers to change.
    """
    draft = editable_draft(study)
    picker = Picker(draft)
    picks = pick_for(draft, draft.pools.select_related("dataset"), picker)
    if not any(not pick.pool.practice for pick in picks):
        raise StudyError("The study has no pool yet. Add at least one of real and one of synthetic images.")
    if problems := [*field_problems(draft), *pick_problems(draft, picks)]:
        raise StudyError(" ".join(problem.sentence for problem in problems))
    groups = {
        practice: group_into_trials(draft, drawn_in(picks, practice), picker.generator) for practice in (False, True)
    }
    drop_draw(draft)
    return store_trials(draft, groups, picker.generator)


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
        cases += cases_of(draft, list(zip(stored, trials, strict=True)), len(cases), generator)
        n_trials += len(trials)
    return Case.objects.bulk_create(cases)


def cases_of(
    draft: Study, trials: list[tuple[Trial, list[Drawn]]], n_before: int, generator: np.random.Generator
) -> list[Case]:
    """The cases of these trials, with numbers in an order of their own."""
    members = [(trial, place, one) for trial, group in trials for place, one in enumerate(group, start=1)]
    numbers = generator.permutation(len(members)) + 1 + n_before
    return [
        Case(study=draft, trial=trial, place=place, image_id=one.image_id, pool=one.pool, number=int(number))
        for (trial, place, one), number in zip(members, numbers, strict=True)
    ]
