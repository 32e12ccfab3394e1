"""What each net of an experiment learned from, as a file; and tables and curves that everybody can read."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.urls import reverse

from generation.actions.experiment_material import Material
from generation.experiments.grid import Arm, Cell
from generation.exports.experiment_provenance import learned_from_csv
from lungstudy.library.models import Image, Mask, Provenance
from tests.factories import GeneratedImageFactory
from tests.generation.experiments.scenes import drawn, queued, real, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_arms():
    """Trained, with what each cell takes."""
    films, maps = real(20, name="films"), drawn(name="maps")
    experiment = trained(queued(real=[films], synthetic=[maps], arms=[Arm.REAL, Arm.BOTH]))
    material = Material(experiment)
    for cell in experiment.cells.all():
        cell.learned_from = material.learned_from(Cell(Arm(cell.arm), cell.net, cell.n_real, cell.seed))
        cell.versions = {"torch": "2.0", "device": "x86 processor, 1 thread"}
        cell.save()
    return experiment


def test_a_third_csv_says_exactly_what_each_net_learned_from(page, two_arms):
    address = reverse("generation:experiment_learned", args=[two_arms.token])
    rows = list(csv.DictReader(io.StringIO(page.get(address).content.decode())))

    assert f'href="{address}"' in page.get(reverse("generation:experiment", args=[two_arms.token])).content.decode()
    assert len(rows) == sum(cell.n_real + cell.n_synthetic for cell in two_arms.cells.all())
    assert {(row["arm"], row["data_set"], row["origin"]) for row in rows} == {
        ("real", "films", "real"), ("real + synthetic", "films", "real"), ("real + synthetic", "maps", "synthetic"),
    }  # fmt: skip
    for row in rows:
        mask = Mask.objects.get(image__token=row["image"])
        assert (row["patient_key"], row["image_name"]) == (mask.image.patient_key, mask.image.source_name)
        assert (row["mask_sha256"], row["pixel_sha256"]) == (mask.newest.sha256, mask.image.pixel_sha256)
        assert row["trained_with"] == "torch 2.0; device x86 processor, 1 thread"


RECIPE = {
    "model": "the generator", "weights_sha256": "9" * 64, "prompt": "frontal chest radiograph, =cough",
    "negative_prompt": "text", "seed": 17, "steps": 20, "guidance": 5.0, "scheduler": "ddim", "width": 64, "height": 64,
    "batch_shape": 4, "adapters": [{"kind": "lora", "name": "soft", "sha256": "5" * 64, "scale": 0.5}],
    "start": {"image_sha256": "6" * 64, "strength": 0.5, "mask_sha256": "", "feather": 0},
}  # fmt: skip


def lines_of(experiment) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(learned_from_csv(experiment)))))


def test_it_says_how_each_synthetic_image_was_drawn(two_arms):
    drawn_here, imported, *_ = Image.objects.filter(dataset__name="maps")
    GeneratedImageFactory(image=drawn_here, recipe=RECIPE, recipe_sha256="8" * 64)
    Provenance.objects.create(image=imported, generator="elsewhere", prompt="a chest", seed=3)
    lines = {line["image"]: line for line in lines_of(two_arms)}
    line, other = lines[str(drawn_here.token)], lines[str(imported.token)]
    assert line["seed"] == "0"  # of the training
    same = ("weights_sha256", "prompt", "negative_prompt", "steps", "guidance", "scheduler")
    assert {name: line[name] for name in same} == {name: str(RECIPE[name]) for name in same}
    assert (line["model"], line["drawing_seed"], line["recipe_sha256"]) == ("the generator", "17", "8" * 64)
    assert json.loads(line["adapters"]) == RECIPE["adapters"] and json.loads(line["start"]) == RECIPE["start"]
    assert (other["model"], other["prompt"], other["drawing_seed"]) == ("elsewhere", "a chest", "3")
    of_a_film = next(line for line in lines.values() if line["origin"] == "real")
    assert {of_a_film[name] for name in (*same, "model", "drawing_seed", "adapters", "recipe_sha256")} == {""}


def test_it_says_whose_outline_and_which_version_was_learned(two_arms):
    mask = Mask.objects.filter(image__dataset__name="maps").first()
    mask.versions.create(number=2, sha256="c" * 64, area=5, file="masks/c.png")  # after the experiment was queued
    for line in lines_of(two_arms):
        of = Mask.objects.get(image__token=line["image"]).mask_set
        assert (line["mask_set"], line["mask_source"], line["mask_version"]) == (of.name, of.source, "1")
        assert of.source == ("people" if line["origin"] == "real" else "attention")


def test_an_outline_that_was_changed_back_is_named_by_the_version_that_counted(two_arms):
    mask = Mask.objects.filter(image__dataset__name="maps").first()
    first = mask.versions.get()
    for number in (2, 3, 4):
        mask.versions.create(
            number=number, sha256=first.sha256 if number != 2 else "c" * 64, area=5, file="masks/c.png"
        )
    mask.versions.filter(number__lte=3).update(made_at=two_arms.created_at)
    line = next(line for line in lines_of(two_arms) if line["image"] == str(mask.image.token))
    assert line["mask_version"] == "3"


def test_more_images_ask_no_more_questions(two_arms, django_assert_num_queries):
    for image in Image.objects.filter(dataset__name="maps"):
        GeneratedImageFactory(image=image, recipe=RECIPE)
        Provenance.objects.create(image=image, generator="the generator")
    with django_assert_num_queries(3):  # images, outlines, trainings
        lines_of(two_arms)


def test_the_page_names_what_trained_the_nets(page, two_arms):
    last = two_arms.cells.last()
    last.versions = {"torch": "3.0", "device": "x86 processor, 1 thread"}
    last.save()
    words = page.get(reverse("generation:experiment", args=[two_arms.token])).content.decode()

    assert "2.0; then 3.0" in words
    assert words.count("x86 processor, 1 thread") == 1


def test_tables_that_scroll_can_be_reached_by_keyboard_and_have_names(page, two_arms):
    words = page.get(reverse("generation:experiment", args=[two_arms.token])).content.decode()
    assert words.count('class="table-responsive"') == 4
    assert words.count('class="table-responsive" tabindex="0" role="region" aria-label="') == 4


def test_names_of_arms_are_read_in_their_tones_in_both_schemes():
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1, here against white and against the dark scheme's #14171a."""
    sheet = Path(find("generation/experiments.css")).read_text()
    tones = re.findall(r'^(\[data-bs-theme="dark"\] )?\.learning-curve \.arm\.\S+ { --tone: (#\w{6});', sheet, re.M)
    assert len(tones) == 6
    assert all(contrast(tone, "#14171a" if dark else "#ffffff") >= 4.5 for dark, tone in tones)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours."""
    darker, lighter = sorted(luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of #rrggbb."""
    levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return sum(weight * level for weight, level in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
