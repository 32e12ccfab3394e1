"""`manage.py generate` and a queued batch draw the very same images."""

import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.torch import save_file

from generation.actions.drawing import draw_now
from generation.actions.pipelines import KEPT
from generation.actions.training_running import train_run
from generation.diffusion.attention.files import maps_in
from generation.diffusion.errors import DiffusionError
from generation.models import Batch, GeneratedImage
from lungstudy.library.models import Image
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import pixel_sha256
from tests.generation.png import grey_of
from tests.generation.training_scenes import queued

pytestmark = pytest.mark.django_db
PROMPT = "chest radiograph, normal"


def generate(out: Path, **changes) -> list[dict[str, str]]:
    """Run the command; the rows of its table."""
    plain = {"model": "tiny", "prompt": PROMPT, "count": 3, "seed": 100, "steps": 2, "out": out}
    call_command("generate", **{**plain, **changes})
    with (out / "recipes.csv").open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def test_files_are_named_by_seed_and_the_table_says_what_each_is(generator, tmp_path):
    rows = generate(tmp_path / "out")
    assert [row["file"] for row in rows] == ["100.png", "101.png", "102.png"]
    assert {row["prompt"] for row in rows} == {PROMPT}
    assert {row["weights_sha256"] for row in rows} == {generator.weights_sha256}
    assert [pixel_sha256(grey_of(tmp_path / "out" / row["file"])) for row in rows] == [
        row["pixel_sha256"] for row in rows
    ]


def test_an_image_is_the_same_whatever_the_count(generator, tmp_path):
    one, seven = generate(tmp_path / "one", count=1), generate(tmp_path / "seven", count=7)
    assert one[0] == seven[0]
    assert len({row["pixel_sha256"] for row in seven}) == 7


def test_the_command_draws_what_a_batch_draws(new_batch, tmp_path):
    batch = new_batch(count=3, steps=2)
    draw_now(batch)
    stored = GeneratedImage.objects.order_by("index").values_list("recipe_sha256", "image__pixel_sha256")
    rows = generate(tmp_path / "out")
    assert [(row["recipe_sha256"], row["pixel_sha256"]) for row in rows] == list(stored)


def test_each_row_names_the_versions_and_the_device_as_stored_images_do(generator, new_batch, tmp_path):
    draw_now(new_batch(count=1, steps=2))
    row = generate(tmp_path / "out", count=1)[0]
    versions = GeneratedImage.objects.get().versions
    assert {"torch", "diffusers", "transformers", "device"} <= set(versions)
    assert {name: row[name] for name in versions} == versions


def test_a_second_run_into_the_same_folder_is_refused_and_changes_nothing(generator, tmp_path):
    generate(tmp_path, count=1)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CommandError, match="from before, and nothing is overwritten; name a new folder"):
        generate(tmp_path, count=2, steps=1)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason=f"{sys.platform} has no /dev/full to fill a disk with")
def test_a_disk_that_fills_up_leaves_whole_images_each_with_its_row(generator, tmp_path):
    (tmp_path / ".101.png.unfinished").symlink_to("/dev/full")
    with pytest.raises(CommandError, match="No space left on device"):
        generate(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["100.png", "recipes.csv"]
    with (tmp_path / "recipes.csv").open(encoding="utf-8") as table:
        [row] = csv.DictReader(table)
    assert row["pixel_sha256"] == pixel_sha256(grey_of(tmp_path / row["file"]))


@pytest.mark.parametrize(("numbers", "sentence"), [
    ((2,), r"^101\.png \(seed 101\) is missing and 9 images are in .*: the model computed no picture"),
    ((2, 10), r"^101\.png, 109\.png \(seeds 101, 109\) are missing and 8 images are in "),
])  # fmt: skip
def test_images_that_are_no_numbers_are_named_at_the_end_and_all_others_are_there(
    generator, tmp_path, breaking, numbers, sentence
):
    whole = generate(tmp_path / "whole", count=10, steps=1)
    breaking(*numbers)
    with pytest.raises(CommandError, match=sentence) as raised:
        generate(tmp_path / "out", count=10, steps=1)
    assert raised.value.returncode
    with (tmp_path / "out" / "recipes.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert rows == [row for at, row in enumerate(whole, 1) if at not in numbers]
    there = {path.name for path in (tmp_path / "out").glob("*.png")}
    assert there == {row["file"] for row in rows}


def test_where_no_picture_is_a_number_no_table_is_left(generator, tmp_path, breaking):
    breaking(1, 2)
    with pytest.raises(CommandError, match=r"\(seeds 100, 101\) are missing and 0 images"):
        generate(tmp_path / "out", count=2, steps=1)
    assert not list((tmp_path / "out").iterdir())


def test_it_says_how_far_it_is(generator, tmp_path):
    said = StringIO()
    generate(tmp_path, stderr=said)
    assert "100 %, 3 of 3 images" in said.getvalue()
    assert "images/s" in said.getvalue()


def test_nothing_is_stored_on_the_site(generator, tmp_path):
    generate(tmp_path / "out")
    assert not Batch.objects.exists()
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"model": "unknown"}, r"No generator is called “unknown” \(registered: tiny\)"),
        ({"prompt": "effusion " * 40}, "would be cut off"),
        ({"negative": "effusion " * 40}, "would be cut off"),
        ({"size": 100}, "multiple"),
        ({"count": 0}, "--count must be 1 or more"),
        ({"seed": -1}, "The seed must lie between"),
        ({"steps": 0}, "The number of steps must lie between"),
    ],
)
def test_wrong_options_are_refused_in_one_sentence(generator, tmp_path, wrong, sentence):
    with pytest.raises(CommandError, match=sentence):
        generate(tmp_path / "out", **wrong)


