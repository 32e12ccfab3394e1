"""Finding a real Chromium: the machine's own, or the one that Playwright installed."""

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A container has no user namespace for the sandbox and nothing else to protect; no calls home during tests.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def find_chromium() -> str | None:
    """The path of a browser that can be driven, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return installed_by_playwright()


def installed_by_playwright() -> str | None:
    """Playwright's own Chromium, if `playwright install chromium` was run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
