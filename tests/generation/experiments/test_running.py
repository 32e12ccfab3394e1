"""A worker trains every cell once; killed or cancelled, the others come out bit for bit as if nothing had happened."""

from itertools import pairwise

import monai
import pytest
from django.db import IntegrityError, transaction

from generation.actions import experiment_running
from generation.actions.experiment_material import Material
from generation.actions.experiment_orders import ExperimentError
from generation.actions.experiment_queueing import cancel_experiment, resume_experiment
from generation.actions.experiment_running import missing_cells, run_experiment
from generation.experiments.grid import Arm, Cell
from generation.models import Experiment, ExperimentCell
from generation.reports.experiments import ExperimentReport
from lungstudy.jobs.models import JobState
from lungstudy.library.models import MaskVersion, Origin
from tests.factories import MaskSetFactory
from tests.generation.experiments.scenes import CLASSIFICATION, drawn, image_of, queued, real

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    """Every batch is reported, as a slow net's are."""
    monkeypatch.setattr(experiment_running, "SECONDS_BETWEEN_REPORTS", 0)


class KilledError(BaseException):
    """The process ends here; nobody handles it."""


def run(experiment, on_progress=None) -> Experiment:
    run_experiment(experiment.pk, on_progress)
    experiment.refresh_from_db()
    return experiment


def results(experiment) -> dict:
    """Each cell's values by its place in the grid."""
    fields = ("arm", "net", "n_real", "seed", "values", "learned_from")
    return {row[:4]: row[4:] for row in experiment.cells.values_list(*fields)}


def test_a_killed_experiment_is_finished_by_another_worker_with_the_same_values():
    dataset, pictures = real(), drawn()
    wanted = {"real": [dataset], "synthetic": [pictures], "arms": [Arm.REAL, Arm.BOTH, Arm.SYNTHETIC]}
    whole = run(queued(**wanted))
    assert (whole.state, whole.done, whole.total, whole.reason) == (JobState.DONE, 5, 5, "")

    def die(cell, step, total):
        if (cell.arm, cell.n_real, step) == (Arm.BOTH, 2, 2):  # in the middle of the third
            raise KilledError

    half = queued(**wanted)
    with pytest.raises(KilledError):
        run_experiment(half.pk, die)
    assert half.cells.count() == 2
    kept = list(half.cells.values_list("pk", flat=True))
    Experiment.objects.filter(pk=half.pk).update(lease_until="2020-01-01T00:00Z")
    seen = []
    assert run(half, lambda cell, step, total: seen.append(cell.arm)).state == JobState.DONE
    assert Arm.REAL not in seen  # those were done
    assert list(half.cells.values_list("pk", flat=True))[:2] == kept
    assert results(half) == results(whole)
    assert all({"torch", "monai"} <= set(cell.versions) for cell in half.cells.all())


def test_a_worker_with_other_versions_goes_on_and_each_training_keeps_its_own(monkeypatch):
    def die(cell, step, total):
        if cell.n_real == 5:
            raise KilledError

    experiment = queued()
    numbers = [cell.n_real for cell in missing_cells(experiment)]
    assert numbers == [2, 5]
    with pytest.raises(KilledError):
        run_experiment(experiment.pk, die)
    Experiment.objects.filter(pk=experiment.pk).update(lease_until="2020-01-01T00:00Z")
    monkeypatch.setattr(monai, "__version__", "99.0")  # the other machine's
    run(experiment)

    first, second = (cell.versions["monai"] for cell in experiment.cells.all())
    assert (first != "99.0", second) == (True, "99.0")
    assert dict(ExperimentReport(experiment).environments)["monai"] == f"{first}; then 99.0"


