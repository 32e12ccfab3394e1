"""`manage.py generate` and a queued batch draw the very same images."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.actions.drawing import draw_now
from generation.models import Batch, GeneratedImage
from lungstudy.library.models import Image
from lungstudy.library.pixels.hashes import pixel_sha256
from tests.generation.png import grey_of

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


def test_a_folder_that_cannot_be_written_is_named(generator, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CommandError, match="cannot be written"):
        generate(tmp_path / "file")
