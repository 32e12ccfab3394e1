"""Images are stored while the next job is drawn, in order, and nothing that went wrong is lost."""

import threading

import pytest

from generation.actions.drawing import draw_next
from generation.actions.storing_beside import StoringBeside
from generation.models import GeneratedImage
from lungstudy.jobs.models import JobState


def test_the_next_job_is_drawn_before_this_one_is_stored():
    beside, go_on, told = StoringBeside(), threading.Event(), []

    def slow():
        go_on.wait(5)
        told.append("first")

    beside(slow)
    told.append("drawing")
    go_on.set()
    beside(lambda: told.append("second"))
    beside.wait()

    assert told == ["drawing", "first", "second"]


def test_what_storing_raises_is_raised_where_the_next_comes():
    beside = StoringBeside()
    beside(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        beside(print)


@pytest.mark.django_db(transaction=True)
def test_a_batch_drawn_this_way_is_whole(new_batch):
    batch, beside = new_batch(count=6), StoringBeside()
    draw_next(beside)
    draw_next(beside)
    beside.wait()

    assert list(GeneratedImage.objects.values_list("index", flat=True)) == [0, 1, 2, 3, 4, 5]
    assert set(batch.jobs.values_list("state", flat=True)) == {JobState.DONE}
