"""A worker trains a run to a registered result; killed, cancelled or out of disk, nothing is lost or half stored."""

import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from generation.actions import training_journal
from generation.actions.training_queueing import cancel_training, resume_training, runs_to_wake
from generation.actions.training_results import keep_model, model_folder
from generation.actions.training_running import learner_for, train_run
from generation.diffusion.errors import ModelError
from generation.models import Adapter, TrainingLoss, TrainingRun
from lungstudy.jobs.models import JobState
from tests.generation.training_scenes import WORD, hearts, queued

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture(autouse=True)
def short_samples(monkeypatch):
    """One image drawn in one step: they mean nothing here."""
    from generation.diffusion.learning import denoising

    monkeypatch.setattr(denoising, "DRAWING_STEPS", 1)
    monkeypatch.setattr(training_journal, "IN_A_GRID", 1)


@pytest.fixture
def eager(monkeypatch, settings):
    """Every step is reported and kept, as a slow model's are."""
    monkeypatch.setattr(training_journal, "SECONDS_BETWEEN_REPORTS", 0)
    settings.CHECKPOINT_SECONDS = 0


def trained(run, on_progress=None) -> TrainingRun:
    train_run(run.pk, on_progress)
    run.refresh_from_db()
    return run


class KilledError(BaseException):
    """The process ends here; nobody handles it."""


def killed_at(run, step: int) -> TrainingRun:
    """A worker that dies after so many steps; its lease ends."""

    def die(done: int, total: int, loss: float) -> None:
        if done == step:
            raise KilledError

    with pytest.raises(KilledError):
        train_run(run.pk, die)
    TrainingRun.objects.filter(pk=run.pk).update(lease_until="2020-01-01T00:00Z")
    run.refresh_from_db()
    return run


def vectors_of(run: TrainingRun):
    return load_file(run.adapter.file.path)[run.name]


def test_a_run_ends_in_an_adapter_with_losses_samples_and_a_card(generator, eager):
    run = trained(queued(generator, hearts(6), held_out_share=0.2))
    assert (run.state, run.done, run.reason) == (JobState.DONE, 3, "")
    assert (run.adapter.name, run.adapter.kind, run.adapter.vectors) == (WORD, "embedding", 2)
    assert run.adapter.licence == "CC0"
    assert vectors_of(run).shape == (2, 16)
    assert [row.step for row in run.losses.all()] == [1, 2, 3]
    assert all(row.held_out_loss for row in run.losses.all())
    assert [sample.step for sample in run.samples.all()] == [0, 1, 2, 3]
    assert {"torch", "device"} <= set(run.versions)
    assert not run.checkpoint
    assert not list(Path(run.adapter.file.storage.location).glob("training/*/step*.safetensors"))


def test_the_file_says_itself_where_it_comes_from(generator):
    from safetensors import safe_open

    run = trained(queued(generator))
    with safe_open(run.adapter.file.path, framework="np") as opened:
        card = opened.metadata()
    assert card["model weights sha256"] == generator.weights_sha256
    assert (card["images learned from"], card["images held out"], card["plan vectors"]) == ("5", "1", "2")


def test_a_run_whose_worker_was_killed_is_finished_by_another_with_the_same_vectors(generator, eager):
    whole = trained(queued(generator, plan={"steps": 4}))
    vectors = vectors_of(whole)
    rows = list(whole.losses.values_list("step", "loss", "held_out_loss"))
    Adapter.objects.filter(pk=whole.adapter_id).update(name="<other>")

    run = killed_at(queued(generator, plan={"steps": 4}), step=3)
    assert run.checkpoint_step == 2
    assert run.pk in runs_to_wake()
    TrainingLoss.objects.create(run=run, step=4, loss=9.0)  # noted after the last checkpoint
    seen = []
    run = trained(run, lambda done, total, loss: seen.append((done, run.losses.filter(step__gt=done).count())))
    assert run.state == JobState.DONE
    assert seen == [(3, 0), (4, 0)]  # from the checkpoint on, and without the rows that came after it
    assert (vectors_of(run) == vectors).all()
    assert list(run.losses.values_list("step", "loss", "held_out_loss")) == rows
    assert [sample.step for sample in run.samples.all()] == [0, 1, 2, 3, 4]


def test_a_cancelled_run_stops_between_two_steps_and_goes_on_from_its_checkpoint(generator, eager, researcher):
    run = queued(generator, plan={"steps": 4})
    train_run(run.pk, lambda done, total, loss: cancel_training(run=run, by=researcher) if done == 2 else None)
    run.refresh_from_db()
    assert (run.state, run.done, run.adapter) == (JobState.CANCELLED, 2, None)
    resume_training(run=run, by=researcher)
    assert trained(run).state == JobState.DONE
    assert run.done == 4


def test_a_rate_that_bursts_ends_in_a_sentence_and_no_adapter(generator, monkeypatch):
    from generation.diffusion.learning import watching

    monkeypatch.setattr(watching, "BURST", 0.5)  # so that the very first loss is too high
    run = trained(queued(generator))
    assert run.state == JobState.FAILED
    assert "the training diverges. Start again with a learning rate of" in run.reason
    assert not Adapter.objects.exists()


def test_a_model_whose_weights_changed_is_refused(generator):
    run = queued(generator)
    type(generator).objects.filter(pk=generator.pk).update(weights_sha256="0" * 64)
    assert "are not those that were registered" in trained(run).reason


