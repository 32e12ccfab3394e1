"""A single weights file becomes a model folder with the very same weights."""

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import inspect_model
from generation.diffusion.loading import load_pipeline
from generation.diffusion.single_file import convert
from tests.generation.diffusion.original_names import save_single_file


def weights_of(pipeline):
    parts = {"unet": pipeline.unet, "vae": pipeline.vae, "text_encoder": pipeline.text_encoder}
    return {f"{part} {name}": one for part, net in parts.items() for name, one in net.state_dict().items()}


def test_every_weight_of_the_file_is_in_the_folder(rgb_folder, tmp_path):
    original = load_pipeline(str(rgb_folder))
    for one in weights_of(original).values():
        one += torch.rand(one.shape)  # other weights than the folder's that lends its configuration
    convert(save_single_file(original, tmp_path / "one.safetensors"), rgb_folder, tmp_path / "out")
    written = weights_of(load_pipeline(str(tmp_path / "out")))

    assert written.keys() == weights_of(original).keys()
    assert [name for name, one in weights_of(original).items() if not torch.equal(one, written[name])] == []
    assert inspect_model(tmp_path / "out").weights_sha256 != inspect_model(rgb_folder).weights_sha256


@pytest.fixture(scope="module")
def single_file(rgb_folder, tmp_path_factory):
    return save_single_file(load_pipeline(str(rgb_folder)), tmp_path_factory.mktemp("single") / "one.safetensors")


def without(file, tmp_path, *starts):
    left = {name: one for name, one in load_file(file).items() if not name.startswith(starts)}
    save_file(left, tmp_path / "left.safetensors")
    return tmp_path / "left.safetensors"


@pytest.mark.parametrize("part", ["model.diffusion_model", "first_stage_model", "cond_stage_model"])
def test_a_file_without_a_part_is_refused(single_file, rgb_folder, tmp_path, part):
    with pytest.raises(ModelError, match=f"holds no {part}"):
        convert(without(single_file, tmp_path, part), rgb_folder, tmp_path / "out")


@pytest.mark.parametrize(
    "lost",
    [
        "model.diffusion_model.middle_block.1.proj_in.weight",
        "first_stage_model.decoder.conv_in.weight",
        "cond_stage_model.transformer.text_model.final_layer_norm.weight",
    ],
)
def test_a_lost_weight_is_not_made_up(single_file, rgb_folder, tmp_path, lost):
    with pytest.raises(ModelError, match="does not fit the configuration"):
        convert(without(single_file, tmp_path, lost), rgb_folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_shape_is_refused(single_file, tiny_folder, tmp_path):
    with pytest.raises(ModelError, match="does not fit the configuration of tiny"):
        convert(single_file, tiny_folder, tmp_path / "out")


def test_a_pickle_and_a_damaged_file_are_refused_unopened(rgb_folder, tmp_path):
    for name, sentence in (("a.ckpt", "can run code"), ("a.safetensors", "cannot be read")):
        (tmp_path / name).write_bytes(b"\x80\x02rubbish")
        with pytest.raises(ModelError, match=sentence):
            convert(tmp_path / name, rgb_folder, tmp_path / "out")


class KilledError(BaseException):
    """In the place of the signal that ends a worker."""


def killed(*_args, **_options):
    raise KilledError


def full_disk(*_args, **_options):
    """What the library says where the kernel says ENOSPC."""
    raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")


def is_converted(folder, original) -> bool:
    written = weights_of(load_pipeline(str(folder)))
    return all(torch.equal(one, written[name]) for name, one in weights_of(original).items())


def leave_half(out):
    """A worker was killed by force while it wrote: nothing of its own ran any more."""
    half = out.with_name("out.half")
    (half / "unet").mkdir(parents=True)
    (half / "unet" / "diffusion_pytorch_model-00001-of-00002.safetensors").write_bytes(b"half")


def leave_whole(out):
    """A worker was killed when all was in place, before anybody was told."""
    (out / "unet").mkdir(parents=True)
    (out / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"of a file that was other then")


@pytest.mark.parametrize("left", [leave_half, leave_whole])
def test_what_a_killed_worker_left_is_written_anew(single_file, rgb_folder, tmp_path, left):
    left(tmp_path / "out")
    convert(single_file, rgb_folder, tmp_path / "out")

    assert is_converted(tmp_path / "out", load_pipeline(str(rgb_folder)))
    assert len(inspect_model(tmp_path / "out").weights_files) == 3
    assert not (tmp_path / "out.half").exists()


@pytest.mark.parametrize(
    ("place", "happens", "raised"),
    [
        ("safetensors.torch.save_file", full_disk, SafetensorError),
        ("safetensors.torch.save_file", killed, KilledError),
        ("transformers.modeling_utils.safe_save_file", full_disk, SafetensorError),
        ("pathlib.Path.replace", killed, KilledError),
    ],
)
def test_a_conversion_that_is_cut_short_leaves_nothing_and_the_next_one_is_whole(
    single_file, rgb_folder, tmp_path, monkeypatch, place, happens, raised
):
    with monkeypatch.context() as until_then:
        until_then.setattr(place, happens)
        with pytest.raises(raised):
            convert(single_file, rgb_folder, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    convert(single_file, rgb_folder, tmp_path / "out")

    assert is_converted(tmp_path / "out", load_pipeline(str(rgb_folder)))
