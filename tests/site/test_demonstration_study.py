"""Making the demonstration: complete after one run, whatever an earlier start left behind."""

import pytest

from generation.models import MaskRun
from lungstudy.accounts.models import User
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Definition, Image, MaskSet
from lungstudy.library.pixels.encoding import constant_length
from lungstudy.site.demonstration_study import MASKS_NAME, is_complete, make_demonstration
from reader.actions.drafts import create_study
from reader.models import Assignment, Presentation, Sealing, Study

pytestmark = pytest.mark.django_db


def test_a_start_that_was_killed_while_sealing_is_made_good(django_capture_on_commit_callbacks):
    half = create_study(by=None, demonstration=True, title="Half", seed=1)
    Sealing.objects.create(study=half)
    with django_capture_on_commit_callbacks(execute=True):
        make_demonstration(say=lambda line: None)

    assert is_complete()
    reading, finished = Study.objects.get(state=Study.State.OPEN), Study.objects.get(state=Study.State.UNBLINDED)
    assert Assignment.objects.get(study=reading).reader.username == "demo-reader"
    assert finished.assignments.count() == 4
    assert {length for (length,) in Presentation.objects.values_list("byte_length")} == {constant_length(512, 512)}
    assert set(Dataset.objects.values_list("phantoms", flat=True)) == {True}
    assert Image.objects.real().count() == Image.objects.synthetic().count() == 16
    sets = MaskSet.objects.with_counts()
    assert sorted((one.source, one.definition, one.n_masks) for one in sets) == [
        ("attention", Definition.HEART_INSIDE, 16),
        ("software", Definition.HEART_INSIDE, 16),
        ("software", Definition.HEART_OUTSIDE, 16),
    ]
    run = MaskRun.objects.get(mask_set__name=MASKS_NAME)
    assert (run.state, run.done, run.problems.count()) == (JobState.DONE, 16, 0)
    assert not User.objects.filter(demonstration=False).exists()
