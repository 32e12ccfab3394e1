"""Every page of a fresh site, light and dark: no violation of WCAG 2.2 AA, nothing in the console.

With --screenshots FOLDER the pages are kept as pictures; the README shows those of docs/screenshots.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.running_site import RunningSite

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
Way = Callable[[Page], object]


def at(path: str) -> Way:
    return lambda page: page.goto(path)


def through(path: str, link: str) -> Way:
    """Open a list and follow the first link of that name."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("main").get_by_role("link", name=link).first.click()
        page.wait_for_load_state()

    return go


def results(page: Page) -> None:
    through("/studies/", "Finished demonstration")(page)
    page.get_by_role("link", name="See the results").click()
    page.wait_for_load_state("networkidle")


def reading_room(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Start reading").click()
    if "/before/instructions/" in page.url:
        page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_timeout(1500)


PAGES: dict[str, list[tuple[str, Way]]] = {
    "reader": [("your-studies", at("/")), ("profile", at("/profile/")), ("reading-room", reading_room)],
    "researcher": [
        ("home", at("/")),
        ("library", at("/library/")),
        ("data-set", through("/library/", "Demonstration phantoms")),
        ("import", at("/library/import/")),
        ("batches", at("/generation/")),
        ("batch", through("/generation/", "frontal chest radiograph")),
        ("generate", at("/generation/new/")),
        ("generators", at("/generation/generators/")),
        ("studies", at("/studies/")),
        ("study", through("/studies/", "Demonstration: read it now")),
        ("new-study", at("/studies/new/")),
        ("results", results),
    ],
    "admin": [("people", at("/people/")), ("audit-log", at("/audit/")), ("system", at("/system/"))],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path_factory.mktemp("demonstration"))
    with site.up():
        yield site


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures go."""
    return Path(request.config.getoption("--screenshots") or tmp_path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_accessible_and_quiet(
    site: RunningSite, chromium: Browser, pictures: Path, role: str, scheme: str
):
    page = site.visitor(chromium, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.goto("/")
    page.locator(f"button[value={role}]").click()
    page.wait_for_url(f"{site.address}/")
    found = {}
    for name, way in PAGES[role]:
        way(page)
        page.wait_for_timeout(300)
        page.screenshot(path=pictures / f"{name}{'-dark' if scheme == 'dark' else ''}.png")
        violations = Axe().run(page, options=RULES).response["violations"]
        if violations:
            found[name] = [(one["id"], one["nodes"][0]["html"][:120]) for one in violations]

    assert found == {}
    assert said == []
