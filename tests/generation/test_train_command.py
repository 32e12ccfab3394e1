"""`manage.py train` trains as the page does, and goes on with a run that stopped."""

import pytest
from django.core.management import CommandError, call_command

from generation.actions import training_journal
from generation.models import TrainingRun
from lungstudy.jobs.models import JobState
from tests.generation.training_scenes import WORD, hearts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings, tmp_path, monkeypatch):
    from generation.diffusion.learning import denoising

    monkeypatch.setattr(denoising, "DRAWING_STEPS", 1)
    monkeypatch.setattr(training_journal, "IN_A_GRID", 1)
    settings.VAR = tmp_path / "var"


def train(**changes):
    plain = {"kind": "embedding", "name": WORD, "model": "tiny", "steps": 2, "batch": 1, "vectors": 2, "variants": 1}
    call_command("train", **{**plain, **changes})


def test_it_trains_warns_and_registers(generator, capsys):
    train(dataset=[hearts(4).name])
    run = TrainingRun.objects.get()
    assert (run.state, run.adapter.name) == (JobState.DONE, WORD)
    assert run.options["plan"]["rate"] == 5e-3  # what the form offers
    told = capsys.readouterr()
    assert "is registered after 2 steps" in told.out
    assert "Only 4 images to learn from" in told.err


def test_it_goes_on_with_a_run_that_stopped(generator):
    train(dataset=[hearts(4).name])
    TrainingRun.objects.update(state=JobState.FAILED, adapter=None)
    generator.adapters.all().delete()
    train(resume=True)
    assert TrainingRun.objects.get().state == JobState.DONE


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"model": "no such"}, "No generator is called “no such”"),
    ({"dataset": ["no such"]}, "No data set is called “no such”"),
    ({"resume": True}, "No unfinished training is called"),
    ({"rate": 7.0}, "learning rate must lie between"),
    ({}, "Choose at least one data set"),
])  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(generator, changes, sentence):
    with pytest.raises(CommandError, match=sentence):
        train(**changes)
