"""LoRAs, fine-tuned models and models from scratch: drawing reads what training wrote, and a kill changes nothing."""

import numpy as np
import pytest
import torch

from generation.diffusion.adapter_files import check_lora
from generation.diffusion.inspecting import inspect_model
from generation.diffusion.learning import scratch
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.latents import encoded
from generation.diffusion.learning.state import read_state, write_state
from generation.diffusion.loading import load_pipeline
from generation.diffusion.material import Material
from generation.diffusion.recipe import Adapter
from generation.diffusion.sampling import sample
from generation.diffusion.training.plan import TrainingPlan
from tests.generation.diffusion.learning_scenes import begin, images_for, plan_with, steps
from tests.generation.diffusion.recipes import recipe

PROMPT = "chest radiograph, cardiomegaly"
SCRATCH = {"width": 16, "steps": 2, "autoencoder_steps": 2, "rate": 1e-3, "average": 0.9, "batch": 2}
WHOLE = {"autoencoder_steps": 2, "autoencoder_rate": 1e-3, "steps": 2, "text_encoder": True}


@pytest.fixture
def small_nets(monkeypatch):
    """The starter's nets, narrower."""

    def narrow(plan):
        return TrainingPlan(
            seed=plan.seed, image_size=plan.size, vae_channels=(8, 8, 8, 8), latent_channels=4,
            unet_channels=(plan.width, 2 * plan.width), text_width=16, text_layers=1,
        )  # fmt: skip

    monkeypatch.setattr(scratch, "shape_of", narrow)


def learner_for(folder, kind, **changes):
    plain = SCRATCH if kind == "scratch" else {"steps": 4}
    plan = plan_with(kind, **{"average": 0.9 if kind != "lora" else 0.0, **plain, **changes})
    return begin(None if kind == "scratch" else folder, plan, images_for(PROMPT))


def drawn(pipeline, given=Material(), **changes):  # noqa: B008 - it holds nothing that could change
    return sample(pipeline, [recipe(prompt=PROMPT, **changes)], lambda _: None, given)[0].astype(int)


@pytest.mark.parametrize(("kind", "changes", "cuts"), [
    ("lora", {}, (2,)), ("fine_tune", {}, (2,)),
    ("fine_tune", {**WHOLE, "spare_memory": True}, (1, 2, 3)), ("scratch", {}, (1, 3)),
])  # fmt: skip
def test_a_kill_in_the_middle_changes_no_bit(tiny_folder, tmp_path, small_nets, kind, changes, cuts):
    straight = learner_for(tiny_folder, kind, **changes)
    total = straight.plan.total_steps
    losses = steps(straight, total)
    for cut in cuts:  # where the autoencoder learns first: within each phase
        killed = learner_for(tiny_folder, kind, **changes)
        before = steps(killed, cut)
        write_state(tmp_path / "state.safetensors", killed.state())
        resumed = learner_for(tiny_folder, kind, **changes)
        resumed.restore(read_state(tmp_path / "state.safetensors"))
        assert before + steps(resumed, total - cut) == losses
        theirs = resumed.state().tensors
        assert all(torch.equal(value, theirs[name]) for name, value in straight.state().tensors.items())


def test_a_lora_draws_the_same_in_training_and_from_its_file(tiny_folder, tmp_path):
    learner = learner_for(tiny_folder, "lora", rank=2, alpha=6, rate=0.05)
    steps(learner, 3)
    path = tmp_path / "soft.safetensors"
    learner.subject.export(path, {"name": "soft"})
    check_lora(path.read_bytes(), tiny_folder)

    fresh = load_pipeline(str(tiny_folder))
    before = drawn(fresh)
    with_file = drawn(fresh, Material(files={"a": path}), adapters=(Adapter("lora", "soft", "a", 1.0),))
    assert np.abs(with_file - before).max() > 1
    assert np.abs(with_file - drawn(learner.subject.pipeline)).max() <= 1
    assert np.abs(drawn(fresh) - before).max() <= 1


@pytest.mark.parametrize("kind", ["lora", "fine_tune"])
def test_what_is_not_learned_stays_bit_for_bit(tiny_folder, kind):
    learner = learner_for(tiny_folder, kind)
    learned = set(map(id, learner.parameters.values()))
    nets = (learner.subject.pipeline.vae, learner.subject.pipeline.text_encoder, learner.subject.pipeline.unet)
    others = [value for net in nets for value in net.parameters() if id(value) not in learned]
    before = [value.detach().clone() for value in others]
    steps(learner, 2)
    assert others
    assert all(torch.equal(*pair) for pair in zip(before, others, strict=True))


