"""How long researchers wait for pages while a worker draws a batch of 1,000, and while it rests.

Run it with: python -m tests.bench.pages_while_drawing. A site as `manage.py up` starts it, one researcher who never
pauses; each page is asked for in turn, both arms in one run.
"""

import http.client
import re
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.browser.running_site import PASSWORD, RunningSite

IMAGES = 1000
DRAWN_BEFORE = 64
SECONDS = 60
PROMPT = "frontal chest radiograph, PA view, average woman, normal heart, clear lungs"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
BATCH = re.compile(r'href="(/generation/[0-9a-f-]{36}/)"')
DRAWN = re.compile(r"(\d+) of 1000 images")


class Researcher:
    """One connection with a session."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def get(self, path: str, body: str | None = None) -> str:
        """A page, or what follows a form."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        response = self.connection.getresponse()
        page = response.read().decode()
        assert response.status in (200, 302), f"{path}: {response.status}"
        for header in response.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return page

    def sign_in(self, username: str) -> None:
        """By password."""
        secret = TOKEN.search(self.get("/sign-in/"))[1]
        self.get("/sign-in/", urlencode({"username": username, "password": PASSWORD, "csrfmiddlewaretoken": secret}))

    def waits(self, pages: dict[str, str], seconds: float) -> dict[str, list[float]]:
        """Milliseconds for each page, asked for in turn."""
        seen: dict[str, list[float]] = {name: [] for name in pages}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name, path in pages.items():
                began = time.perf_counter()
                self.get(path)
                seen[name].append(1000 * (time.perf_counter() - began))
        return seen


def row(name: str, resting: list[float] | None, drawing: list[float]) -> str:
    """A row of the table; a batch that is done asks for no progress."""
    cells = [" / ".join(f"{at:.0f}" for at in percentiles(waits)) if waits else "–" for waits in (resting, drawing)]
    return f"| {name} | {' | '.join(cells)} | {len(drawing)} |"


def percentiles(waits: list[float]) -> tuple[float, float, float]:
    """p50, p95, p99."""
    cuts = statistics.quantiles(waits, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def main() -> None:
    """A small batch is drawn first, so that pages have something to show; then the large one."""
    with tempfile.TemporaryDirectory() as folder:
        site = RunningSite(Path(folder))
        with site.up("--no-demonstration"):
            site.manage("create_admin", "ada", said=PASSWORD)
            ada = Researcher(site.port)
            ada.sign_in("ada")
            ada.get("/generation/generators/")  # registers the starter
            queue(site, DRAWN_BEFORE, "small")
            [small] = BATCH.findall(ada.get("/generation/"))[:1]
            while f"{DRAWN_BEFORE} of {DRAWN_BEFORE} images" not in ada.get(small):
                time.sleep(0.5)
            all_pages = {"home": "/", "batches": "/generation/", "gallery": "/generation/gallery/",
                                "new batch": "/generation/new/", "library": "/library/", "studies": "/studies/",
                                "batch": small}  # fmt: skip
            resting = ada.waits(all_pages, SECONDS)
            queue(site, IMAGES, "large")
            large = next(path for path in BATCH.findall(ada.get("/generation/")) if path != small)
            pages = {**all_pages, "batch": large, "its progress": f"{large}progress/"}
            time.sleep(5)
            drawing = ada.waits(pages, SECONDS)
            drawn = int(DRAWN.search(ada.get(large))[1])
    print(f"{drawn} of {IMAGES} images were drawn by the end.\n")
    print("| page | worker resting: p50 / p95 / p99 (ms) | worker drawing | asked |\n|---|---|---|---|")
    for name in pages:
        print(row(name, resting.get(name), drawing[name]))


def queue(site: RunningSite, count: int, name: str) -> None:
    """By command, as a script would."""
    site.manage("queue_batch", "--prompt", PROMPT, "--count", str(count), "--dataset", name, "--seed", str(count))


if __name__ == "__main__":
    main()
