"""What each net of an experiment learned from, as a file; and tables and curves that everybody can read."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.urls import reverse

from generation.actions.experiment_material import Material
from generation.experiments.grid import Arm, Cell
from lungstudy.library.models import Mask
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
