"""Every page of a fresh site, light and dark: no violation of WCAG 2.2 AA, nothing in the console.

With --screenshots FOLDER the pages are kept as pictures; the README shows those of docs/screenshots.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import violations_of
from tests.browser.running_site import RunningSite
from tests.browser.ways import ADMIN, READER, RESEARCHER, STRANGER

pytestmark = pytest.mark.browser
PAGES = {"stranger": STRANGER, "reader": READER, "researcher": RESEARCHER, "admin": ADMIN}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path_factory.mktemp("demonstration"))
    with site.up():
        yield site


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures go; None where nobody asked for them, since packing them takes as long as the checks."""
    folder = request.config.getoption("--screenshots")
    return Path(folder) if folder else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_accessible_and_quiet(
    site: RunningSite, chromium: Browser, pictures: Path | None, role: str, scheme: str
):
    page = site.visitor(chromium, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.goto("/")
    if role != "stranger":
        page.locator(f"button[value={role}]").click()
        page.wait_for_url(f"{site.address}/")
    found = {}
    for name, way in PAGES[role]:
        way(page)
        page.wait_for_timeout(300)
        if pictures:
            keep(page, pictures / f"{name}{'-dark' if scheme == 'dark' else ''}.png")
        if violations := violations_of(page):
            found[name] = violations

    assert found == {}
    assert [words for words in said if "/nowhere/" not in words] == []


def keep(page: Page, path: Path) -> None:
    """A picture of what is in the window, in 256 colours to be small."""
    page.screenshot(path=path, caret="initial")
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)
