"""Experiments' pages: a form that queues, a page with curves, tables and cautions, CSV files, and who may see them."""

import csv
import io
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from generation.experiments.grid import Arm
from generation.models import Experiment, ExperimentCell, TrainingRun
from generation.reports.experiment_plots import LEFT, RIGHT, round_step
from generation.reports.experiments import ExperimentReport
from lungstudy.jobs.models import JobState
from lungstudy.library.models import MaskSet
from tests.factories import MaskSetFactory, UserFactory
from tests.generation.experiments.scenes import CLASSIFICATION, drawn, queued, real, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(page, monkeypatch):
    """Fill in the fresh form, change fields, send it."""
    from generation.tasks import experiment

    monkeypatch.setattr(experiment, "delay_on_commit", lambda pk: None)  # no broker here

    def send(kind="segmentation", **changes):
        address = reverse("generation:new_experiment", args=[kind])
        fresh = page.get(address).context["form"]
        plain = {name: field.initial for name, field in fresh.fields.items() if field.initial} | fresh.initial
        if kind == "segmentation":
            plain["mask_sets"] = [one.token for one in MaskSet.objects.all()]
        return page.post(address, {"name": "squares", **plain, **changes})

    return send


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def three_arms():
    return queued(real=[real(20)], synthetic=[drawn()], arms=[Arm.REAL, Arm.BOTH, Arm.SYNTHETIC], seeds=[0, 1])


def test_without_experiments_and_without_images_the_pages_say_what_to_do(page):
    assert "No experiment yet" in text(page.get(reverse("generation:experiments")))
    for kind in Experiment.Kind.values:
        assert "Import images" in text(page.get(reverse("generation:new_experiment", args=[kind])))


def test_the_form_queues_an_experiment_and_a_second_click_leads_to_the_same(sent):
    dataset, key = real(20), uuid4()
    first = sent(real=[dataset.token], request_key=key)
    experiment = Experiment.objects.get()
    assert first.url == reverse("generation:experiment", args=[experiment.token])
    assert experiment.options["numbers"] == [10, 11]  # of those that are offered, and all
    assert (experiment.options["learning"]["mirrored"], experiment.options["seeds"]) == (True, [0, 1, 2])
    assert sent(real=[dataset.token], request_key=key).url == first.url
    assert Experiment.objects.count() == 1


@pytest.mark.parametrize(("kind", "changes", "sentence"), [
    ("segmentation", {"numbers": "ten"}, "Write whole numbers with commas between"),
    ("segmentation", {"size": 100}, "multiple of step size 16"),
    ("segmentation", {"width": 6}, "multiple of step size 4"),
    ("segmentation", {"arms": [Arm.SYNTHETIC]}, "has no synthetic image outlined"),
    ("classification", {"finding": "large", "arms": [Arm.FROM_TEN]}, "has no synthetic image with a finding"),
])  # fmt: skip
def test_what_cannot_be_done_is_a_sentence_on_the_form(sent, kind, changes, sentence):
    answer = sent(kind, real=[real(20).token], **changes)
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert not Experiment.objects.exists()


def test_a_finished_page_draws_curves_and_tells_what_helps(page, three_arms):
    shown = text(page.get(reverse("generation:experiment", args=[trained(three_arms).token])))
    assert "Done: 10 of 10 trainings" in shown
    assert shown.count('<svg class="learning-curve"') == 2  # Dice and HD95
    assert 'class="arm both"' in shown and 'class="flat"' in shown
    assert "real + synthetic less real, 2 real" in shown
    assert shown.count("is-told") >= 4
    assert "0.200 [" in shown or "0.20" in shown
    assert "more patients like the 8 tested, these very nets" in shown
    assert "every 5s" not in shown
    assert "style=" not in shown.split('id="experiment-progress"')[1]


def test_a_running_page_says_how_many_are_done_and_how_long_it_will_take(page, three_arms):
    trained(three_arms)
    ExperimentCell.objects.filter(seed=1).delete()
    Experiment.objects.update(state=JobState.RUNNING, done=5)
    shown = text(page.get(reverse("generation:experiment_progress", args=[three_arms.token])))
    assert "Training: 5 of 10 trainings" in shown
    assert "About 15 s left." in shown
    assert "every 5s" in shown
    assert "One seed says nothing of how nets vary" in shown


def test_a_failed_one_says_why_and_goes_on_and_a_waiting_one_is_cancelled(page, three_arms, sent):
    address = reverse("generation:experiment", args=[three_arms.token])
    Experiment.objects.update(state=JobState.FAILED, reason="The disk is full.")
    assert "The disk is full." in text(page.get(address))
    page.post(reverse("generation:resume_experiment", args=[three_arms.token]))
    assert "Waiting for a worker" in text(page.get(address))
    page.post(reverse("generation:cancel_experiment", args=[three_arms.token]))
    assert "Go on with the others" in text(page.get(address))


def test_a_page_that_waits_says_so_unless_the_worker_trains_something_else(page, three_arms, generator):
    from tests.generation.training_scenes import queued as training_of

    Experiment.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    address = reverse("generation:experiment", args=[three_arms.token])
    assert "No worker trains anything" in text(page.get(address))
    training = training_of(generator)
    TrainingRun.objects.claim(training.pk)
    assert "No worker trains anything" not in text(page.get(address))


