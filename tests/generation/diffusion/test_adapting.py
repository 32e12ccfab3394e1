"""Embeddings and LoRAs act while they are on a model, and leave it bit for bit as it was."""

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from safetensors.torch import save_file

from generation.diffusion.errors import ModelError, PromptError
from generation.diffusion.material import Material
from generation.diffusion.recipe import Adapter, recipe_from
from generation.diffusion.sampling import sample
from tests.generation.diffusion.recipes import recipe
from tests.generation.diffusion.tiny_models import tiny_unet

WIDTH = 16


def saved(path, tensors):
    save_file(tensors, path)
    return Material(files={"a": path})


def embedding_of(path, vectors=2, width=WIDTH):
    return saved(path, {"<large-heart>": torch.randn(vectors, width, generator=torch.Generator().manual_seed(1))})


def lora_of(path):
    """Random weights on the attention of a net of the tiny one's shape."""
    torch.manual_seed(2)
    unet = inject_adapter_in_model(LoraConfig(r=2, target_modules=["to_q", "to_v"]), tiny_unet(4, attention_head_dim=2))
    state = {f"unet.{name}": torch.randn_like(weight) for name, weight in get_peft_model_state_dict(unet).items()}
    return saved(path, state)


def drawn(pipeline, given=Material(), **changes):  # noqa: B008 - it holds nothing that could change
    return sample(pipeline, [recipe(**changes)], lambda _: None, given)[0]


def weights_of(pipeline):
    """Every weight of the nets that adapters touch, by name."""
    parts = {"unet": pipeline.unet, "text_encoder": pipeline.text_encoder}
    return {f"{part}.{name}": now.clone() for part, net in parts.items() for name, now in net.state_dict().items()}


EMBEDDING = (Adapter("embedding", "<large-heart>", "a"),)
LORA = (Adapter("lora", "soft", "a", 1.0),)


@pytest.mark.parametrize(("adapters", "made"), [(EMBEDDING, embedding_of), (LORA, lora_of)])
def test_it_changes_the_image_and_leaves_the_model_as_it_was(tiny, tmp_path, adapters, made):
    given, prompt = made(tmp_path / "a.safetensors"), "chest radiograph, <large-heart>"
    before, weights = drawn(tiny, prompt=prompt), weights_of(tiny)
    with_it = drawn(tiny, given, prompt=prompt, adapters=adapters)

    assert np.abs(with_it.astype(int) - before).max() > 1
    assert np.abs(drawn(tiny, given, prompt=prompt, adapters=adapters).astype(int) - with_it).max() <= 1
    assert weights_of(tiny).keys() == weights.keys()
    assert all(torch.equal(now, weights[name]) for name, now in weights_of(tiny).items())
    assert np.abs(drawn(tiny, prompt=prompt).astype(int) - before).max() <= 1


def test_a_lora_of_no_scale_does_nothing_and_more_scale_does_more(tiny, tmp_path):
    given = lora_of(tmp_path / "a.safetensors")
    plain = drawn(tiny).astype(int)
    moved = [
        np.abs(drawn(tiny, given, adapters=(Adapter("lora", "soft", "a", scale),)) - plain).mean()
        for scale in (0.0, 0.05, 0.2)
    ]

    assert moved[0] < 0.01
    assert moved[0] < moved[1] < moved[2]


def test_an_embedding_counts_as_many_tokens_as_it_has_vectors(tiny, tmp_path):
    given = embedding_of(tmp_path / "a.safetensors", vectors=40)
    with pytest.raises(PromptError, match="tokens long and this model reads 24"):
        drawn(tiny, given, prompt="<large-heart>", adapters=EMBEDDING)


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda path: Material(), "not there any more"),
        (lambda path: path.write_bytes(b"pickle") and Material(files={"a": path}), "cannot be read as safetensors"),
        (lambda path: embedding_of(path, width=24), "width 24 and this model reads 16"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence_and_the_model_goes_on(tiny, tmp_path, prepare, sentence):
    before = drawn(tiny)
    with pytest.raises(ModelError, match=sentence):
        drawn(tiny, prepare(tmp_path / "a.safetensors"), adapters=EMBEDDING)
    assert np.array_equal(drawn(tiny), before)


def test_a_lora_for_another_model_is_refused(tiny, tmp_path):
    given = saved(tmp_path / "a.safetensors", {"unet.no.such.layer.lora_A.weight": torch.zeros(2, 8)})
    with pytest.raises(ModelError, match="does not fit"):
        drawn(tiny, given, adapters=LORA)


def test_adapters_are_part_of_the_recipes_name_and_come_back():
    one = recipe(adapters=(*EMBEDDING, *LORA))

    assert recipe_from(one.as_json()) == one
    assert one.sha256() != recipe(adapters=LORA).sha256()