def test_no_gpu_where_one_was_asked_for_is_a_sentence(generator):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    assert "A graphics card was asked for" in trained(queued(generator, plan={"device": "gpu"})).reason


@pytest.mark.skipif(not Path("/dev/full").exists(), reason=f"{sys.platform} has no /dev/full to fill a disk with")
@pytest.mark.parametrize("room", [0, 2])
def test_a_full_disk_is_a_sentence_and_with_room_the_run_goes_on(generator, eager, researcher, settings, room):
    run, plain = queued(generator), settings.STORAGES
    media = Path(plain["default"]["OPTIONS"]["location"])
    full = {"location": str(media), "room": sum(path.is_file() for path in media.rglob("*")) + room}
    backend = {"BACKEND": "tests.generation.full_disk.FullDiskStorage", "OPTIONS": full}
    settings.STORAGES = {**plain, "default": backend}
    run = trained(run)
    assert (run.state, run.adapter) == (JobState.FAILED, None)
    assert "The disk is full" in run.reason
    settings.STORAGES = plain
    resume_training(run=run, by=researcher)
    assert trained(run).state == JobState.DONE


def test_a_second_delivery_changes_nothing(generator):
    run = trained(queued(generator))
    train_run(run.pk)
    assert Adapter.objects.count() == 1


def test_a_run_that_waits_while_another_trains_is_not_sent_for_again(generator):
    first, second = queued(generator), queued(generator, name="<b>", plan={"word": "<b>"})
    assert set(runs_to_wake()) == {first.pk, second.pk}
    TrainingRun.objects.claim(first.pk)
    assert runs_to_wake() == []


def test_the_learner_sees_the_stored_images_and_captions(generator):
    learner = learner_for(queued(generator, hearts(4), held_out_share=0.25))
    assert learner.subject.shown.latents.shape[:2] == (3, 1)
    assert learner.subject.shown.captions == [f"PA chest radiograph, {WORD}, cardiomegaly"] * 3
    assert len(learner.subject.held_out.captions) == 1


def queued_model(generator, kind: str, **changes) -> TrainingRun:
    """A training whose result is no embedding."""
    plan = {"kind": kind, "width": 16, "autoencoder_steps": 2, "steps": 2}
    words = {"template": "{view} chest radiograph, {finding}", "sample_prompt": "chest"}
    return queued(generator, plan=plan, **words, **changes)


@pytest.mark.parametrize("kind", ["lora", "fine_tune", "scratch"])
def test_other_kinds_end_registered_too(generator, monkeypatch, kind):
    from generation.diffusion.learning import scratch
    from generation.diffusion.training.plan import TrainingPlan

    nets = {"vae_channels": (8, 8, 8, 8), "latent_channels": 4, "unet_channels": (16, 32), "text_width": 16}
    monkeypatch.setattr(scratch, "shape_of", lambda plan: TrainingPlan(image_size=plan.size, text_layers=1, **nets))
    run = trained(queued_model(None if kind == "scratch" else generator, kind))
    assert (run.state, run.reason) == (JobState.DONE, "")
    if kind == "lora":
        assert (run.adapter.kind, run.adapter.generator) == ("lora", generator)
        return
    model = run.trained_generator
    assert model.phantoms is (kind == "scratch")
    assert "5 images of" in model.trained_on
    assert model.local_folder().name == f"soft-{run.token.hex}"
    assert list(model.local_folder().parent.iterdir()) == [model.local_folder()]
    from generation.actions.pipelines import pipeline_of
    from generation.diffusion.sampling import sample
    from tests.generation.diffusion.recipes import recipe

    images = sample(pipeline_of(model), [recipe()], lambda _: None)
    assert images[0].shape == (64, 64)


@pytest.mark.parametrize("name", ["hub", "adapters", "theirs"])
def test_a_folder_that_the_run_did_not_write_stays_whatever_the_run_is_called(generator, settings, name):
    theirs = settings.VAR / "models" / name / "weights.safetensors"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"theirs")
    run = trained(queued_model(generator, "fine_tune", name=name))
    assert run.state == JobState.DONE
    assert theirs.read_bytes() == b"theirs"
    assert run.trained_generator.local_folder() != theirs.parent


def test_what_a_killed_attempt_at_the_same_run_left_gives_way(generator):
    run = queued_model(generator, "fine_tune")
    folder = model_folder(run)
    for left in (folder, folder.with_name(f".{folder.name}.unfinished")):
        left.mkdir(parents=True)
        (left / "left.safetensors").write_bytes(b"half")
    assert trained(run).state == JobState.DONE
    assert list(folder.parent.iterdir()) == [folder]
    assert not (folder / "left.safetensors").exists()


def test_a_model_that_cannot_be_registered_leaves_no_folder_and_goes_on_under_a_free_name(generator, researcher):
    run = queued_model(generator, "fine_tune")
    type(generator).objects.filter(pk=generator.pk).update(name="soft")  # taken since
    assert "registered already; choose another name" in trained(run).reason
    assert list(model_folder(run).parent.iterdir()) == []
    type(generator).objects.filter(pk=generator.pk).update(name="tiny")
    resume_training(run=run, by=researcher)
    assert trained(run).state == JobState.DONE


def test_the_folder_of_a_registered_model_is_never_written_again(generator):
    run = trained(queued_model(generator, "fine_tune"))
    with pytest.raises(ModelError, match="a registered model in"):
        keep_model(run, learner=None)
    assert list(run.trained_generator.local_folder().glob("unet/*.safetensors"))
