"""Only folders load, and of them only safetensors."""

import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.diffusion.errors import ModelError
from generation.diffusion.loading import environment, load_pipeline


def test_a_loaded_model_has_no_safety_checker_and_makes_no_noise(tiny):
    assert tiny.safety_checker is None
    assert tiny.feature_extractor is None
    assert tiny.unet.dtype == torch.float32
    assert tiny.unet.training is False


@pytest.mark.parametrize("source", ["/nowhere/at/all", "nowhere", "nobody/no-such-model"])
def test_only_folders_are_loaded(source):
    with pytest.raises(ModelError, match="There is no model folder"):
        load_pipeline(source)


def test_a_pickle_is_refused_before_anything_is_opened(tiny_folder, tmp_path):
    copy = shutil.copytree(tiny_folder, tmp_path / "copy")
    (copy / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"not even a pickle")
    with pytest.raises(ModelError, match=r"holds the pickle unet/diffusion_pytorch_model\.bin"):
        load_pipeline(str(copy))


def test_truncated_weights_are_refused_in_one_sentence(tiny_folder, tmp_path):
    copy = shutil.copytree(tiny_folder, tmp_path / "copy")
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot be loaded") as raised:
        load_pipeline(str(copy))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("parts", [("unet",), ("unet", "vae", "text_encoder")])
def test_parts_that_come_in_half_precision_alone_are_loaded(tiny, tiny_folder, tmp_path, parts):
    copy = shutil.copytree(tiny_folder, tmp_path / "copy")
    for part in parts:
        [file] = (copy / part).glob("*.safetensors")
        halves = {name: one.half() for name, one in load_file(file).items()}
        save_file(halves, file.with_name(file.name.replace(".safetensors", ".fp16.safetensors")), {"format": "pt"})
        file.unlink()
    loaded = load_pipeline(str(copy))

    for part in ("unet", "vae", "text_encoder"):
        expected = getattr(tiny, part).state_dict()
        for name, one in getattr(loaded, part).state_dict().items():
            assert one.dtype == expected[name].dtype
            rounded = (
                expected[name].half().to(one.dtype) if part in parts and one.is_floating_point() else expected[name]
            )
            assert torch.equal(one, rounded), name


def test_the_environment_names_what_may_change_the_last_bits():
    always = {"torch", "diffusers", "transformers", "peft", "device", "threads", "memory format"}
    assert set(environment()) == (always | {"CUDA"} if torch.cuda.is_available() else always)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_no_gpu_where_one_was_asked_for_is_refused_before_anything_is_loaded(tiny_folder):
    with pytest.raises(ModelError, match="A graphics card was asked for and this machine has none"):
        load_pipeline(str(tiny_folder), "gpu")
