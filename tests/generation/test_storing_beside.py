"""Images are stored while the next job is drawn, in order, and nothing that went wrong is lost."""

import threading

import pytest

from generation.actions.drawing import draw_job, draw_next
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


def test_what_went_wrong_with_one_job_is_logged_once_and_fails_none_after_it(caplog):
    beside, stored = StoringBeside(), []
    beside(lambda: 1 / 0)
    beside(lambda: stored.append("second"))
    beside(lambda: stored.append("third"))
    beside.wait()
    assert stored == ["second", "third"]
    (record,) = caplog.records
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_a_store_that_failed_leaves_its_job_to_the_lease_and_the_next_jobs_are_stored(new_batch):
    batch, beside = new_batch(count=9), StoringBeside()
    lost = batch.jobs.order_by("first_index").first()

    def without_a_database(_work) -> None:
        beside(lambda: 1 / 0)

    draw_job(lost.pk, without_a_database)
    draw_next(beside)
    draw_next(beside)
    beside.wait()
    assert list(GeneratedImage.objects.values_list("index", flat=True)) == [4, 5, 6, 7, 8]
    assert [job.state for job in batch.jobs.order_by("first_index")] == [JobState.RUNNING, *[JobState.DONE] * 2]


@pytest.mark.django_db(transaction=True)
def test_a_batch_drawn_this_way_is_whole(new_batch):
    batch, beside = new_batch(count=6), StoringBeside()
    draw_next(beside)
    draw_next(beside)
    beside.wait()

    assert list(GeneratedImage.objects.values_list("index", flat=True)) == [0, 1, 2, 3, 4, 5]
    assert set(batch.jobs.values_list("state", flat=True)) == {JobState.DONE}
