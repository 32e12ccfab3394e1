"""Tiny models on disk and in memory, made once."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from generation.diffusion.loading import load_pipeline
from tests.generation.diffusion.tiny_models import save_tiny


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """The same sums in the same order, whatever the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory) -> Path:
    """Version 2.1, grey. Read only: a test that changes a folder copies it first."""
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny", version="2.1", channels=1)


@pytest.fixture(scope="session")
def rgb_folder(tmp_path_factory) -> Path:
    """Version 1.5, RGB."""
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny-rgb", version="1.5", channels=3)


@pytest.fixture(scope="session")
def tiny(tiny_folder) -> StableDiffusionPipeline:
    return load_pipeline(str(tiny_folder))
