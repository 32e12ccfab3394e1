"""Embeddings and LoRAs act while they are on a model, and leave it bit for bit as it was."""

import re
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from safetensors.torch import load_file, save, save_file

from generation.diffusion.adapter_files import check_lora
from generation.diffusion.errors import ModelError, PromptError
from generation.diffusion.loading import load_pipeline
from generation.diffusion.material import Material
from generation.diffusion.prompts import check_prompt
from generation.diffusion.recipe import Adapter, recipe_from
from generation.diffusion.sampling import sample
from tests.generation.diffusion.recipes import recipe
from tests.generation.diffusion.tiny_models import save_tiny, tiny_unet

WIDTH = 16
LAYERS_OF_ONE_BLOCK = ("transformer_blocks.0.attn1.to_q", "proj_in")


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
    assert np.array_equal(drawn(tiny, given, prompt=prompt, adapters=adapters), with_it)
    assert weights_of(tiny).keys() == weights.keys()
    assert all(torch.equal(now, weights[name]) for name, now in weights_of(tiny).items())
    assert np.array_equal(drawn(tiny, prompt=prompt), before)


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


@pytest.fixture(scope="module")
def reads_77(tmp_path_factory):
    """As long prompts as those of Stable Diffusion 1 and 2."""
    return save_tiny(tmp_path_factory.mktemp("long") / "tiny", version="2.1", channels=1, tokens=77)


def test_two_embeddings_of_64_vectors_joined_by_and_are_drawn_and_in_one_term_they_are_refused(reads_77, tmp_path):
    words = ("<large-heart>", "<nodes>")
    adapters = tuple(Adapter("embedding", word, word) for word in words)
    files = {}
    for seed, word in enumerate(words):
        files[word] = tmp_path / f"{seed}.safetensors"
        save_file({word: torch.randn(64, WIDTH, generator=torch.Generator().manual_seed(seed))}, files[word])
    given, pipeline, vectors = Material(files=files), load_pipeline(str(reads_77)), dict.fromkeys(words, 64)
    both, one = (drawn(pipeline, given, prompt=text, adapters=adapters) for text in (" AND ".join(words), words[0]))

    assert not np.array_equal(both, one)
    for text in words:
        check_prompt(reads_77, text, 77, vectors)
    with pytest.raises(PromptError, match=r"is 128 tokens long and this model reads 75: .* would be cut off; shorten"):
        check_prompt(reads_77, "".join(words), 77, vectors)
    with pytest.raises(PromptError, match="is 130 tokens long and this model reads 77"):
        drawn(pipeline, given, prompt="".join(words), adapters=adapters)


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


def test_a_lora_in_kohyas_names_is_refused_and_fits_once_it_is_converted_as_the_documentation_says(
    tiny, tiny_folder, tmp_path, monkeypatch
):
    block, numbers = "down_blocks_0_attentions_0_", torch.Generator().manual_seed(3)
    alphas = {f"lora_unet_{block}transformer_blocks_0_attn1_to_q": 1.0, f"lora_unet_{block}proj_in": 4.0}
    tensors = {}
    for layer, alpha in {**alphas, "lora_te_text_model_encoder_layers_0_self_attn_q_proj": 1.0}.items():
        width = WIDTH if "lora_te" in layer else 8
        tensors[f"{layer}.lora_down.weight"] = torch.randn(2, width, generator=numbers)
        tensors[f"{layer}.lora_up.weight"] = torch.randn(width, 2, generator=numbers)
        tensors[f"{layer}.alpha"] = torch.tensor(alpha)
    save_file(tensors, tmp_path / "old.safetensors")
    with pytest.raises(ModelError, match="no LoRA as diffusers saves it"):
        check_lora((tmp_path / "old.safetensors").read_bytes(), tiny_folder)

    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).resolve().parents[3] / "docs" / "models.md").read_text(encoding="utf-8")
    exec(dedent(re.search(r"    from diffusers import.*?\n(?=\S)", page, re.DOTALL)[0]), {})
    check_lora((tmp_path / "new.safetensors").read_bytes(), tiny_folder)
    layers = load_file(tmp_path / "new.safetensors")
    ups = (layers[f"unet.down_blocks.0.attentions.0.{name}.lora_B.weight"] for name in LAYERS_OF_ONE_BLOCK)

    assert len(layers) == 4
    for up, (layer, alpha) in zip(ups, alphas.items(), strict=True):
        assert torch.equal(up, tensors[f"{layer}.lora_up.weight"] * (alpha / 2))
    assert not np.array_equal(
        drawn(tiny, Material(files={"a": tmp_path / "new.safetensors"}), adapters=LORA), drawn(tiny)
    )


def test_a_lora_with_a_part_for_the_text_encoder_is_refused(tiny_folder):
    layer = "text_encoder.encoder.layers.0.self_attn.q_proj"
    part = save({f"{layer}.lora_A.weight": torch.zeros(2, 16), f"{layer}.lora_B.weight": torch.zeros(16, 2)})
    with pytest.raises(ModelError, match=r"The model has no layer text_encoder\."):
        check_lora(part, tiny_folder)
