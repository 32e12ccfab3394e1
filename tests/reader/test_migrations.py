"""Studies of the first version are still there, and read the same, after trials came in."""

import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reader.models import Reading, Slot, Study

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("reader", "0001_initial")]


@pytest.fixture
def first_version():
    """The tables as they were, until the test ends."""
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    migrated(latest)


def migrated(targets):
    executor = MigrationExecutor(connection)
    executor.loader.build_graph()
    executor.migrate(targets)


def study_with_readings(apps):
    """Two cases, one reader, an answer that counts and one that came late."""
    row = apps.get_model
    user = row("accounts", "User").objects.create(username="reader")
    dataset = row("library", "Dataset").objects.create(name="Films", origin="synthetic", licence="-", citation="-")
    study = row("reader", "Study").objects.create(title="Old", seed=7, state="open", protocol_sha256="0" * 64)
    pool = row("reader", "Pool").objects.create(study=study, dataset=dataset, count=2)
    place = row("reader", "Assignment").objects.create(study=study, number=1, reader=user)
    for number, counted in ((1, True), (2, False)):
        image = row("library", "Image").objects.create(
            dataset=dataset, width=8, height=8, bits=8, source_sha256=str(number), pixel_sha256=str(number)
        )
        case = row("reader", "Case").objects.create(study=study, image=image, pool=pool, number=number)
        slot = row("reader", "Slot").objects.create(assignment=place, case=case, position=3 - number)
        row("reader", "Reading").objects.create(
            slot=slot, client_key=uuid.uuid4(), sequence=1, verdict="fake", seconds_open=1, counted=counted
        )


def test_every_case_becomes_a_trial_and_every_answer_stays_in_its_slot(first_version):
    study_with_readings(first_version)
    migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())
    slots = Slot.objects.in_reading_order().values_list("position", "session", "arrangement", "trial__cases__number")

    assert list(slots) == [(1, 1, [1], 2), (2, 1, [1], 1)]
    said = Reading.objects.order_by("slot__trial__number").values_list("slot__trial__number", "verdict", "why_apart")
    assert list(said) == [(1, "fake", ""), (2, "fake", "closed")]
    study = Study.objects.get()
    assert (study.order_seed, study.pools.get().origin) == (7, "synthetic")