def test_arms_differ_only_in_their_training_images():
    experiment = run(queued(synthetic=[drawn()], arms=[Arm.REAL, Arm.BOTH, Arm.SYNTHETIC]))
    cells = {(cell.arm, cell.n_real): cell for cell in experiment.cells.all()}
    alone, both, drawn_only = (set(cells[key].learned_from) for key in (
        (Arm.REAL, 2), (Arm.BOTH, 2), (Arm.SYNTHETIC, 0),
    ))  # fmt: skip
    assert len(alone) == 2
    assert both == alone | drawn_only
    assert {image_of(token).dataset.origin for token in drawn_only} == {Origin.SYNTHETIC}
    assert {frozenset(cell.values) for cell in cells.values()} == {frozenset(cells[Arm.REAL, 2].values)}
    tested = {image_of(token) for token in cells[Arm.REAL, 2].values}
    assert all(image.dataset.origin == Origin.REAL for image in tested)
    learned = {image_of(token).patient_key for cell in cells.values() for token in cell.learned_from}
    assert not learned & {image.patient_key for image in tested}
    assert [cells[key].n_synthetic for key in ((Arm.REAL, 2), (Arm.BOTH, 2), (Arm.SYNTHETIC, 0))] == [0, 4, 4]


def test_smaller_sets_of_real_images_lie_within_larger_ones_for_every_seed():
    material = Material(queued(real=[real(16, masks=MaskSetFactory())]))
    for seed in range(3):
        sets = [set(material.learned_from(Cell(Arm.REAL, "unet", n, seed))) for n in range(1, 8)]
        assert [len(chosen) for chosen in sets] == list(range(1, 8))
        assert all(fewer < more for fewer, more in pairwise(sets))


def test_four_arms_of_a_classification_learn_from_what_they_are_called_by():
    ordinary, ten = drawn(4), drawn(6, first_seed=2000, prefix="T")
    experiment = run(queued(CLASSIFICATION, real=[real(16)], synthetic=[ordinary], from_ten=ten, arms=list(Arm)))
    assert (experiment.state, experiment.reason) == (JobState.DONE, "")
    sources = {
        cell.arm: {image_of(token).dataset for token in cell.learned_from} for cell in experiment.cells.filter(n_real=0)
    }
    assert sources == {Arm.SYNTHETIC: {ordinary}, Arm.FROM_TEN: {ten}}
    scores = experiment.cells.first().values
    assert all(0 <= of["score"] <= 1 for of in scores.values())


def test_two_seeds_take_other_real_images_and_other_nets():
    experiment = run(queued(real=[real(20)], seeds=[0, 1], numbers=[2]))
    first, second = experiment.cells.filter(n_real=2)
    assert set(first.learned_from) != set(second.learned_from)
    assert first.values != second.values


def test_a_cancelled_experiment_stops_between_two_batches_and_goes_on(researcher):
    experiment, steps = queued(), []

    def cancel(cell, step, total):
        steps.append(step)
        cancel_experiment(experiment=experiment, by=researcher)

    run(experiment, cancel)
    assert (experiment.state, experiment.cells.count(), steps) == (JobState.CANCELLED, 0, [1])
    resume_experiment(experiment=experiment, by=researcher)
    assert run(experiment).state == JobState.DONE


def test_a_waiting_experiment_is_cancelled_at_once_and_a_finished_one_has_nothing_to_go_on_with(researcher):
    experiment = queued()
    cancel_experiment(experiment=experiment, by=researcher)
    assert run(experiment).state == JobState.CANCELLED
    Experiment.objects.update(state=JobState.DONE)
    with pytest.raises(ExperimentError, match="nothing to go on with"):
        resume_experiment(experiment=experiment, by=researcher)


def test_a_cell_cannot_be_written_twice_and_a_second_delivery_trains_nothing():
    experiment = run(queued())
    cell = experiment.cells.first()
    cell.pk = None
    with transaction.atomic(), pytest.raises(IntegrityError):
        cell.save(force_insert=True)
    run_experiment(experiment.pk, lambda *_: pytest.fail("trained again"))
    assert missing_cells(experiment) == []


def test_a_worker_that_lost_the_experiment_writes_no_cell():
    experiment = queued()

    def taken_over(cell, step, total):
        if step == total:  # after the last batch: only the writing asks again
            Experiment.objects.filter(pk=experiment.pk).update(lease_token=None)

    run(experiment, taken_over)
    assert ExperimentCell.objects.count() == 0


def test_a_missing_file_or_outline_ends_it_with_a_sentence():
    experiment = queued()
    version = MaskVersion.objects.first()
    version.file.storage.delete(version.file.name)
    assert "The outline of “film" in run(experiment).reason
    assert "is missing; bring it back from a backup" in experiment.reason
    again = queued(real=list(experiment.real.all()))
    MaskVersion.objects.all().delete()
    assert "is gone since the experiment was queued" in run(again).reason