def test_the_text_encoder_learns_where_it_is_asked_for(tiny_folder):
    for asked in (False, True):
        learner = learner_for(tiny_folder, "fine_tune", text_encoder=asked)
        weight = learner.subject.pipeline.text_encoder.get_input_embeddings().weight
        before = weight.detach().clone()
        steps(learner, 2)
        assert torch.equal(weight, before) is not asked


def test_the_autoencoder_learns_before_the_latents_are_made_and_not_after(tiny_folder):
    learner = learner_for(tiny_folder, "fine_tune", **WHOLE)
    vae, unet = learner.subject.pipeline.vae, learner.subject.pipeline.unet
    scale = vae.config.scaling_factor
    begun, phases = (copied(vae), copied(unet)), []
    for _ in range(4):
        phases.append(learner.subject.phase(learner.step))
        steps(learner, 1)
        if learner.step == 2:
            learned = copied(vae)
            assert not same(learned, begun[0])
            assert same(copied(unet), begun[1])
            assert learner.subject.held_out_loss(2) > 0
    assert phases == ["autoencoder", "autoencoder", "denoiser", "denoiser"]
    assert same(copied(vae), learned)
    assert not same(copied(unet), begun[1])
    assert vae.config.scaling_factor == scale  # the denoiser knows it
    assert torch.equal(learner.subject.shown.latents, encoded(vae, learner.subject.images.shown.pictures, 2, 0))


def test_the_autoencoders_copies_come_nearer_to_the_images(tiny_folder):
    learner = learner_for(tiny_folder, "fine_tune", **{**WHOLE, "autoencoder_steps": 30, "autoencoder_rate": 3e-3})
    before = learner.subject.held_out_loss(0)
    steps(learner, 30)
    assert learner.subject.held_out_loss(30) < 0.9 * before


def copied(net):
    return [value.detach().clone() for value in net.parameters()]


def same(some, others):
    return all(torch.equal(*pair) for pair in zip(some, others, strict=True))


@pytest.mark.parametrize(("kind", "changes"), [
    ("fine_tune", {}), ("fine_tune", WHOLE), ("scratch", {}), ("scratch", {"prediction": "epsilon"}),
])  # fmt: skip
def test_a_trained_model_is_a_folder_that_can_be_inspected_loaded_and_drawn_with(
    tiny_folder, tmp_path, small_nets, kind, changes
):
    learner = learner_for(tiny_folder, kind, **changes)
    steps(learner, learner.plan.total_steps)
    assert learner.subject.held_out_loss(learner.step) > 0
    with learner.as_kept() as subject:
        subject.export(tmp_path / "trained", {"name": "trained", "steps": "4"})
    facts = inspect_model(tmp_path / "trained")
    assert (facts.native_size, facts.channels) == (64, 1)
    assert "- steps: 4" in facts.card
    assert {path.suffix for path in (tmp_path / "trained").rglob("*.safetensors")} == {".safetensors"}
    assert not list((tmp_path / "trained").rglob("*.bin"))
    pipeline = load_pipeline(str(tmp_path / "trained"))
    assert pipeline.scheduler.config.prediction_type == changes.get("prediction", "v_prediction")
    assert drawn(pipeline).shape == (64, 64)


def test_what_is_kept_is_the_running_average_and_training_goes_on_from_the_last_weights(tiny_folder):
    learner = learner_for(tiny_folder, "fine_tune")
    steps(learner, 3)
    name = next(iter(learner.average))
    last = learner.parameters[name].detach().clone()
    with learner.as_kept():
        assert torch.equal(learner.parameters[name], learner.average[name])
    assert torch.equal(learner.parameters[name], last)
    assert not torch.equal(last, learner.average[name])


def test_a_model_with_a_weight_that_is_no_number_is_not_written(tiny_folder, tmp_path):
    learner = learner_for(tiny_folder, "fine_tune")
    with torch.no_grad():
        next(learner.subject.pipeline.unet.parameters())[0] = float("inf")
    with pytest.raises(LearningError, match="A weight of the model is no number"):
        learner.subject.export(tmp_path / "trained", {})
    assert not (tmp_path / "trained").exists()


def test_from_scratch_the_tokenizer_knows_the_captions_words_and_sizes_are_checked(small_nets):
    tokenizer = learner_for(None, "scratch").subject.pipeline.tokenizer
    assert len(tokenizer(PROMPT, add_special_tokens=False).input_ids) == 4
    with pytest.raises(LearningError, match="multiples of 16"):
        learner_for(None, "scratch", width=24)
