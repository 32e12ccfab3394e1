"""Downloading a model from a hub on this machine: what is brought, what is refused, and when the hub is away."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generation.diffusion.inspecting import inspect_model
from tests.generation.diffusion.small_hub import COMMIT

WEIGHTS = {
    "unet": "diffusion_pytorch_model.safetensors",
    "vae": "diffusion_pytorch_model.safetensors",
    "text_encoder": "model.safetensors",
}
REPOSITORY = Path(__file__).resolve().parents[3]


def renamed(folder: Path, copy: Path, ending: str) -> Path:
    """A copy whose denoiser is there under another name only."""
    shutil.copytree(folder, copy)
    weights = copy / "unet" / WEIGHTS["unet"]
    weights.rename(weights.with_name(weights.name.replace(".safetensors", ending)))
    return copy


@pytest.fixture(scope="module")
def scenes(tiny_folder, tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hub")
    pickled = Path(shutil.copytree(tiny_folder, folder / "pickled"))
    weights = pickled / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    served = Path(shutil.copytree(tiny_folder, folder / "served"))
    (served / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"half")
    (served / "model.ckpt").write_bytes(b"pickle")
    halves = renamed(tiny_folder, folder / "halves", ".fp16.safetensors")
    raw = renamed(tiny_folder, folder / "raw", ".non_ema.safetensors")
    folders = [str(each) for each in (served, pickled, halves, raw)]
    command = [sys.executable, "-m", "tests.generation.diffusion.hub_scenes", *folders]
    environment = {**os.environ, "HF_HOME": str(folder / "home"), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_model_that_was_not_downloaded_is_not_looked_for_on_the_hub(scenes):
    assert scenes["not here"].startswith(
        "ModelError: somebody/tiny is neither a folder on this machine nor a downloaded"
    )
    assert "neither a folder on this machine" in scenes["no hub id"]


def test_what_draws_is_downloaded_and_nothing_else(scenes, tiny_folder):
    weights = {f"{part}/{name}" for part, name in WEIGHTS.items()}
    assert weights < set(scenes["files"])
    assert "unet/diffusion_pytorch_model.fp16.safetensors" not in scenes["files"]
    assert "model.ckpt" not in scenes["files"]
    assert scenes["size"] == sum((tiny_folder / name).stat().st_size for name in scenes["files"])


def test_a_branch_is_pinned_as_the_commit_it_stands_at(scenes):
    assert scenes["commit"] == COMMIT


def test_a_download_that_is_stopped_goes_on_and_brings_the_same_weights(scenes, tiny_folder):
    assert scenes["stopped"].startswith("UnpluggedError")
    assert 0 < scenes["came"] <= scenes["size"]
    assert scenes["weights"] == inspect_model(tiny_folder).weights_sha256


def test_a_downloaded_model_is_found_again_without_the_hub(scenes):
    assert scenes["hub away, downloaded before"] == scenes["weights"]


def test_a_hub_model_in_pickles_is_refused(scenes):
    assert "somebody/pickled has no safetensors weights for its unet on the hub" in scenes["pickled"]


def test_halves_are_brought_of_a_part_that_has_nothing_else(scenes):
    assert [name for name in scenes["halves"] if name.endswith(".safetensors")] == [
        "text_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]


def test_a_part_without_averaged_weights_is_refused_by_name(scenes):
    assert (
        "somebody/raw has of its unet on the hub only unet/diffusion_pytorch_model.non_ema.safetensors"
        in (scenes["raw"])
    )


@pytest.mark.parametrize("scene", ["unknown", "hub away"])
def test_a_model_that_cannot_be_had_gives_one_sentence(scenes, scene):
    assert "could not be downloaded from the hub" in scenes[scene]
    assert scenes[scene].endswith("check the name and the network, or copy the model here.")
    assert "\n" not in scenes[scene]


def test_the_hub_needs_no_torch(scenes):
    assert scenes["torch"] is False
