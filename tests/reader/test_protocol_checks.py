"""Refusals of a draft: what passes can be drawn and ordered for every reader, and what is refused really cannot."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.actions.errors import StudyError
from reader.actions.grouping import block_of_each, group_into_trials
from reader.actions.ordering import generator_for, order_for
from reader.actions.picking import Candidate, Pick
from reader.actions.protocol_checks import drawn_in, field_problems, pick_problems
from reader.models import Design, Pool, Study

SEVERAL = st.sampled_from([Design.PAIR, Design.TUPLE])
FEW = st.integers(1, 9)


def picked(key, *, origin, asked, possible, finding="", practice=False):
    """A pool with what it finds."""
    pool = Pool(pk=key, origin=origin, count=asked, practice=practice, finding=finding)
    found = [Candidate(100 * key + n, "", f"{100 * key + n:064x}", finding) for n in range(possible)]
    return Pick(pool, possible, 0, possible, found)


@st.composite
def picks(draw):
    """Up to six pools, most of which find what they ask for."""
    made = []
    for key in range(1, draw(st.integers(1, 6)) + 1):
        asked = draw(FEW)
        missing = draw(st.sampled_from([0, 0, 0, 0, 1]))
        origin = ["real", "synthetic"][key % 2] if draw(st.booleans()) else draw(st.sampled_from(["real", "synthetic"]))
        finding, practice = draw(st.sampled_from(["", "nodule"])), key > 3
        made.append(
            picked(key, origin=origin, asked=asked, possible=asked - missing, finding=finding, practice=practice)
        )
    return made


protocols = st.builds(
    Study,
    design=st.sampled_from(Design),
    tuple_size=st.integers(2, 4),
    target=st.sampled_from(["real", "fake"]),
    match_finding=st.booleans(),
    blocks=st.integers(1, 4),
    repeats=st.integers(0, 12),
    repeat_distance=st.integers(1, 12),
    sessions=st.integers(1, 3),
)


def can_be_read(study, found):
    """Whether drawing, dealing and ordering come to an end, tried out for every block and session."""
    if any(pick.drawable < pick.pool.count for pick in found):
        return False
    if {pick.pool.origin for pick in found if not pick.pool.practice} != {"real", "synthetic"}:
        return False
    generator = np.random.default_rng(1)
    try:
        group_into_trials(study, drawn_in(found, practice=True), generator)
        trials = group_into_trials(study, drawn_in(found, practice=False), generator)
        blocks = block_of_each(trials, study.blocks, generator)
        for reader in range(1, 2 * study.blocks + 1):
            own = [at for at, block in enumerate(blocks) if block == (reader - 1) % study.blocks + 1]
            for session in range(1, study.sessions + 1):
                showings = order_for(
                    generator_for("ab", reader, session), own, images_per_trial=study.images_per_trial,
                    repeats=study.repeats, distance=study.repeat_distance,
                )  # fmt: skip
                assert len(showings) == len(own) + study.repeats
    except (StudyError, ValueError):
        return False
    return True


@settings(max_examples=150)
@given(study=protocols, found=picks())
def test_what_passes_can_be_drawn_and_ordered_for_every_reader_and_what_is_refused_cannot(study, found):
    problems = [*field_problems(study), *pick_problems(study, found)]

    assert (problems == []) == can_be_read(study, found)
    assert all(problem.sentence.endswith(".") for problem in problems)


@given(design=SEVERAL, size=st.integers(2, 6), targets=FEW, blocks=st.integers(1, 3), data=st.data())
def test_several_images_at_once_pass_where_their_numbers_fit(design, size, targets, blocks, data):
    study = Study(design=design, tuple_size=size, blocks=blocks)
    smallest = targets // blocks
    study.repeats = data.draw(st.integers(0, smallest))
    study.repeat_distance = data.draw(st.integers(1, max(smallest, 1)))
    others = targets * (study.images_per_trial - 1)
    found = [
        picked(1, origin="real", asked=targets, possible=targets),
        picked(2, origin="synthetic", asked=others, possible=others),
    ]

    assert (pick_problems(study, found) == []) == (blocks <= targets) == can_be_read(study, found)


def balanced(count=10):
    return [picked(key, origin=origin, asked=count, possible=count) for key, origin in ((1, "real"), (2, "synthetic"))]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (
            {"repeats": 21},
            "repeats",
            "21 hidden repeats cannot be chosen among the 20 trials of the study. Ask for 20 ",
        ),
        (
            {"repeats": 7, "blocks": 3, "repeat_distance": 2},
            "repeats",
            "the 6 trials of the smallest block. Ask for 6 ",
        ),
        (
            {"repeats": 1, "repeat_distance": 21},
            "repeat_distance",
            "does not fit among the 20 trials of the study. Ask for 20 ",
        ),
        ({"blocks": 21}, "blocks", "20 trials cannot be shared by 21 blocks. Ask for 20 or fewer"),
    ],
)
def test_a_schedule_that_the_pools_cannot_fill_names_its_number(fields, field, sentence):
    [problem] = pick_problems(Study(**fields), balanced())

    assert problem.field == field
    assert sentence in problem.sentence


def test_practice_that_makes_no_whole_pairs_is_refused_though_the_study_does():
    practice = [
        picked(3, origin="real", asked=2, possible=2, practice=True),
        picked(4, origin="synthetic", asked=1, possible=1, practice=True),
    ]
    study = Study(design=Design.PAIR)

    assert pick_problems(study, balanced()) == []
    [problem] = pick_problems(study, [*balanced(), *practice])
    assert "the pools for practice draw 2 real and 1 synthetic" in problem.sentence


def test_all_that_is_wrong_is_said_at_once():
    found = [picked(1, origin="real", asked=9, possible=4)]
    fields = [problem.field for problem in pick_problems(Study(repeats=10, blocks=2), found)]

    assert fields == ["pools", "pools", "repeats", "repeat_distance"]


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"exposure_ms": 16}, "exposure_ms", "less than one frame of a display. Ask for 17 ms or more"),
        ({"exposure_ms": 0}, "exposure_ms", "less than one frame"),
        ({"design": "rating", "scale_points": 1}, "scale_points", "Ask for 2 to 10"),
        ({"design": "rating", "scale_points": 11}, "scale_points", "Ask for 2 to 10"),
        ({"design": "tuple", "tuple_size": 1}, "tuple_size", "Ask for 2 to 6"),
        ({"design": "tuple", "tuple_size": 7}, "tuple_size", "Ask for 2 to 6"),
        ({"repeats": 1, "repeat_distance": 0}, "repeat_distance", "Ask for a distance of 1 or more"),
        ({"sessions": 0}, "sessions", "Ask for at least 1"),
        ({"blocks": 0}, "blocks", "Ask for at least 1"),
    ],
)
def test_a_number_out_of_range_is_refused_at_its_field(fields, field, sentence):
    [problem] = field_problems(Study(**fields))

    assert problem.field == field
    assert sentence in problem.sentence


def test_numbers_that_the_design_does_not_use_refuse_nothing():
    assert field_problems(Study(scale_points=1, tuple_size=1, exposure_ms=17, washout_days=9999)) == []


def test_a_last_day_that_is_over_is_refused():
    [problem] = field_problems(Study(read_until=in_days(-1)))

    assert problem.field == "read_until"
    assert "is over. Choose a later last day" in problem.sentence


@given(sessions=st.integers(1, 6), washout=st.integers(0, 60), days=st.integers(0, 200))
def test_washouts_must_end_before_the_last_day_and_the_number_named_fits(sessions, washout, days):
    problems = field_problems(Study(sessions=sessions, washout_days=washout, read_until=in_days(days)))

    assert bool(problems) == ((sessions - 1) * washout > days)
    if problems:
        fewer = days // (sessions - 1)
        assert f"Ask for {fewer} days of washout or fewer" in problems[0].sentence
        assert field_problems(Study(sessions=sessions, washout_days=fewer, read_until=in_days(days))) == []


@pytest.mark.parametrize(("days", "fits"), [(19, False), (20, True), (21, True)])
def test_a_washout_that_ends_on_the_last_day_just_fits(days, fits):
    study = Study(sessions=3, washout_days=10, read_until=in_days(days))

    assert (field_problems(study) == []) == fits
