"""Embeddings and LoRAs are registered for the model they fit, and for no other."""

import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile
from safetensors.torch import save

from generation.models import Adapter
from lungstudy.audit.models import Event
from tests.factories import ResearcherFactory

pytestmark = pytest.mark.django_db
WIDTH = 16
LAYER = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_q"


@pytest.fixture
def add(client, generator):
    """What a model's page says when a file is added to it."""

    def adding(content, kind="embedding", name="<heart>"):
        client.force_login(ResearcherFactory())
        file = SimpleUploadedFile("a.safetensors", content)
        address = f"/generation/generators/{generator.token}/"
        return client.post(address, {"kind": kind, "name": name, "file": file}, follow=True).text

    return adding


def embedding(vectors=2, width=WIDTH):
    return save({"<whatever>": torch.ones(vectors, width)})


def lora(layer=LAYER):
    return save({f"{layer}.lora_A.weight": torch.zeros(2, 8), f"{layer}.lora_B.weight": torch.zeros(8, 2)})


def test_an_embedding_is_stored_under_its_word(add, generator):
    assert "can be used in batches" in add(embedding(vectors=3))
    adapter = Adapter.objects.get()

    assert (adapter.name, adapter.vectors, adapter.generator) == ("<heart>", 3, generator)
    assert adapter.file.read() == embedding(vectors=3)
    assert Event.objects.filter(verb="registered an adapter").count() == 1


def test_a_lora_is_stored_by_name(add):
    add(lora(), kind="lora", name="soft")

    assert (Adapter.objects.get().kind, Adapter.objects.get().vectors) == ("lora", 0)


def test_the_same_file_again_is_the_same_adapter_and_another_is_refused(add):
    add(embedding())
    add(embedding())
    assert "is another file already, and recipes name it" in add(embedding(vectors=5))

    assert Adapter.objects.get().vectors == 2


@pytest.mark.parametrize(
    ("content", "kind", "name", "sentence"),
    [
        (b"\x80\x02rubbish", "embedding", "<x>", "This is no safetensors file"),
        (b"", "embedding", "<x>", "The submitted file is empty"),
        (embedding(width=768), "embedding", "<x>", "768 numbers wide and the model reads 16"),
        (embedding(vectors=65), "embedding", "<x>", "1 to 64 vectors, and this one has 65"),
        (embedding(), "embedding", "heart", "between &lt; and &gt; without spaces"),
        (lora(), "embedding", "<x>", "this file holds 2 tensors"),
        (embedding(), "lora", "x", "is no LoRA as diffusers saves it"),
        (lora("unet.down_blocks.9.to_q"), "lora", "x", "The model has no layer down_blocks.9.to_q"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(add, content, kind, name, sentence):
    assert sentence in add(content, kind, name)
    assert not Adapter.objects.exists()


def test_a_retired_one_is_offered_no_longer_and_keeps_its_file(add, client):
    add(embedding())
    adapter = Adapter.objects.get()
    client.post(f"/generation/adapters/{adapter.token}/retire/")

    assert not Adapter.objects.available().exists()
    assert Adapter.objects.get().file.size
