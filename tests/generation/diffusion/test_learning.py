"""The training loop: a killed training goes on bit for bit, a bad one stops in a sentence, nothing is pickled."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open

from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.examples import batch_at, image_set
from generation.diffusion.learning.latents import cached_latents
from generation.diffusion.learning.noise import error_weights, target_of, training_scheduler
from generation.diffusion.learning.pictures import unit_tensor, variant
from generation.diffusion.learning.plan import KINDS, RATES, LearningPlan, plan_from, sensible
from generation.diffusion.learning.rates import share_of_rate
from generation.diffusion.learning.state import HEADER, read_state, write_state
from generation.diffusion.loading import load_pipeline
from tests.generation.diffusion.learning_scenes import begin, images_for, pictures, plan_with, steps


def same(a, b) -> bool:
    """Every number of two learners, moments and averages included."""
    ours, theirs = a.state(), b.state()
    keys = ours.tensors.keys() == theirs.tensors.keys() and ours.facts == theirs.facts
    return keys and all(torch.equal(value, theirs.tensors[name]) for name, value in ours.tensors.items())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"steps": 2, "batch": 1, "accumulate": 2, "schedule": "linear", "warmup": 2, "precision": "bf16"},
        {"precision": "fp16"},
    ],
)
def test_half_the_steps_a_kill_and_the_other_half_are_all_steps_bit_for_bit(tiny_folder, tmp_path, changes):
    plan = plan_with(**changes)
    straight, killed = begin(tiny_folder, plan), begin(tiny_folder, plan)
    losses, half = steps(straight, plan.steps), plan.steps // 2
    before = steps(killed, half)
    write_state(tmp_path / "state.safetensors", killed.state())

    resumed = begin(tiny_folder, plan)
    resumed.restore(read_state(tmp_path / "state.safetensors"))
    assert before + steps(resumed, half) == losses
    assert same(resumed, straight)


def test_a_checkpoint_is_safetensors_with_json_in_its_header(tiny_folder, tmp_path):
    learner = begin(tiny_folder, plan_with())
    steps(learner, 2)
    write_state(tmp_path / "state.safetensors", learner.state())
    with safe_open(tmp_path / "state.safetensors", framework="np") as opened:
        assert json.loads(opened.metadata()[HEADER])["step"] == 2
        assert "adam/exp_avg/vectors" in opened.keys()  # noqa: SIM118 - no dictionary
    assert [path.name for path in tmp_path.iterdir()] == ["state.safetensors"]


def test_a_checkpoint_of_another_plan_or_no_checkpoint_at_all_is_refused(tiny_folder, tmp_path):
    learner, other = begin(tiny_folder, plan_with()), begin(tiny_folder, plan_with(seed=1))
    with pytest.raises(LearningError, match="belongs to another training"):
        other.restore(learner.state())
    (tmp_path / "state.safetensors").write_bytes(b"\x80\x04pickle")
    with pytest.raises(LearningError, match="cannot be read"):
        read_state(tmp_path / "state.safetensors")


def test_a_loss_that_is_no_number_stops_before_the_step_and_names_a_lower_rate(tiny_folder):
    learner = begin(tiny_folder, plan_with(rate=0.01))
    with torch.no_grad():
        learner.subject.vectors[0, 0] = float("nan")
    with pytest.raises(LearningError, match=r"At step 1 the loss was no number.*0\.01 is too high.*with 0\.001"):
        learner.take_step()
    assert learner.step == 0


def test_a_loss_ten_times_the_first_ones_stops_and_says_so(tiny_folder):
    learner = begin(tiny_folder, plan_with())
    for _ in range(10):
        learner.watch.note(0.2, "denoiser", 1, 0.005)
    with pytest.raises(LearningError, match=r"the training diverges. Start again with a learning rate of 0.0005"):
        for step in range(10):
            learner.watch.note(3.0, "denoiser", step, 0.005)


def test_an_image_out_of_place_in_the_first_losses_is_no_burst(tiny_folder):
    learner = begin(tiny_folder, plan_with())
    for loss in (0.2,) * 10 + (3.0,) + (0.2,) * 10:
        learner.watch.note(loss, "denoiser", 1, 0.005)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rate": 1.0}, "learning rate must lie between 1e-06 and 0.5"),
        ({"rate": math.nan}, "learning rate must lie"),
        ({"vectors": 65}, "vectors must lie between 1 and 64"),
        ({"steps": 0}, "steps must lie between 1"),
        ({"schedule": "sine"}, "schedule is one of"),
        ({"kind": "style"}, "A training is one of"),
        ({"kind": "scratch", "autoencoder_steps": 0}, "needs at least 1 step"),
        ({"kind": "fine_tune", "autoencoder_steps": 5, "autoencoder_rate": 1.0}, "autoencoder's learning rate must"),
    ],
)
def test_a_plan_out_of_range_is_a_sentence(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        plan_with(**changes)


def test_what_a_fresh_form_offers_is_in_range_and_comes_back_from_json():
    for kind in KINDS:
        plan = sensible(kind, 128)
        assert RATES[kind][0] < plan.rate < RATES[kind][1]
        assert plan_from(json.loads(json.dumps(plan.as_json()))) == plan


def test_rates_warm_up_and_fall():
    cosine = [share_of_rate("cosine", step, 110, 10) for step in range(110)]
    assert cosine[:10] == [pytest.approx((step + 1) / 10) for step in range(10)]
    assert cosine[60] == pytest.approx(0.5)
    assert cosine[10:] == sorted(cosine[10:], reverse=True)
    assert {share_of_rate("constant", step, 110, 0) for step in range(110)} == {1.0}
    assert share_of_rate("linear", 55, 110, 0) == pytest.approx(0.5)


def test_weights_are_the_papers_min_snr_for_noise_and_spare_pure_noise_for_velocity(tiny, rgb_folder):
    times = torch.arange(0, 1000, 37)
    noise = training_scheduler(load_pipeline(str(rgb_folder)))
    snr = noise.alphas_cumprod[times] / (1 - noise.alphas_cumprod[times])
    assert torch.allclose(error_weights(noise, times, 5.0), snr.clamp(max=5) / snr)
    velocity = training_scheduler(tiny)
    assert torch.allclose(error_weights(velocity, times, 5.0), (snr.clamp(max=5) + 1) / (snr + 1), rtol=1e-4)
    assert torch.equal(error_weights(velocity, times, 0), torch.ones(len(times)))


def test_the_target_is_what_the_models_own_settings_say(tiny, rgb_folder):
    clean, noise, times = torch.randn(2, 4, 8, 8), torch.randn(2, 4, 8, 8), torch.tensor([10, 900])
    assert torch.equal(target_of(training_scheduler(load_pipeline(str(rgb_folder))), clean, noise, times), noise)
    velocity = training_scheduler(tiny)
    signal = velocity.alphas_cumprod[times][:, None, None, None]
    wanted = signal.sqrt() * noise - (1 - signal).sqrt() * clean
    assert torch.allclose(target_of(velocity, clean, noise, times), wanted, atol=1e-6)


def test_versions_of_an_image_are_moved_a_little_and_never_mirrored():
    image = np.zeros((1, 64, 64), np.uint8)
    image[0, 28:36, 8:16] = 255  # a mark on one side
    plain = unit_tensor(image, 1)
    assert torch.equal(variant(plain, 0, 0, 7), plain)
    for number in range(1, 40):
        moved = variant(plain, number, 0, 7)[0, 0] + 1
        across = (moved.sum(0) * torch.arange(64)).sum() / moved.sum()
        down = (moved.sum(1) * torch.arange(64)).sum() / moved.sum()
        assert abs(across - 11.5) < 4
        assert abs(down - 31.5) < 4
    assert not torch.equal(variant(plain, 1, 0, 7), variant(plain, 2, 0, 7))


def test_latents_are_encoded_once_and_again_for_other_pictures_or_another_model(tiny, tmp_path):
    path, plan, shown = tmp_path / "latents.safetensors", plan_with(), images_for().shown.pictures
    first = cached_latents(tiny.vae, shown, 2, plan, path)
    written = path.stat().st_mtime_ns
    assert torch.equal(cached_latents(tiny.vae, shown, 2, plan, path), first)
    assert path.stat().st_mtime_ns == written
    other = cached_latents(tiny.vae, shown[::-1].copy(), 2, plan, path)
    assert torch.equal(other[-1, 0], first[0, 0])
    assert not torch.equal(other[0], first[0])


def test_every_image_is_learned_from_once_before_any_comes_again():
    seen = [place for number in range(6) for place in batch_at(number, 2, 4, seed=3)]
    assert [sorted(seen[start : start + 4]) for start in (0, 4, 8)] == [[0, 1, 2, 3]] * 3
    assert seen[:4] != seen[4:8]


def test_no_image_and_no_gpu_where_one_was_asked_for_are_sentences(tiny_folder):
    with pytest.raises(LearningError, match="There is no image to learn from"):
        image_set([], pictures(1, "held out"), plan_with())
    if not torch.cuda.is_available():
        with pytest.raises(LearningError, match="A graphics card was asked for and this worker has none"):
            begin(tiny_folder, plan_with(device="gpu"))


def test_the_loss_on_images_held_out_is_the_same_each_time_and_absent_without_any(tiny_folder):
    learner = begin(tiny_folder, plan_with())
    assert learner.subject.held_out_loss(0) == learner.subject.held_out_loss(0) > 0
    assert begin(tiny_folder, plan_with(), images_for(held_out=0)).subject.held_out_loss(0) is None


def test_plans_of_the_same_numbers_have_one_name():
    assert (
        plan_with().sha256() == LearningPlan(**plan_with().as_json()).sha256() != replace(plan_with(), seed=5).sha256()
    )


def test_half_precision_skips_a_step_whose_gradients_overflow_and_scales_less(tiny_folder):
    learner = begin(tiny_folder, plan_with(precision="fp16"))
    steps(learner, 1)
    learner.scaler.load_state_dict({**learner.scaler.state_dict(), "scale": 2.0**127})
    before = learner.subject.vectors.detach().clone()
    learner.take_step()
    assert torch.equal(learner.subject.vectors, before)
    assert learner.scaler.get_scale() == 2.0**126
    assert learner.step == 2


def test_half_precision_learns_what_single_precision_learns_but_for_rounding(tiny_folder):
    half, single = (begin(tiny_folder, plan_with(precision=name)) for name in ("fp16", "fp32"))
    assert steps(half, 4) == pytest.approx(steps(single, 4), rel=0.02)
    assert steps(half, 1) != steps(single, 1)
