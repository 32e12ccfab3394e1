"""A model folder is judged without torch, and each fault has its own sentence."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generation.diffusion.errors import ModelError, SizeError
from generation.diffusion.inspecting import check_size, inspect_model

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def copy(tiny_folder, tmp_path) -> Path:
    return Path(shutil.copytree(tiny_folder, tmp_path / "copy"))


def edit(file: Path, **changes) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_a_grey_model_is_described(tiny_folder):
    facts = inspect_model(tiny_folder)
    assert (facts.name, facts.native_size, facts.size_multiple) == ("tiny", 64, 8)
    assert (facts.channels, facts.max_prompt_tokens) == (1, 24)
    assert (facts.licence, facts.card) == ("", "")


def test_an_rgb_model_has_three_channels(rgb_folder):
    assert inspect_model(str(rgb_folder)).channels == 3


def test_the_hash_is_of_the_weights_and_of_nothing_else(tiny_folder, copy):
    assert inspect_model(copy).weights_sha256 == inspect_model(tiny_folder).weights_sha256
    (copy / "README.md").write_text("---\nlicense: cc0-1.0\n---\nPhantoms only.\n")
    assert inspect_model(copy).weights_sha256 == inspect_model(tiny_folder).weights_sha256
    weights = copy / "vae" / "diffusion_pytorch_model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    assert inspect_model(copy).weights_sha256 != inspect_model(tiny_folder).weights_sha256


def test_the_licence_is_read_from_the_card(copy):
    (copy / "README.md").write_text("---\ntags: [x]\nlicense: openrail++\n---\n# A model\n")
    facts = inspect_model(copy)
    assert facts.licence == "openrail++"
    assert "# A model" in facts.card


def test_an_unknown_folder_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"There is no model folder at .*nowhere; check the path"):
        inspect_model(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "missing",
    [
        "model_index.json",
        "unet/config.json",
        "vae/config.json",
        "text_encoder/config.json",
        "scheduler/scheduler_config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.safetensors",
        "tokenizer/tokenizer.json",
    ],
)
def test_a_missing_part_is_named(copy, missing):
    (copy / missing).unlink()
    with pytest.raises(ModelError, match=missing.split("/")[0]) as raised:
        inspect_model(copy)
    assert "copy lacks" in str(raised.value)


def test_a_missing_folder_of_a_part_is_named(copy):
    shutil.rmtree(copy / "vae")
    with pytest.raises(ModelError, match=r"lacks vae/config.json; copy the whole"):
        inspect_model(copy)


@pytest.mark.parametrize(
    "name", ["unet/diffusion_pytorch_model.bin", "model.CKPT", "safety_checker/deep/er/x.pt", "a.pth"]
)
def test_a_pickle_anywhere_is_refused_with_the_way_to_convert_it(copy, name):
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    (copy / name).write_bytes(b"\x80\x02")
    with pytest.raises(ModelError, match=name) as raised:
        inspect_model(copy)
    assert "safe_serialization=True" in str(raised.value)


def test_a_folder_with_only_a_pickle_is_told_about_the_pickle_first(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02")
    with pytest.raises(ModelError, match="pickle"):
        inspect_model(tmp_path)


def test_damaged_json_is_refused(copy):
    (copy / "unet" / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"unet/config.json of copy is not readable JSON"):
        inspect_model(copy)


def test_another_kind_of_pipeline_is_refused(copy):
    edit(copy / "model_index.json", _class_name="StableDiffusionXLPipeline")
    with pytest.raises(ModelError, match="is a StableDiffusionXLPipeline"):
        inspect_model(copy)


def test_an_inpainting_denoiser_is_refused(copy):
    edit(copy / "unet" / "config.json", in_channels=9)
    with pytest.raises(ModelError, match="takes 9 channels"):
        inspect_model(copy)


def test_parts_of_different_models_are_refused(copy):
    edit(copy / "text_encoder" / "config.json", hidden_size=1024)
    with pytest.raises(ModelError, match="text encoder writes 1024"):
        inspect_model(copy)


def test_a_size_off_the_grid_names_the_nearest_ones(tiny_folder):
    facts = inspect_model(tiny_folder)
    check_size(facts, 64, 128)
    with pytest.raises(SizeError, match=r"width of 100 pixels is no multiple of 8, .* choose 96 or 104"):
        check_size(facts, 100, 64)
    with pytest.raises(SizeError, match="height of 0 pixels"):
        check_size(facts, 64, 0)


def test_looking_into_a_folder_imports_no_torch(tiny_folder):
    code = (
        "import sys\n"
        "from generation.diffusion.inspecting import inspect_model\n"
        "from generation.diffusion.prompts import prompt_length\n"
        "from generation.diffusion.recipe import Recipe\n"
        f"inspect_model({str(tiny_folder)!r}), prompt_length({str(tiny_folder)!r}, 'nodule')\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'django'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
