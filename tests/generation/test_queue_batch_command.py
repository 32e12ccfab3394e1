"""`manage.py queue_batch` takes what `manage.py generate` takes, and its batch draws the very same images."""

import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.torch import save_file

from generation.actions.drawing import draw_now
from generation.actions.given_pictures import keep_image
from generation.models import Adapter, Batch, GeneratedImage, GivenPicture
from lungstudy.audit.models import Event
from lungstudy.library.models import Dataset
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import content_sha256, pixel_sha256
from tests.factories import DatasetFactory, ImageFactory, UserFactory
from tests.generation.diffusion.test_adapting import lora_of
from tests.generation.png import grey_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_stores(settings, tmp_path):
    settings.CELERY_BROKER_URL = "memory://"
    settings.WORKER_CACHE = tmp_path / "worker"


def queue(**changes) -> Batch:
    plain = {"model": "tiny", "count": 2, "seed": 100, "steps": 2, "dataset": "drawn", "licence": "CC0"}
    call_command("queue_batch", **{**plain, **changes})
    return Batch.objects.latest("pk")


def generated(out: Path, **changes) -> list[dict[str, str]]:
    plain = {"model": "tiny", "count": 2, "seed": 100, "steps": 2, "out": out}
    call_command("generate", **{**plain, **changes})
    with (out / "recipes.csv").open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def recipes_of(batch: Batch) -> list[tuple[str, str]]:
    return list(
        GeneratedImage.objects.filter(job__batch=batch)
        .order_by("index")
        .values_list("recipe_sha256", "image__pixel_sha256")
    )


@pytest.fixture
def files(tmp_path) -> dict[str, object]:
    """An embedding, an image and a mask, given by their paths."""
    torch.manual_seed(4)
    save_file({"learned": torch.randn(2, 16)}, tmp_path / "x.safetensors")
    levels = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(np.uint8)
    (tmp_path / "film.png").write_bytes(encode_png(levels))
    (tmp_path / "mask.png").write_bytes(encode_png(np.where(levels > 90, 255, 0).astype(np.uint8)))
    return {
        "prompt": "chest radiograph, <x>",
        "embedding": [f"<x>={tmp_path / 'x.safetensors'}"],
        "start": tmp_path / "film.png",
        "mask": tmp_path / "mask.png",
        "strength": 0.8,
    }


def test_files_given_by_path_are_kept_and_the_batch_draws_what_the_command_draws(generator, files, tmp_path):
    batch = queue(**files)
    assert (Adapter.objects.get().name, GivenPicture.objects.count()) == ("<x>", 2)
    draw_now(batch)
    rows = generated(tmp_path / "out", **files)
    assert [(row["recipe_sha256"], row["pixel_sha256"]) for row in rows] == recipes_of(batch)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_start_file_that_the_library_has_is_its_patients(generator, tmp_path, bits):
    pixels = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(f"uint{bits}") * (1 if bits == 8 else 300)
    (tmp_path / "film.png").write_bytes(encode_png(pixels))
    same = {"pixel_sha256": pixel_sha256(pixels), "bits": bits}
    ImageFactory(patient_key="phantom 3", dataset__phantoms=True, **same)
    ImageFactory(patient_key="", **same)
    film = ImageFactory(patient_key="P7", **same)
    said = StringIO()
    batch = queue(prompt="nodule", start=tmp_path / "film.png", strength=0.8, stderr=said)
    draw_now(batch)
    assert said.getvalue() == ""
    assert set(batch.dataset.images.values_list("patient_key", flat=True)) == {"P7"}
    assert (batch.changed_image, GivenPicture.objects.get().source) == (film, film)


def test_a_start_file_that_an_image_was_imported_from_is_that_image(generator, files):
    content = files["start"].read_bytes()
    film = ImageFactory(patient_key="P7", source_sha256=content_sha256(content))  # its window gave it other pixels
    assert queue(**files).changed_image == film


def test_a_copy_that_an_earlier_batch_changed_is_still_of_its_film(generator, files):
    film = ImageFactory(patient_key="P7")  # larger, say
    keep_image(pixels=grey_of(files["start"]), source=film)
    assert queue(**files).changed_image == film


def test_a_start_file_that_the_library_does_not_know_is_said_to_belong_to_nobody(generator, files):
    said = StringIO()
    batch = queue(**files, stderr=said)
    assert "The library has no image with the pixels of" in said.getvalue()
    assert batch.changed_image is None


