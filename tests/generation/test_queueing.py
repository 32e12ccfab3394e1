"""A batch is queued whole or not at all, once for each form, into a data set that fits it."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from generation.actions.drawing import draw_job, draw_now
from generation.actions.orders import NewDataset, QueueingError
from generation.actions.queue_order import cancel_batch, retry_batch
from generation.models import Batch, GeneratedImage, Job
from lungstudy.audit.models import Event
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Origin
from tests.factories import DatasetFactory

pytestmark = pytest.mark.django_db


def test_jobs_share_a_batch_out_in_chunks_of_the_sites_shape(new_batch, settings):
    settings.BATCH_SHAPE = 4
    batch = new_batch(count=10)
    assert [list(job.indexes) for job in batch.jobs.order_by("first_index")] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
    ]
    assert batch.batch_shape == 4


def test_the_same_form_sent_twice_queues_one_batch(new_batch):
    key, new = uuid.uuid4(), NewDataset(name="mine", licence="none")
    first, second = new_batch(request_key=key, dataset=new), new_batch(request_key=key, dataset=new)
    assert first == second
    assert (Batch.objects.count(), Job.objects.count(), Dataset.objects.count()) == (1, 1, 1)


def test_the_database_itself_refuses_a_second_batch_of_one_form(new_batch):
    batch = new_batch()
    batch.pk = None
    batch.token = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.save(force_insert=True)


def test_a_new_data_set_takes_over_that_the_generator_draws_phantoms(new_batch, generator):
    generator.phantoms = True
    batch = new_batch(dataset=NewDataset(name="phantoms", licence="CC0"))
    assert batch.dataset.phantoms
    assert batch.dataset.origin == Origin.SYNTHETIC


def test_a_name_taken_meanwhile_leaves_no_half_a_batch(new_batch):
    DatasetFactory(name="mine")
    with pytest.raises(QueueingError, match="“mine”"):
        new_batch(dataset=NewDataset(name="mine", licence="none"))
    assert not Batch.objects.exists()


def test_synthetic_images_never_go_among_real_ones(new_batch):
    with pytest.raises(QueueingError, match="holds real images"):
        new_batch(dataset=DatasetFactory(origin=Origin.REAL))


def test_phantoms_and_images_of_patient_models_stay_apart(new_batch):
    with pytest.raises(QueueingError, match="needs another data set"):
        new_batch(dataset=DatasetFactory(origin=Origin.SYNTHETIC, phantoms=True))


def test_seeds_that_a_data_set_has_already_are_refused_with_the_next_free_one(new_batch):
    dataset = new_batch(count=5, first_seed=100).dataset
    with pytest.raises(QueueingError, match="start at seed 105"):
        new_batch(count=2, first_seed=104, dataset=dataset)
    assert new_batch(count=2, first_seed=105, dataset=dataset)
    assert new_batch(count=5, first_seed=100, dataset=dataset, steps=3)


def test_seeds_that_a_cancelled_batch_never_drew_are_free_again(new_batch, researcher):
    batch = new_batch(count=8, first_seed=100)
    draw_job(batch.jobs.get(first_index=0).pk)
    with pytest.raises(QueueingError, match="already has seeds"):
        new_batch(count=4, first_seed=104, dataset=batch.dataset)
    cancel_batch(batch=batch, by=researcher)
    with pytest.raises(QueueingError, match="start at seed 108"):
        new_batch(count=5, first_seed=103, dataset=batch.dataset)
    again = new_batch(count=4, first_seed=104, dataset=batch.dataset)
    draw_now(again)
    assert GeneratedImage.objects.count() == 8


def test_cancelling_stops_what_waits_and_asks_what_runs(new_batch, researcher):
    batch = new_batch(count=8)
    running, waiting = batch.jobs.order_by("pk")
    Job.objects.claim(running.pk)
    cancel_batch(batch=batch, by=researcher)
    waiting.refresh_from_db()
    running.refresh_from_db()
    assert waiting.state == JobState.CANCELLED
    assert (running.state, running.cancel_requested) == (JobState.RUNNING, True)
    assert Event.objects.about(batch).filter(verb="cancelled a batch", actor=researcher).exists()


def test_a_job_cancelled_while_it_draws_stores_no_half_image(new_batch):
    batch = new_batch()
    batch.jobs.update(cancel_requested=True)
    draw_now(batch)
    assert batch.jobs.get().state == JobState.CANCELLED
    assert not GeneratedImage.objects.exists()


def test_what_was_cancelled_can_be_drawn_after_all(new_batch, researcher):
    batch = new_batch()
    cancel_batch(batch=batch, by=researcher)
    assert retry_batch(batch=batch, by=researcher) == [batch.jobs.get().pk]
    draw_now(batch)
    assert GeneratedImage.objects.count() == 4
    assert Batch.objects.get().cancelled_at is None


def test_a_retry_leaves_finished_jobs_alone(new_batch, researcher):
    batch = new_batch(count=8)
    done, failed = batch.jobs.order_by("pk")
    Job.objects.filter(pk=done.pk).update(state=JobState.DONE)
    Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED, reason="The disk is full.", attempts=5)
    assert retry_batch(batch=batch, by=researcher) == [failed.pk]
    failed.refresh_from_db()
    assert (failed.state, failed.reason, failed.attempts) == (JobState.QUEUED, "", 0)
