"""Downloading a model, from a hub on this machine: with leave, without, and when the hub is away."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def scenes(tiny_folder, tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hub")
    pickled = Path(shutil.copytree(tiny_folder, folder / "pickled"))
    weights = pickled / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    command = [sys.executable, "-m", "tests.generation.diffusion.hub_scenes", str(tiny_folder), str(pickled)]
    environment = {**os.environ, "HF_HOME": str(folder / "home"), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_is_downloaded_without_leave(scenes):
    assert scenes["no leave"].startswith("somebody/tiny is neither a folder on this machine nor a downloaded hub model")


def test_a_hub_model_loads_with_leave(scenes):
    assert scenes["leave"] == "StableDiffusionPipeline"


def test_a_downloaded_model_loads_again_without_leave_and_without_the_hub(scenes):
    assert scenes["hub away, downloaded before"] == "StableDiffusionPipeline"


def test_a_hub_model_in_pickles_is_refused(scenes):
    assert scenes["pickled"].startswith("somebody/pickled has no safetensors weights on the hub")


@pytest.mark.parametrize("scene", ["unknown", "hub away"])
def test_a_model_that_cannot_be_had_gives_one_sentence(scenes, scene):
    assert "could not be downloaded from the hub" in scenes[scene]
    assert scenes[scene].endswith("check the name and the network, or copy the model here.")
    assert "\n" not in scenes[scene]
