"""The whole path in a real browser on a site as `make run` starts it: from import to exported CSV, two readers."""

import csv
import itertools
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from statsmodels.stats.inter_rater import cohens_kappa

from lungstudy.library.pixels.phantom import Finding, draw_phantom
from tests.browser.running_site import PASSWORD, RunningSite

pytestmark = pytest.mark.browser
IMAGES_PER_ARM = 4
ORDER = ["fake", "unsure", "real"]
# What the two readers press, slot by slot in their own orders.
KEYS = {"anna": "rfufrrff", "ben": "rrfufrfr"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = RunningSite(tmp_path_factory.mktemp("site"))
    with site.up("--no-demonstration"):
        site.manage("create_admin", "ada", said=PASSWORD)
        yield site


@pytest.fixture
def films(tmp_path: Path) -> list[Path]:
    """Image files that stand for somebody's films."""
    paths = []
    for seed in range(IMAGES_PER_ARM + 1):
        path = tmp_path / f"film{seed}.png"
        Image.fromarray(draw_phantom(seed, Finding.NORMAL, 128).image).save(path)
        paths.append(path)
    return paths


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def import_films(page: Page, films: list[Path]) -> None:
    page.goto("/library/import/")
    page.set_input_files("#id_images", films)
    page.fill("#id_name", "Our films")
    page.fill("#id_licence", "CC BY 4.0")
    page.fill("#id_citation", "Ours, 2026.")
    page.click("#import button[type=submit]")
    expect(page.locator("#import-progress h2")).to_have_text("Done", timeout=60_000)
    expect(page.locator("dl.counts div").filter(has_text="Added").locator("dd")).to_have_text(str(len(films)))


def generate(page: Page) -> None:
    page.goto("/generation/new/")
    page.fill("#id_prompt", "frontal chest radiograph, PA view, average woman, normal heart, clear lungs")
    page.fill("#id_count", str(IMAGES_PER_ARM))
    page.fill("#id_steps", "4")
    page.fill("#id_new_dataset", "Our generated images")
    press(page, "Queue the batch")
    expect(page.locator("#progress-headline")).to_contain_text(f"{IMAGES_PER_ARM} of {IMAGES_PER_ARM}", timeout=180_000)


def build_and_seal(page: Page) -> None:
    page.goto("/studies/new/")
    page.fill("#id_title", "Walk")
    page.fill("#id_image_size", "256")
    press(page, "Make the draft")
    for number, name in enumerate(("Our films (real)", "Our generated images (synthetic, phantoms)"), start=1):
        page.select_option("#id_dataset", label=name)
        page.fill("#id_count", str(IMAGES_PER_ARM))
        expect(page.locator("#availability")).to_contain_text(f"With {IMAGES_PER_ARM} of them")
        press(page, "Add the pool")
        expect(page.locator("#pools tbody tr")).to_have_count(number)
    press(page, "Draw the images")
    take_step(page, "Seal")
    expect(page.locator("h1 .badge")).to_have_text("Sealed", timeout=60_000)


def invite(page: Page) -> str:
    press(page, "Make a reader's link")
    return page.input_value("#invitation-link")


def take_step(page: Page, verb: str) -> None:
    page.get_by_role("link", name=f"{verb} the study").click()
    page.fill("#id_title", "Walk")
    press(page, verb)


def read_all(page: Page, keys: str) -> None:
    page.get_by_role("link", name="Start reading").click()
    press(page, "Begin")
    for number, key in enumerate(keys, start=1):
        expect(page.locator("#progress")).to_contain_text(f"{number - 1} of {len(keys)}")
        page.wait_for_timeout(250)
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Thank you, all read")).to_be_visible()


def download(page: Page, link: str) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    with Path(waiting.value.path()).open(newline="") as lines:
        return list(csv.DictReader(lines))


def kappa_of(rows: list[dict[str, str]]) -> float:
    """Cohen's kappa by statsmodels from the exported readings alone."""
    said = {(row["reader"], row["case"]): row["verdict"] for row in rows if row["current"] == "1"}
    table = [[0] * 3 for _ in ORDER]
    for case in {case for _, case in said}:
        table[ORDER.index(said["1", case])][ORDER.index(said["2", case])] += 1
    return cohens_kappa(table).kappa


def test_from_import_to_exported_csv_with_two_readers(site: RunningSite, chromium: Browser, films: list[Path]):
    admin = site.signed_in(chromium, "ada")
    import_films(admin, films)
    generate(admin)
    build_and_seal(admin)
    readers = {}
    for name in KEYS:
        readers[name] = site.accepted(chromium, invite(admin), name)
        admin.reload()
    take_step(admin, "Open")
    for name, keys in KEYS.items():
        readers[name].reload()
        read_all(readers[name], keys)
    take_step(admin, "Close")
    take_step(admin, "Unblind")
    readings, statistics = download(admin, "Readings (CSV)"), download(admin, "Statistics (CSV)")

    assert len(readings) == 2 * 2 * IMAGES_PER_ARM
    by_reader = itertools.groupby(readings, key=lambda row: row["reader"])
    words = {"r": "real", "f": "fake", "u": "unsure"}
    assert [[row["verdict"] for row in rows] for _, rows in by_reader] == [
        [words[key] for key in keys] for keys in KEYS.values()
    ]
    assert sorted(row["truth"] for row in readings if row["reader"] == "1") == ["real"] * 4 + ["synthetic"] * 4
    [pair] = [row for row in statistics if (row["name"], row["weights"]) == ("cohen_kappa", "identity")]
    assert float(pair["estimate"]) == pytest.approx(kappa_of(readings), abs=1e-12)
