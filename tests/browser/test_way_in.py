"""The way into a study in a real browser: by hand and by key, light and dark, on a laptop and a telephone."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from reader.models import Background, Presentation, Sitting
from tests.browser.seat import Seat, flat_png, grey_study
from tests.browser.test_reading_room_looks import WCAG_2_2_AA, tab_to
from tests.factories import CaseFactory, SlotFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEPS = ["consent", "background", "instructions", "monitor", "practice"]
TEXT = (
    "# Your task\n\n1. Look at each image\n2. Say *real* or *fake*\n\n### Data\n\nSee [the plan](https://example.org)."
)
SIZES = {"laptop": (1280, 800), "telephone": (390, 844)}
LEVELS = """(canvas) => {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, at) => at % 4 === 0);
}"""


@pytest.fixture
def seat(chromium, live_server):
    assignment = grey_study(
        images=2, consent=TEXT, ask_background=True, instructions=TEXT, monitor_check=True, title="Lungs, real or drawn"
    )
    case = CaseFactory(study=assignment.study, trial__practice=True)
    png = flat_png(90)
    Presentation.objects.create(case=case, file=ContentFile(png, "p.png"), sha256="0" * 64, byte_length=len(png))
    SlotFactory(assignment=assignment, session=0, case=case)
    seat = Seat(chromium.new_context(viewport={"width": 1280, "height": 800}), live_server.url, assignment).sign_in()
    yield seat
    seat.context.close()
    assert seat.complaints == []


def is_at(seat: Seat, step: str) -> None:
    expect(seat.page).to_have_url(re.compile(f"/before/{step}/$"))


def take(seat: Seat, until: str) -> None:
    """Go through the steps before this one as a reader does, beginning at the room's door."""
    seat.page.goto(seat.url("room"))
    for step in STEPS[: STEPS.index(until)]:
        is_at(seat, step)
        ACTS[step](seat.page)
    is_at(seat, until)


def agree(page: Page) -> None:
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="I agree").click()


def tell_of_oneself(page: Page) -> None:
    page.get_by_label("Years of reading").fill("7")
    page.get_by_label("Specialty", exact=True).fill("Radiology")
    page.get_by_role("button", name="Continue").click()


def read_instructions(page: Page) -> None:
    page.get_by_role("button", name="I have read this").click()


def check_monitor(page: Page, *, lines: str = "Yes") -> None:
    for question, answer in (("black square", "Yes"), ("white square", "Yes"), ("finest stripes", lines)):
        page.get_by_role("group", name=re.compile(question)).get_by_label(answer).check()
    page.get_by_role("button", name="Continue").click()


def pass_practice_over(page: Page) -> None:
    page.get_by_role("button", name="Pass over").click()


ACTS = {
    "consent": agree,
    "background": tell_of_oneself,
    "instructions": read_instructions,
    "monitor": check_monitor,
}


def looks_well(page: Page, name: str, pictures: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=pictures / f"{name}.png", full_page=True)
    found = Axe().run(page, options=WCAG_2_2_AA).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


@pytest.fixture
def pictures(request, tmp_path) -> Path:
    return Path(request.config.getoption("--screenshots") or tmp_path)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_is_accessible_and_fits(seat, pictures, scheme, size):
    width, height = SIZES[size]
    seat.page.set_viewport_size({"width": width, "height": height})
    seat.page.emulate_media(color_scheme=scheme)
    seat.page.goto(seat.url("room"))
    for step in STEPS:
        is_at(seat, step)
        looks_well(seat.page, f"before-{step}-{size}-{scheme}", pictures)
        ACTS.get(step, pass_practice_over)(seat.page)
    expect(seat.page).to_have_url(seat.url("room"))


def test_a_no_brings_advice_and_lets_the_reader_go_on(seat, pictures):
    take(seat, until="monitor")
    check_monitor(seat.page, lines="No")
    expect(seat.page.get_by_text("set the browser's zoom to 100 %")).to_be_visible()
    looks_well(seat.page, "before-monitor-advice", pictures)
    seat.page.get_by_role("link", name="Go on all the same").click()

    is_at(seat, "practice")
    check = Sitting.objects.get()
    assert check.monitor_check == {"dark": True, "bright": True, "lines": False}
    assert (check.screen_width, check.window_width, check.pixel_ratio) == (1280, 1280, 1)


def test_a_reader_without_a_mouse_comes_to_practice(seat):
    keyboard = seat.page.keyboard
    seat.page.goto(seat.url("room"))
    tab_to(seat.page, "[name=agreed]")
    keyboard.press("Space")
    tab_to(seat.page, "form:not([action]) button:not([name])")
    keyboard.press("Enter")
    is_at(seat, "background")
    tab_to(seat.page, "[name=years_reading]")
    keyboard.type("12")
    keyboard.press("Tab")
    keyboard.type("Pneumology")
    keyboard.press("Enter")
    is_at(seat, "instructions")
    tab_to(seat.page, ".steps-on button")
    keyboard.press("Enter")
    is_at(seat, "monitor")
    for name in ("dark", "bright", "lines"):
        tab_to(seat.page, f"[name={name}]")
        keyboard.press("Space")
    keyboard.press("Enter")
    is_at(seat, "practice")

    assert Background.objects.get().years_reading == 12
    assert Sitting.objects.get().monitor_check == {"dark": True, "bright": True, "lines": True}


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_the_pattern_is_drawn_on_whole_pixels_of_the_screen(chromium, live_server, seat, ratio):
    take(seat, until="monitor")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, device_scale_factor=ratio)
    context.add_cookies(seat.context.cookies())
    page = context.new_page()
    page.goto(seat.page.url)
    page.wait_for_load_state("networkidle")
    canvas = page.locator(".pattern canvas")
    levels = canvas.evaluate(LEVELS)
    side = canvas.evaluate("(canvas) => canvas.width")
    shown = canvas.bounding_box()["width"] * ratio
    rows = [levels[at : at + side] for at in range(0, side * side, side)]
    finest = rows[round(10.5 * side / 16) + 8][round(2 * side / 16) :][:20]

    assert abs(side - shown) <= 1
    assert finest == [255, 0] * 10
    assert {0, 13, 128, 242, 255, 122, 134} <= set(levels)
    assert {round(step * 255 / 15) for step in range(16)} <= set(levels)
    context.close()


def test_another_screen_is_asked_to_be_checked_before_the_room(seat):
    take(seat, until="practice")
    pass_practice_over(seat.page)
    expect(seat.page).to_have_url(seat.url("room"))
    seat.page.evaluate("(key) => localStorage.setItem(key, '800x600x24')", f"lungstudy:screen:{seat.assignment.token}")
    seat.page.goto(seat.url("room"))
    is_at(seat, "monitor")
    check_monitor(seat.page)

    expect(seat.page).to_have_url(seat.url("room"))
    assert Sitting.objects.exclude(monitor_check={}).count() == 2


def test_refusing_leads_home(seat):
    seat.page.goto(seat.url("room"))
    seat.page.get_by_role("button", name="I do not agree").click()

    expect(seat.page.get_by_text("nothing was recorded")).to_be_visible()
    expect(seat.page.get_by_role("heading", name="Your studies")).to_be_visible()
