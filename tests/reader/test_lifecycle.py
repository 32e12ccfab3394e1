"""A study moves one way, each step on record; deleting takes its files along."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from lungstudy.audit.models import Event
from lungstudy.library.models import Image
from reader.actions.errors import StudyError
from reader.actions.lifecycle import close_study, delete_past_retention, delete_study, open_study, unblind_study
from reader.models import Presentation, Reading, Study
from tests.factories import OpenStudyFactory, StudyFactory
from tests.reader.builder import sealed_study
from tests.reader.played_study import VERDICTS, played_study

pytestmark = pytest.mark.django_db
STEPS = [
    (open_study, Study.State.SEALED, Study.State.OPEN),
    (close_study, Study.State.OPEN, Study.State.CLOSED),
    (unblind_study, Study.State.CLOSED, Study.State.UNBLINDED),
]


@pytest.mark.parametrize(("step", "start", "end"), STEPS)
@pytest.mark.parametrize("state", Study.State)
def test_each_step_is_taken_from_its_own_state_only(step, start, end, state):
    study = StudyFactory(state=state, sealed=True)
    if state == start:
        step(study=study, by=study.created_by)
    else:
        with pytest.raises(StudyError):
            step(study=study, by=study.created_by)

    study.refresh_from_db()
    assert study.state == (end if state == start else state)
    assert Event.objects.about(study).count() == (1 if state == start else 0)


def test_deleting_takes_readings_and_files_along_and_leaves_the_images(django_capture_on_commit_callbacks):
    study = sealed_study()
    files = [one.file.name for one in Presentation.objects.all()]
    images = Image.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        delete_study(study=study, by=None, why="for the test")

    assert not Study.objects.exists()
    assert not any(default_storage.exists(name) for name in files)
    assert Image.objects.count() == images
    assert Event.objects.get(verb="deleted a study").detail["files"] == len(files) == 6


def test_the_log_keeps_how_much_was_deleted():
    study = played_study()
    delete_study(study=study, by=None, why="for the test")
    detail = Event.objects.get(verb="deleted a study").detail

    assert detail["readings"] == sum(verdict is not None for row in VERDICTS for verdict in row[1:])
    assert detail["readers"] == 2
    assert not Reading.objects.exists()


def test_only_studies_past_their_retention_are_deleted():
    long_ago = timezone.now() - timedelta(days=31)
    over = OpenStudyFactory(closed_at=long_ago, keep_days_after_closing=30)
    kept = [
        OpenStudyFactory(closed_at=long_ago, keep_days_after_closing=32),
        OpenStudyFactory(closed_at=long_ago, keep_days_after_closing=None),
        OpenStudyFactory(closed_at=None, keep_days_after_closing=30),
    ]

    assert delete_past_retention() == 1
    assert set(Study.objects.all()) == set(kept)
    assert Event.objects.get(verb="deleted a study").target_id == str(over.pk)