def test_an_embedding_that_the_site_knows_need_only_be_named(generator, files, tmp_path):
    queue(**files)
    batch = queue(prompt="<x>", dataset="more")
    draw_now(batch)
    rows = generated(tmp_path / "out", prompt="<x>")
    assert [(row["recipe_sha256"], row["pixel_sha256"]) for row in rows] == recipes_of(batch)
    assert '"name": "<x>"' in rows[0]["adapters"]
    assert queue(prompt="plain", dataset="plain").adapters == []


def test_templates_and_tables_make_many_prompts(generator, tmp_path):
    batch = queue(prompt="{finding} :0.5 AND {side} :0.5", choices=["finding: nodule, effusion", "side: left, right"])
    assert (batch.count, batch.lines.count()) == (8, 4)
    table = tmp_path / "prompts.csv"
    table.write_text("prompt,count\nnormal,1\nnodule,3\n")
    batch = queue(prompts=table, prompt=None, dataset="from a table")
    assert [(line.prompt, line.count, line.first_seed) for line in batch.lines.all()] == [
        ("normal", 1, 100),
        ("nodule", 3, 101),
    ]


def test_files_of_several_prompts_are_named_by_prompt_and_seed(generator, tmp_path):
    rows = generated(tmp_path / "out", prompt="{side}", choices=["side: left, right"], seeds="1-2, 9", steps=1)
    assert [row["file"] for row in rows] == ["1-1.png", "1-2.png", "1-9.png", "2-1.png", "2-2.png", "2-9.png"]
    assert {path.name for path in (tmp_path / "out").glob("*.png")} == {row["file"] for row in rows}


def test_the_person_who_asks_and_the_place_in_the_queue_are_kept(generator, researcher):
    batch = queue(prompt="normal", by=researcher.username, priority=5)
    assert (batch.created_by, batch.priority) == (researcher, 5)
    assert set(batch.jobs.values_list("priority", flat=True)) == {5}
    assert Event.objects.about(batch).get().actor == researcher


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "either --prompt or --prompts"),
        ({"prompt": "a", "prompts": Path("gone.csv")}, "either --prompt or --prompts"),
        ({"prompts": Path("gone.csv")}, "cannot be read"),
        ({"prompt": "{side}"}, "Say what {side} stands for"),
        ({"prompt": "a", "seeds": "9-1"}, "ends before it starts"),
        ({"prompt": "a", "by": "nobody"}, "No researcher is called"),
        ({"prompt": "a", "licence": ""}, "say with --licence"),
        ({"prompt": "a", "dataset": "films"}, "holds real images"),
        ({"prompt": "a", "size": 100}, "multiples of 8"),
    ],
)
def test_wrong_options_are_refused_in_one_sentence_and_nothing_is_queued(generator, wrong, sentence):
    DatasetFactory(name="films")
    with pytest.raises(CommandError, match=sentence):
        queue(**wrong)
    assert not Batch.objects.exists()


def test_a_reader_cannot_be_the_one_who_asks(generator):
    with pytest.raises(CommandError, match="No researcher"):
        queue(prompt="a", by=UserFactory().username)


def test_an_embedding_of_another_models_width_is_refused_and_nothing_is_kept(generator, tmp_path):
    save_file({"learned": torch.zeros(2, 768)}, tmp_path / "wide.safetensors")
    with pytest.raises(CommandError, match="768 numbers wide and the model reads 16"):
        queue(prompt="<x>", embedding=[f"<x>={tmp_path / 'wide.safetensors'}"])
    assert not Adapter.objects.exists()
    assert not Dataset.objects.filter(name="drawn").exists()


def test_a_lora_that_the_site_knows_is_named_and_one_that_is_given_is_kept(generator, tmp_path):
    file = tmp_path / "grain.safetensors"
    lora_of(file)
    batch = queue(prompt="normal", lora=[f"{file}:0.5"])
    draw_now(batch)
    assert [(one["name"], one["scale"]) for one in batch.adapters] == [("grain", 0.5)]
    rows = generated(tmp_path / "out", prompt="normal", lora=["grain:0.5"])
    assert [(row["recipe_sha256"], row["pixel_sha256"]) for row in rows] == recipes_of(batch)
    plain = generated(tmp_path / "plain", prompt="normal")
    assert plain[0]["pixel_sha256"] != rows[0]["pixel_sha256"]
