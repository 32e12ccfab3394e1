"""Practice: what it may tell is written at the seal and nowhere else, and readers go through it once."""

import grimp
import pytest
from django.db import IntegrityError
from django.urls import reverse

from lungstudy.library.models import Origin
from reader.actions.drawing import draw_cases
from reader.actions.joining import invite_reader, join
from reader.actions.protocol import canonical
from reader.actions.sealing import ask_to_seal
from reader.models import Assignment, Study, Trial
from tests.factories import (
    AssignmentFactory,
    CaseFactory,
    DatasetFactory,
    ImageFactory,
    PoolFactory,
    ReadingFactory,
    SlotFactory,
    StudyFactory,
    TrialFactory,
    UserFactory,
)
from tests.reader.builder import run_sealing

pytestmark = pytest.mark.django_db
REAL, FAKE = Origin.REAL, Origin.SYNTHETIC


def sealed_with_practice(others=1, **fields):
    """A sealed study of two targets with their others, and as many in practice."""
    study = StudyFactory(**fields)
    target = REAL if study.target == "real" else FAKE
    counts = {target: 2, FAKE if target == REAL else REAL: 2 * others}
    for origin, count in counts.items():
        dataset = DatasetFactory(origin=origin)
        ImageFactory.create_batch(2 * count, dataset=dataset)
        for practice in (False, True):
            PoolFactory(study=study, dataset=dataset, count=count, practice=practice)
    draw_cases(study=study)
    return run_sealing(ask_to_seal(study=study, by=study.created_by)).study


def origin_of(case):
    """What the library says, asked beside the code that wrote the feedback."""
    return case.image.dataset.origin


@pytest.mark.parametrize("design", ["single", "rating"])
def test_after_one_image_practice_tells_what_it_was(design):
    study = sealed_with_practice(design=design, practice_feedback=True)
    trials = study.trials.filter(practice=True)

    assert trials.count() == 4
    for trial in trials:
        assert trial.feedback == ("real" if origin_of(trial.cases.get()) == REAL else "fake")


@pytest.mark.parametrize(("design", "size"), [("pair", 2), ("tuple", 3)])
@pytest.mark.parametrize("target", ["real", "fake"])
def test_among_several_images_practice_tells_the_place_of_the_one_to_find(design, size, target):
    study = sealed_with_practice(others=size - 1, design=design, tuple_size=size, target=target, practice_feedback=True)
    trials = study.trials.filter(practice=True)
    wanted = REAL if target == "real" else FAKE

    assert trials.count() == 2
    for trial in trials:
        assert [str(case.place) for case in trial.cases.all() if origin_of(case) == wanted] == [trial.feedback]


@pytest.mark.parametrize("design", ["single", "pair"])
def test_nothing_is_told_of_the_study_itself_nor_where_the_protocol_does_not_say_so(design):
    telling = sealed_with_practice(design=design, practice_feedback=True)
    silent = sealed_with_practice(design=design, practice_feedback=False)

    assert set(telling.trials.filter(practice=False).values_list("feedback", flat=True)) == {""}
    assert set(silent.trials.values_list("feedback", flat=True)) == {""}


def test_the_database_takes_no_feedback_on_a_trial_of_the_study():
    with pytest.raises(IntegrityError):
        TrialFactory(feedback="real")


def test_the_hashed_protocol_tells_nothing_of_what_is_right():
    study = sealed_with_practice(practice_feedback=True)
    before = canonical(study.protocol)
    Trial.objects.filter(study=study, practice=True).update(feedback="real")
    told = {key for trial in study.protocol["trials"] for key in trial}

    assert told == {"number", "block", "practice", "cases"}
    assert canonical(study.protocol) == before


def test_neither_the_room_nor_the_way_to_it_can_reach_what_writes_feedback():
    graph = grimp.build_graph("reader", "lungstudy", "generation")
    for page in ("reader.views.room", "reader.views.way_in"):
        reached = graph.find_upstream_modules(page)

        assert "reader.actions.way_in" in reached
        assert reached & {"reader.actions.feedback", "reader.actions.sealing", "reader.actions.drawing"} == set()
        assert [name for name in reached if name.startswith(("generation", "reader.reports", "reader.exports"))] == []


@pytest.fixture
def place():
    """One reader with two practice slots and one slot of the study."""
    assignment = AssignmentFactory()
    for position in (1, 2):
        practice = CaseFactory(study=assignment.study, trial__practice=True)
        SlotFactory(assignment=assignment, session=0, position=position, case=practice)
    SlotFactory(assignment=assignment)
    return assignment


@pytest.fixture
def reader(client, place):
    client.force_login(place.reader)
    return client


def page(place):
    return reverse("reader:before", args=[place.token, "practice"])


def answer(place, position):
    ReadingFactory(slot=place.slots.get(session=0, position=position))


def test_practice_ends_when_all_of_it_is_answered(reader, place):
    answer(place, 1)
    assert b"1</span> is left" in reader.get(page(place)).content
    place.refresh_from_db()
    assert place.practised_at is None

    answer(place, 2)
    html = reader.get(page(place)).content.decode()
    place.refresh_from_db()
    assert place.practised_at is not None
    assert "Practice is done" in html
    assert "From here on every answer counts" in html


def test_practice_is_gone_through_once(reader, place):
    answer(place, 1)
    room = reverse("reader:practice", args=[place.token])
    assert reader.get(room).status_code == 200
    answer(place, 2)

    assert reader.get(room).url == page(place)


def test_practice_without_feedback_may_be_passed_over(reader, place):
    assert b"Pass over" in reader.get(page(place)).content
    reader.post(page(place))

    place.refresh_from_db()
    assert place.practised_at is not None
    assert reader.get(reverse("reader:room", args=[place.token])).status_code == 200


def test_practice_that_teaches_may_not_be_passed_over(reader, place):
    Study.objects.update(practice_feedback=True)
    assert b"Pass over" not in reader.get(page(place)).content
    assert reader.post(page(place)).url == page(place)

    place.refresh_from_db()
    assert place.practised_at is None
    assert reader.get(reverse("reader:room", args=[place.token])).url == page(place)


def test_practice_counts_in_no_progress(reader, place):
    answer(place, 1)
    thanks = reader.get(reverse("reader:thanks", args=[place.token])).content.decode()
    progress = Assignment.objects.with_progress().get()

    assert "0 of 1 images" in thanks
    assert (progress.n_read, progress.n_slots) == (0, 1)


def test_whoever_joins_gets_the_practice_of_the_protocol():
    study = sealed_with_practice(practice_feedback=True)
    assignment, _ = invite_reader(study=study, by=study.created_by)
    join(assignment=assignment, user=UserFactory())

    assert set(assignment.slots.filter(session=0).values_list("trial__practice", flat=True)) == {True}
    assert set(assignment.slots.filter(session=1).values_list("trial__practice", flat=True)) == {False}
