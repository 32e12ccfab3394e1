"""The web server killed in mid-answer, again and again; the browser itself killed: every verdict is stored once."""

import random
import time
from contextlib import contextmanager, suppress

import psutil
import pytest
from playwright.sync_api import Error, expect

from tests.browser.killed_web import KilledWeb
from tests.browser.seat import LOOK
from tests.services.chromium import ARGUMENTS, find_chromium

pytestmark = pytest.mark.browser
IMAGES = 8
KEYS = "rfurfurf"
SAID = {"r": "real", "f": "fake", "u": "unsure"}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    web = KilledWeb(tmp_path_factory.mktemp("killed"), IMAGES)
    yield web
    web.kill()


@contextmanager
def profile(chromium, web, folder):
    """A browser with its profile on disk, in the reading room."""
    context = chromium.browser_type.launch_persistent_context(folder, executable_path=find_chromium(), args=ARGUMENTS)
    context.add_cookies([{"name": "sessionid", "value": web.session, "url": web.address}])
    page = context.pages[0]
    page.goto(f"{web.address}/read/{web.assignment}/")
    page.locator("#start[open], #progress:not(:empty)").first.wait_for()
    if page.locator("#start[open]").count():
        page.get_by_role("button", name="Begin").click()
    yield page
    with suppress(Error):  # it may be dead
        context.close()


def until(page, happened, seconds=40):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def is_read(page, count):
    progress = page.locator("#progress")
    expect(progress).to_contain_text(f"{count} of {IMAGES} read" if count < IMAGES else f"All {IMAGES} read")


def test_a_web_server_killed_in_mid_answer_and_started_again_loses_and_doubles_nothing(chromium, web, tmp_path):
    moments = random.Random(20)
    web.start()
    with profile(chromium, web, tmp_path) as page:
        page.wait_for_load_state("networkidle")
        for count, key in enumerate(KEYS[:6], start=1):
            page.wait_for_timeout(LOOK + 100)
            page.keyboard.press(key)
            page.wait_for_timeout(moments.uniform(0, 25))
            web.kill()
            is_read(page, count)
            web.start()
        until(page, lambda: len(web.stored()) >= 6)
        expect(page.locator("#saving .words")).to_be_empty()

    assert web.stored() == [(count, SAID[key], 1) for count, key in enumerate(KEYS[:6], start=1)]


def test_a_browser_killed_with_answers_that_were_never_sent_still_has_them(chromium, web, tmp_path):
    if web.web is None:
        web.start()
    with profile(chromium, web, tmp_path) as page:
        page.wait_for_load_state("networkidle")
        before = len(web.stored())
        page.context.set_offline(True)
        page.wait_for_timeout(LOOK + 100)
        page.keyboard.press(KEYS[6])
        expect(page.locator("#saving .words")).to_contain_text("1 waiting to be saved")
        kill_browser_of(tmp_path)
    assert len(web.stored()) == before
    with profile(chromium, web, tmp_path) as page:
        until(page, lambda: len(web.stored()) == before + 1)

    assert web.stored()[-1] == (before + 1, SAID[KEYS[6]], 1)


def kill_browser_of(folder):
    """Every process that this test's browser started, known by the profile that only it has."""
    for one in psutil.process_iter(["cmdline"]):
        if any(str(folder) in argument for argument in one.info["cmdline"] or []):
            one.kill()
