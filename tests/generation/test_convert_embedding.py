"""Embeddings of AUTOMATIC1111's become safetensors; whatever else lies in a pickle is never run."""

import os
import pickle
from io import StringIO

import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.torch import load_file


def convert(source, out):
    said = StringIO()
    call_command("convert_embedding", str(source), str(out), stdout=said)
    return said.getvalue()


def test_the_vectors_come_through_bit_for_bit(tmp_path):
    vectors = torch.randn(64, 1024, generator=torch.Generator().manual_seed(1))
    held = {"string_to_token": {"*": 265}, "string_to_param": {"*": vectors.requires_grad_()}, "name": "x", "step": 50}
    torch.save(held, tmp_path / "x.pt")

    assert "64 vectors, 1024 numbers wide" in convert(tmp_path / "x.pt", tmp_path / "x.safetensors")
    [read] = load_file(tmp_path / "x.safetensors").values()
    assert torch.equal(read, vectors)


class Nasty:
    """Unpickling it runs a command."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch {self.mark}",)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_would_run_something_runs_nothing(tmp_path, zipped):
    mark, file = tmp_path / "was run", tmp_path / "nasty.pt"
    if zipped:
        torch.save({"string_to_param": {"*": Nasty(mark)}}, file)
    else:
        file.write_bytes(pickle.dumps({"string_to_param": {"*": Nasty(mark)}}))
    with pytest.raises(CommandError, match="holds more than numbers, or is damaged"):
        convert(file, tmp_path / "x.safetensors")

    assert not mark.exists()
    assert not (tmp_path / "x.safetensors").exists()


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        ({"weights": torch.zeros(2, 4)}, "no single table"),
        ({"string_to_param": {"*": torch.zeros(65, 4)}}, "65 vectors"),
    ],
)
def test_what_is_no_embedding_is_refused(tmp_path, held, sentence):
    torch.save(held, tmp_path / "x.pt")
    with pytest.raises(CommandError, match=sentence):
        convert(tmp_path / "x.pt", tmp_path / "x.safetensors")


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "x.pt").write_bytes(b"")
    (tmp_path / "x.safetensors").write_bytes(b"mine")
    with pytest.raises(CommandError, match="must be a new file"):
        convert(tmp_path / "x.pt", tmp_path / "x.safetensors")
    assert (tmp_path / "x.safetensors").read_bytes() == b"mine"
