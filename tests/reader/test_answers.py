"""What a stored answer becomes in the matrices that every statistic starts from."""

import pytest

from lungstudy.library.models import Origin
from reader.models import Design, Study
from reader.reports.truth import readings_of
from tests.factories import AssignmentFactory, CaseFactory, ReadingFactory, SlotFactory, StudyFactory, TrialFactory

pytestmark = pytest.mark.django_db


def read_alone(**protocol):
    """One reader of one trial, and the slot where it is shown."""
    study = StudyFactory(state=Study.State.UNBLINDED, sealed=True, **protocol)
    place = AssignmentFactory(study=study)
    trial = TrialFactory(study=study)
    for at, origin in enumerate((Origin.REAL, Origin.SYNTHETIC)[: study.images_per_trial], start=1):
        CaseFactory(study=study, trial=trial, place=at, number=at, image__dataset__origin=origin)
    return study, SlotFactory(assignment=place, trial=trial)


def test_of_several_answers_to_a_slot_the_one_sent_last_counts_in_whatever_order_they_were_stored():
    study, slot = read_alone()
    ReadingFactory(slot=slot, verdict="fake", sequence=20, seconds_open=7)
    ReadingFactory(slot=slot, verdict="real", sequence=10, seconds_open=2)

    found = readings_of(study)
    assert found.categories[found.codes[0, 0]] == "fake"
    assert found.seconds[0, 0] == 7


def test_a_choice_means_the_image_that_stood_at_its_place_on_the_screen():
    study, slot = read_alone(design=Design.PAIR)
    slot.arrangement = [2, 1]
    slot.save()
    ReadingFactory(slot=slot, verdict="", choice=2)

    found = readings_of(study)
    assert found.categories[found.codes[0, 0]] == "1"


def test_what_stands_beside_an_answer_is_that_of_the_first_showing():
    study, slot = read_alone(confidence="keys")
    again = SlotFactory(assignment=slot.assignment, trial=slot.trial, occasion=2)
    ReadingFactory(slot=slot, verdict="fake", confidence=4, seconds_open=7)
    ReadingFactory(slot=again, verdict="real", confidence=1, seconds_open=2)

    found = readings_of(study)
    assert [found.categories[code] for code in found.repeats[0, 0]] == ["fake", "real"]
    assert (found.confidence[0, 0], found.seconds[0, 0], found.positions[0, 0]) == (4, 7, slot.position)
