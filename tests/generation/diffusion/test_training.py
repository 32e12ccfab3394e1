"""The starter model's trainer, run for seconds: the path from nothing to images, and going on after a kill."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.numpy import load_file

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.loading import load_pipeline
from generation.diffusion.sampling import sample
from generation.diffusion.training.denoiser import loss_weights
from generation.diffusion.training.networks import new_scheduler, new_unet
from generation.diffusion.training.phantom_set import phantom_set
from generation.diffusion.training.plan import TrainingPlan, small_plan
from generation.diffusion.training.starter import train_starter, write_snapshot
from generation.diffusion.training.vocabulary import byte_alphabet, learn_merges
from tests.generation.diffusion.recipes import recipe


class KilledError(Exception):
    """Stands for the power cut."""


def ignore(phase: str, step: int, loss: float) -> None:
    """Nobody watches."""


def weights(folder: Path) -> dict[str, np.ndarray]:
    return {
        f"{file.parent.name}.{name}": values
        for file in folder.rglob("*.safetensors")
        for name, values in load_file(file).items()
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """One uninterrupted run."""
    folder = tmp_path_factory.mktemp("trained")
    train_starter(plan=small_plan(), out=folder / "model", work=folder / "work", report=ignore)
    return folder


def test_the_command_trains_a_model_that_draws(tmp_path):
    out = tmp_path / "model"
    call_command("train_starter", "--small", "--out", str(out), "--unet-steps", "20", verbosity=0)
    facts = inspect_model(out)
    assert (facts.channels, facts.native_size, facts.size_multiple) == (1, 64, 8)
    with (tmp_path / "model.work" / "training.csv").open() as log:
        rows = list(csv.DictReader(log))
    assert [(row["phase"], row["step"]) for row in rows] == [("denoiser", "20")]
    image = sample(load_pipeline(str(out)), [recipe(steps=2)], lambda _: None)[0]
    assert image.shape == (64, 64)


def test_weights_are_half_precision_safetensors_and_nothing_else(trained):
    assert {values.dtype for values in weights(trained / "model").values()} == {np.dtype(np.float16)}
    assert {file.suffix for file in (trained / "model").rglob("*") if file.is_file()} == {".json", ".safetensors"}


@pytest.mark.parametrize(
    ("phase", "step"), [("autoencoder", 1), ("autoencoder", 2), ("text encoder", 2), ("denoiser", 1), ("denoiser", 3)]
)
def test_a_killed_run_goes_on_to_the_very_same_weights(trained, tmp_path, phase, step):
    def kill(at_phase, at_step, loss):
        if (at_phase, at_step) == (phase, step):
            raise KilledError

    with pytest.raises(KilledError):
        train_starter(plan=small_plan(), out=tmp_path / "model", work=tmp_path / "work", report=kill)
    assert not (tmp_path / "model").exists()
    train_starter(plan=small_plan(), out=tmp_path / "model", work=tmp_path / "work", report=ignore)
    expected, found = weights(trained / "model"), weights(tmp_path / "model")
    assert expected.keys() == found.keys()
    assert all(np.array_equal(expected[name], found[name]) for name in expected)


def test_another_seed_gives_other_weights(trained, tmp_path):
    train_starter(plan=small_plan(seed=1), out=tmp_path / "model", work=tmp_path / "work", report=ignore)
    assert inspect_model(tmp_path / "model").weights_sha256 != inspect_model(trained / "model").weights_sha256


def test_longer_training_lowers_the_loss(tmp_path):
    losses: dict[str, list[float]] = {}
    plan = replace(small_plan(), vae_steps=60, text_steps=1, unet_steps=60, vae_channels=(8, 16, 16, 16))
    train_starter(
        plan=plan,
        out=tmp_path / "model",
        work=tmp_path / "work",
        report=lambda phase, _, loss: losses.setdefault(phase, []).append(loss),
    )
    for curve in (losses["autoencoder"], losses["denoiser"]):
        assert np.mean(curve[-10:]) < 0.9 * np.mean(curve[:10])


def test_a_snapshot_can_be_written_while_training_goes_on(trained, tmp_path):
    call_command("train_starter", "--small", "--snapshot", out=tmp_path / "model", work=trained / "work", verbosity=0)
    assert inspect_model(tmp_path / "model").native_size == 64


def test_a_snapshot_of_an_untrained_autoencoder_is_refused(tmp_path):
    (tmp_path / "work").mkdir()
    with pytest.raises(ValueError, match="autoencoder is only at step 0"):
        write_snapshot(plan=small_plan(), out=tmp_path / "model", work=tmp_path / "work")


def test_a_snapshot_before_the_denoisers_first_checkpoint_is_refused(tmp_path):
    def kill(phase, step, loss):
        if phase == "denoiser":
            raise KilledError

    with pytest.raises(KilledError):
        train_starter(plan=small_plan(), out=tmp_path / "model", work=tmp_path / "work", report=kill)
    with pytest.raises(CommandError, match="denoiser has no checkpoint"):
        call_command("train_starter", "--small", "--snapshot", out=tmp_path / "model", work=tmp_path / "work")
    assert not (tmp_path / "model").exists()


def test_nearly_clean_pictures_count_less_and_pure_noise_counts_in_full():
    """Hang et al. 2023 with SNR + 1 for SNR: min(SNR + 1, 6) / (SNR + 1), by hand from the signal's share."""
    scheduler, times = new_scheduler(), torch.tensor([0, 200, 600, 999])
    share = scheduler.alphas_cumprod[times]
    snr = share / (1 - share)
    expected = torch.minimum(snr + 1, torch.tensor(6.0)) / (snr + 1)
    weights = loss_weights(scheduler, times, 5.0)
    assert torch.allclose(weights, expected)
    assert weights[3] == 1
    assert weights[0] < 0.02


def test_the_denoiser_reads_the_prompt_at_its_finest_grid():
    """Masks will be read from cross-attention: words must be traceable to a grid of 16 x 16."""
    plan = TrainingPlan()
    assert plan.latent_size == 16
    unet = new_unet(plan)
    assert all(block.has_cross_attention for block in (*unet.down_blocks, *unet.up_blocks))


def test_phantoms_of_a_killed_run_are_drawn_part_by_part(tmp_path, monkeypatch):
    monkeypatch.setattr("generation.diffusion.training.phantom_set.PER_PART", 8)
    whole = phantom_set(small_plan(), tmp_path)
    last = tmp_path / "phantoms-000016.json"
    last.unlink()
    again = phantom_set(small_plan(), tmp_path)
    assert np.array_equal(whole.images, again.images)
    assert whole.captions == again.captions
    assert len(list(tmp_path.glob("*.npy"))) == 3


def test_byte_pairs_are_merged_by_frequency_then_by_letter():
    """Worked by hand: "l o" and "o w" and so on; ties go to the first letters."""
    assert learn_merges(["low", "lot"])[0] == ("l", "o")
    assert learn_merges(["low", "lot"]) == [("l", "o"), ("lo", "t</w>"), ("lo", "w</w>")]


def test_the_byte_alphabet_is_gpt2s():
    alphabet = byte_alphabet()
    assert len(set(alphabet)) == 256
    assert alphabet[0] == "!"
    assert "Ġ" in alphabet  # the stand-in for a space