def test_the_csv_holds_every_interval_and_the_other_every_value(page, three_arms):
    trained(three_arms)
    table = page.get(reverse("generation:experiment_csv", args=[three_arms.token]))
    rows = list(csv.DictReader(io.StringIO(table.content.decode())))
    assert len(rows) == 3 * (5 + 3)
    first = rows[0]
    assert (first["arm"], first["measure"], first["test_patients"]) == ("real", "dice", "8")
    assert float(first["low_both"]) <= float(first["low_patients"]) < float(first["value"])
    values = page.get(reverse("generation:experiment_values", args=[three_arms.token])).content.decode()
    assert len(values.splitlines()) == 1 + 10 * 8
    assert "P0" not in values  # no patient's key


def test_the_images_page_says_what_each_is_for(page, three_arms):
    shown = text(page.get(reverse("generation:experiment_images", args=[three_arms.token])))
    assert "24 images" in shown
    assert shown.count("<strong>Testing</strong>") == 8


def test_a_classification_shows_areas_and_its_cautions(page):
    experiment = trained(queued(CLASSIFICATION, real=[real(40)], arms=[Arm.REAL], seeds=[0, 1]))
    shown = text(page.get(reverse("generation:experiment", args=[experiment.token])))
    assert "ResNet-18: Area under the ROC curve" in shown
    assert "Only 16 test patients: expect wide intervals." in shown


def test_readers_see_no_experiment(client, three_arms):
    client.force_login(UserFactory())
    for name in ("experiment", "experiment_csv", "experiment_values", "experiment_images", "experiment_progress"):
        assert client.get(reverse(f"generation:{name}", args=[three_arms.token])).status_code in (302, 403, 404)
    assert client.get(reverse("generation:experiments")).status_code in (302, 403, 404)


def test_curves_keep_within_their_picture_and_labels_apart(three_arms):
    for plot in ExperimentReport(trained(three_arms)).plots:
        labels = sorted(curve.label_y for curve in plot.curves)
        assert all(later - earlier >= 15 for earlier, later in pairwise(labels))
        assert all(LEFT <= mark.x <= RIGHT + 8 for curve in plot.curves for mark in curve.marks)
        assert 2 <= len(plot.y_ticks) <= 7
    assert [round_step(rough) for rough in (0.011, 0.2, 3, 9)] == [0.02, 0.2, 5, 10]


SMALL = {"size": 64, "width": 4, "batch": 2, "rounds": 1, "steps": 2, "seeds": 1, "numbers": "2"}


def command(*arguments: str) -> None:
    options = [f"--{name}={value}" for name, value in SMALL.items()]
    call_command(*arguments, "--name", "by command", *options)


def test_the_command_prints_a_table_and_writes_the_csv(capsys, tmp_path):
    real(20, name="films", masks=MaskSetFactory(name="people"))
    drawn(name="drawn", masks=MaskSetFactory(name="maps", source="attention"))
    images = ["--real", "films", "--synthetic", "drawn", "--masks", "people", "--masks", "maps", "--arms", "real,both"]
    command("segmentation_study", *images, "--out", str(tmp_path / "table.csv"))
    said = capsys.readouterr()
    assert "real + synthetic less real, 2 real" in said.out
    assert "4 of 4 trainings" in said.err or "3 of 4 trainings" in said.err
    assert len((tmp_path / "table.csv").read_text().splitlines()) == 1 + 3 * 6
    with pytest.raises(CommandError, match="No unfinished experiment is called “by command”"):
        command("segmentation_study", "--resume")
    Experiment.objects.update(state=JobState.FAILED)
    ExperimentCell.objects.last().delete()
    command("segmentation_study", "--resume")
    assert ExperimentCell.objects.count() == 4


def test_the_other_command_trains_classifiers_and_refuses_names_that_it_does_not_know(capsys):
    real(20, name="films")
    drawn(name="maps")
    with_maps = ("--real", "films", "--finding", "large", "--synthetic", "maps", "--arms", "both")
    command("classification_study", "--real", "films", "--finding", "large")
    assert "Area under the ROC curve" in capsys.readouterr().out
    for wrong, sentence in (
        (("--real", "nothing"), "No data set is called “nothing”"),
        (("--real", "films", "--arms", "fake"), "No arm is called “fake”"),
        (("--real", "films", "--stratify", "shoe"), "Splits cannot keep “shoe”"),
        ((*with_maps, "--synthetic-against", "clear"), "and none with “clear”"),
        (("--real", "films", "--finding", "nodule"), "Nobody in “films” has the finding"),
    ):
        with pytest.raises(CommandError, match=sentence):
            command("classification_study", *wrong)


def test_the_page_says_what_synthetic_images_are_told_from_also_where_an_older_experiment_does_not(page, sent):
    films, maps = real(20), drawn(6, masks=None)
    maps.images.filter(finding="small").update(finding="clear")
    sent(
        "classification", real=[films.token], synthetic=[maps.token], arms=[Arm.BOTH], finding="large", against="small",
        synthetic_against="clear",
    )  # fmt: skip
    experiment = Experiment.objects.get()
    address = reverse("generation:experiment", args=[experiment.token])
    assert experiment.options["synthetic_against"] == "clear"
    assert dict(ExperimentReport(experiment).settings)["synthetic images are told from"] == "clear"
    del experiment.options["synthetic_against"]  # as it was stored before one could say so
    experiment.save()
    assert (
        dict(ExperimentReport(trained(experiment)).settings)["synthetic images are told from"] == "every other finding"
    )
    assert page.get(address).status_code == 200
