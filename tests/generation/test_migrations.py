"""Rows of earlier versions keep what they hold, prompts and seeds and what trained a net, and can go back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from generation.models import Batch, ExperimentCell

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("generation", "0003_registry")]


def migrated(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def first_version():
    """The tables as they were, until the test ends."""
    yield migrated(BEFORE)
    migrated(newest())


def newest():
    """Today's tables, which today's code reads."""
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


def test_each_batch_becomes_one_line_and_comes_back(first_version):
    row = first_version.get_model
    generator = row("generation", "Generator").objects.create(name="old", source="/x", weights_sha256="1" * 64)
    dataset = row("library", "Dataset").objects.create(name="old", origin="synthetic", licence="-", citation="-")
    numbers = {"steps": 2, "guidance": 3.0, "scheduler": "ddim", "width": 64, "height": 64, "batch_shape": 4}
    texts = {"prompt": "chest radiograph", "negative_prompt": "pneumonia", "finding": "normal", "first_seed": 100}
    row("generation", "Batch").objects.create(generator=generator, dataset=dataset, count=6, **numbers, **texts)

    migrated(newest())
    batch = Batch.objects.get()
    (line,) = batch.lines.all()
    assert {name: getattr(line, name) for name in texts} == texts
    assert (line.first_index, line.count, batch.recipe(5).seed) == (0, 6, 105)

    back = migrated(BEFORE).get_model("generation", "Batch").objects.get()
    assert {name: getattr(back, name) for name in texts} == texts


def test_the_versions_of_an_experiment_go_to_each_of_its_trainings_and_come_back():
    before = [("generation", "0005_masks_and_experiments")]
    try:
        row = migrated(before).get_model
        noted = {"torch": "2.0"}
        experiment = row("generation", "Experiment").objects.create(name="old", kind="segmentation", versions=noted)
        for seed in range(2):
            experiment.cells.create(
                arm="real", net="unet", n_real=2, n_synthetic=0, seed=seed, values={}, learned_from=[], seconds=1
            )
        migrated(newest())
        assert [cell.versions for cell in ExperimentCell.objects.all()] == [noted, noted]

        assert migrated(before).get_model("generation", "Experiment").objects.get().versions == noted
    finally:
        migrated(newest())
