"""One thread for all sums, and a batch of phantoms that several tests share."""

import pytest
import torch

from tests.generation.masks.scenes import Scene, phantom_scene


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """The same sums in the same order, whatever the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def phantoms() -> Scene:
    """Five phantoms of 96 px with their lungs and simulated attention to them. Read only."""
    return phantom_scene(5, 96)