def test_a_prompt_that_is_cut_is_said_and_the_recipe_has_what_was_read(generator, tmp_path):
    said = StringIO()
    row = generate(tmp_path / "out", prompt="effusion " * 25, count=1, cut_long=True, stderr=said)[0]
    assert row["prompt"] == ("effusion " * 22).strip()
    assert "drawn without its end: “effusion effusion effusion”" in said.getvalue()


def test_a_folder_that_cannot_be_written_is_named(generator, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CommandError, match="cannot be written"):
        generate(tmp_path / "file")


NO_CARD = "A graphics card was asked for and this machine has none"
without_a_card = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@without_a_card
def test_no_card_where_one_was_asked_for_ends_the_command_before_anything_is_written(generator, tmp_path):
    with pytest.raises(CommandError, match=NO_CARD):
        generate(tmp_path / "out", device="gpu")
    assert not (tmp_path / "out").exists()
    assert generate(tmp_path / "out", device="any", count=1)


@without_a_card
def test_a_worker_that_was_told_of_a_card_it_has_not_fails_its_jobs_and_trainings_with_the_reason(
    generator, new_batch, settings
):
    KEPT.make_room(float("inf"))
    settings.DEVICE = "gpu"
    batch, run = new_batch(count=1), queued(generator)
    with pytest.raises(DiffusionError, match=NO_CARD):
        draw_now(batch)
    train_run(run.pk)
    run.refresh_from_db()
    assert NO_CARD in batch.jobs.get().reason
    assert NO_CARD in run.reason
    assert not GeneratedImage.objects.exists()


@pytest.mark.parametrize(("device", "sentence"), [
    ("cuda", "LUNGSTUDY_DEVICE is 'cuda'; set it to 'any' or 'gpu'."), ("any", ""),
])  # fmt: skip
def test_another_device_than_is_known_is_refused_at_start(tmp_path, device, sentence):
    command = [sys.executable, "-c", "import lungstudy.settings"]
    env = {**os.environ, "LUNGSTUDY_DEVICE": device, "LUNGSTUDY_VAR": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == bool(sentence)
    assert sentence in done.stderr


@pytest.fixture
def film(tmp_path):
    """An image and a mask of its right half, of the tiny model's size."""
    levels = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(np.uint8)
    mask = np.zeros((64, 64), dtype=np.uint8)
    mask[:, 32:] = 255
    for name, pixels in (("film", levels), ("mask", mask)):
        (tmp_path / f"{name}.png").write_bytes(encode_png(pixels))
    return levels, {"start": tmp_path / "film.png", "mask": tmp_path / "mask.png"}


def test_under_a_mask_an_image_is_drawn_anew_and_nowhere_else(generator, tmp_path, film):
    levels, files = film
    row = generate(tmp_path / "out", count=1, size=64, strength=1.0, feather=2, **files)[0]
    drawn = grey_of(tmp_path / "out" / "100.png")

    assert np.array_equal(drawn[:, :32], levels[:, :32])
    assert not np.array_equal(drawn[:, 40:], levels[:, 40:])
    start = json.loads(row["start"])
    assert (start["image_sha256"], start["strength"], start["feather"]) == (pixel_sha256(levels), 1.0, 2)
    assert start["mask_sha256"]


def test_an_embedding_and_a_lora_are_named_in_the_recipe_and_change_the_image(generator, tmp_path):
    torch.manual_seed(4)
    save_file({"<x>": torch.randn(2, 16)}, tmp_path / "x.safetensors")
    plain = generate(tmp_path / "plain", count=1, prompt="chest radiograph, <x>")[0]
    words = f"<x>={tmp_path / 'x.safetensors'}"
    row = generate(tmp_path / "out", count=1, prompt="chest radiograph, <x>", embedding=[words])[0]

    assert row["pixel_sha256"] != plain["pixel_sha256"]
    [adapter] = json.loads(row["adapters"])
    assert (adapter["kind"], adapter["name"], len(adapter["sha256"])) == ("embedding", "<x>", 64)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"embedding": ["no-sign"]}, "TOKEN=FILE"),
        ({"embedding": ["<x>=there.pt"]}, "no .safetensors file"),
        ({"lora": ["gone.safetensors:0.5"]}, "cannot be read"),
        ({"start": Path("gone.png")}, "cannot be read"),
        ({"mask": Path("mask.png")}, "give the image with --start"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(generator, tmp_path, given, sentence):
    with pytest.raises(CommandError, match=sentence):
        generate(tmp_path / "out", **given)


def test_an_image_of_another_size_is_refused(generator, tmp_path, film):
    with pytest.raises(CommandError, match="64 x 64 pixels and the batch draws 72 x 72"):
        generate(tmp_path / "out", size=72, **film[1])


def test_attention_is_written_beside_each_image_and_changes_none(generator, tmp_path):
    prompt = "chest radiograph, normal heart"
    plain = generate(tmp_path / "plain", prompt=prompt, count=2)
    rows = generate(tmp_path / "out", prompt=prompt, count=2, attend=["heart"], attend_rows=[8])

    assert rows == plain
    maps = maps_in((tmp_path / "out" / "101.safetensors").read_bytes())
    assert maps["heart"][8].shape == (8, 8)
    assert not list((tmp_path / "plain").glob("*.safetensors"))


def test_a_phrase_that_is_not_in_the_prompt_ends_the_command_with_both_named(generator, tmp_path):
    with pytest.raises(CommandError, match=f"“kidney” is not in the prompt “{PROMPT}”"):
        generate(tmp_path / "out", attend=["kidney"])
