"""The starter's training keeps to the device that it is given, tried without a card on torch's device without data."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from generation.diffusion.training.checkpoint import load_state
from generation.diffusion.training.plan import small_plan
from generation.diffusion.training.starter import CPU, device_here, train_starter

ATEN = torch.ops.aten
ELSEWHERE = torch.device("meta")
LAST = small_plan().unet_steps - 1


class MixedDevicesError(Exception):
    """An operation was given tensors of two devices, which a card refuses."""


class OneDevice(TorchDispatchMode):
    """Refuses what mixes devices, numbers apart; where a value is asked of a tensor without data it makes one up."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        of, kwargs = func.overloadpacket, kwargs or {}
        tensors = [one for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)]
        devices = {one.device.type for one in tensors if one.dim()}
        if len(devices) > 1 and of is not ATEN.copy_:
            raise MixedDevicesError(f"{func} mixes {sorted(devices)}")
        if "meta" in devices and of is ATEN.index and args[1][0].dtype == torch.bool:
            return args[0].flatten(0, args[1][0].dim() - 1).clone()  # as if all were picked
        if of is ATEN._local_scalar_dense and args[0].is_meta:
            return 1.0
        if of is ATEN._to_copy and args[0].is_meta and kwargs.get("device") == CPU:
            return torch.linspace(-1, 1, args[0].numel()).reshape(args[0].shape)
        return func(*args, **kwargs)


class StoppedError(Exception):
    """Before the model is written: there is nothing to write."""


def stopping_at(phase: str, step: int):
    def report(at_phase: str, at_step: int, loss: float) -> None:
        if (at_phase, at_step) == (phase, step):
            raise StoppedError

    return report


@contextmanager
def stopped() -> Iterator[None]:
    with pytest.raises(StoppedError):
        yield


@pytest.fixture
def autocasts(monkeypatch) -> set[str]:
    """The devices that mixed precision was asked for; torch has none for tensors without data."""
    seen: set[str] = set()

    def noted(device_type: str, *_: Any, **__: Any) -> Any:
        seen.add(device_type)
        return nullcontext()

    monkeypatch.setattr(torch, "autocast", noted)
    return seen


def train(folder: Path, device: torch.device, report: Any) -> None:
    train_starter(plan=small_plan(), out=folder / "model", work=folder / "work", report=report, device=device)


def test_every_net_and_batch_is_on_the_device_that_was_asked_for(tmp_path, autocasts):
    with OneDevice(), stopped():
        train(tmp_path, ELSEWHERE, stopping_at("denoiser", LAST))
    assert autocasts == {"meta"}
    for file, part in (("vae.state", "vae"), ("text.state", None), ("unet.state", "unet"), ("unet.state", "average")):
        state = torch.load(tmp_path / "work" / file, weights_only=True)
        assert {one.device.type for one in (state[part] if part else state).values()} == {"meta"}


@pytest.mark.filterwarnings("ignore:.*copying from a non-meta parameter:UserWarning")
def test_what_the_processor_left_is_gone_on_from_elsewhere(tmp_path, autocasts):
    with stopped():
        train(tmp_path, CPU, stopping_at("denoiser", LAST))
    assert autocasts == {"cpu"}
    with OneDevice(), stopped():
        train(tmp_path, ELSEWHERE, stopping_at("denoiser", LAST))


def test_a_checkpoint_comes_to_the_processor_wherever_it_was_written(tmp_path, monkeypatch):
    asked = []
    torch.save({"step": 1}, tmp_path / "a.state")
    load = torch.load
    monkeypatch.setattr(torch, "load", lambda *args, **options: asked.append(options) or load(*args, **options))
    assert load_state(tmp_path / "a.state") == {"step": 1}
    assert asked == [{"map_location": "cpu", "weights_only": True}]


def test_the_card_is_taken_where_there_is_one():
    assert device_here().type == ("cuda" if torch.cuda.is_available() else "cpu")
