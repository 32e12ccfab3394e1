"""From the key to the next picture: one reader in a real Chromium who answers 1024-pixel images one after the other.

Run it with: python -m tests.bench.key_to_picture. The browser's own Event Timing says when the frame after a key was on
screen (in steps of 8 ms); the marks of the room say how much of that was spent until the picture was drawn.
"""

import json
import os
import tempfile
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from tests.bench.reading_room import python, web_server
from tests.services.chromium import ARGUMENTS, find_chromium

IMAGES, SIZE = 60, 1024
LOOK = 600  # milliseconds on each image: as fast as anybody reads
SEED = f"""
import json
from tests.bench import seeding
seeding.SIZE = {SIZE}
print(json.dumps(seeding.make_study(readers=1, images={IMAGES})[0]))
"""
WATCH = """() => {
  window.frames = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") window.frames.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
}"""
MARKS = """() => {
  const times = (name) => performance.getEntriesByName(name, "mark").map((entry) => entry.startTime);
  const shown = times("picture-shown");
  return times("answered").map((at) => shown.find((later) => later > at) - at).filter((wait) => wait >= 0);
}"""


def read(page: Page, site: str, place: dict[str, str]) -> tuple[list[float], list[float]]:
    """Sign in, read everything with one key; milliseconds to the frame and to the drawing of each next picture."""
    page.goto(f"{site}/sign-in/")
    page.fill("#id_username", place["username"])
    page.fill("#id_password", place["password"])
    page.click("main button.btn-primary")
    page.goto(f"{site}/read/{place['token']}/")
    page.get_by_role("button", name="Begin").click()
    page.evaluate(WATCH)
    for count in range(IMAGES - 1):
        page.wait_for_timeout(LOOK)
        page.keyboard.press("rfu"[count % 3])
    page.wait_for_timeout(LOOK)
    drawn = page.evaluate(MARKS)
    on_screen = page.evaluate("() => window.frames")
    # What was quicker than the browser's threshold has no entry.
    return on_screen + [16.0] * (IMAGES - 1 - len(on_screen)), drawn


def row(name: str, values: list[float]) -> str:
    """Median, 95th and 99th percentile, and the worst."""
    middle, p95, p99 = np.percentile(values, [50, 95, 99])
    return f"| {name} | {len(values)} | {middle:.0f} | {p95:.0f} | {p99:.0f} | {max(values):.0f} |"


def main() -> None:
    """A site of its own, one reader, and the table."""
    print(f"One reader, {IMAGES} images of {SIZE} pixels, 1280 x 800, {LOOK} ms on each;", end=" ", flush=True)
    print(f"{psutil.cpu_count()} cores, {psutil.cpu_percent(interval=2):.0f} % busy before the start.\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="lungstudy-bench-") as stores, sync_playwright() as playwright:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lungstudy.settings", "LUNGSTUDY_LOG_LEVEL": "WARNING"}
        environment["LUNGSTUDY_VAR"] = stores
        python(environment, "manage.py", "migrate", "-v0")
        python(environment, "manage.py", "collectstatic", "--noinput", "-v0")
        place = json.loads(python(environment, "-c", SEED))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        with web_server(environment, Path(stores)) as (port, _):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            on_screen, drawn = read(page, f"http://127.0.0.1:{port}", place)
        browser.close()
    print("| from the key until | n | p50 (ms) | p95 | p99 | worst |\n|---|---|---|---|---|---|")
    print(row("the next image is on screen (Event Timing, 16 or less is 16)", on_screen))
    print(row("it is drawn (the room's marks)", drawn))


if __name__ == "__main__":
    main()
