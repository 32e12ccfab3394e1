"""A reader's seat: a study of flat grey images, one grey for each, and a browser that sits in its reading room."""

import io
import time
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from reader.models import Assignment, Presentation, Reading
from tests.factories import AssignmentFactory, CaseFactory, OpenStudyFactory, PoolFactory, SlotFactory

# A look that the room takes for a reading; shorter ones are a bounced key.
LOOK = 200
GREY_OF_CANVAS = """() => {
  const canvas = document.querySelector("#stage canvas");
  const copy = new OffscreenCanvas(1, 1).getContext("2d");
  copy.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
  return copy.getImageData(0, 0, 1, 1).data[0];
}"""
BLANK = 10


def grey_of(position: int) -> int:
    """The grey level of the image in a slot; tells on the canvas which image is on screen."""
    return 40 + 12 * position


def flat_png(grey: int, size: int = 96) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (size, size), grey).save(buffer, "PNG")
    return buffer.getvalue()


def grey_study(images: int = 4, **study: object) -> Assignment:
    """An open study with one reader whose slots hold images of rising grey."""
    assignment = AssignmentFactory(study=OpenStudyFactory(**study))
    pool = PoolFactory(study=assignment.study)
    for position in range(1, images + 1):
        case = CaseFactory(study=assignment.study, pool=pool, image__dataset=pool.dataset, number=position)
        png = flat_png(grey_of(position))
        file = ContentFile(png, name="presentation.png")
        Presentation.objects.create(case=case, file=file, sha256="0" * 64, byte_length=len(png))
        SlotFactory(assignment=assignment, case=case, position=position)
    return assignment


def verdicts(assignment: Assignment) -> list[str | None]:
    """What counts as said in each slot, in reading order."""
    said = dict(Reading.objects.latest_per_slot().values_list("slot__token", "verdict"))
    return [said.get(slot.token) for slot in assignment.slots.in_reading_order()]


class Seat:
    """One reader at one browser; another seat on the same context is another tab."""

    def __init__(self, context: BrowserContext, site: str, assignment: Assignment) -> None:
        self.context = context
        self.site = site
        self.assignment = assignment
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complain(message.text))
        self.page.on("pageerror", lambda error: self.complain(str(error)))

    def complain(self, text: str) -> None:
        if "willReadFrequently" not in text:  # our own look at the canvas
            self.complaints.append(text)

    def url(self, name: str) -> str:
        return self.site + reverse(f"reader:{name}", args=[self.assignment.token])

    def sign_in(self) -> "Seat":
        """By a session made beside the browser; the page that signs in has tests of its own."""
        client = Client()
        client.force_login(self.assignment.reader)
        self.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.site}])
        return self

    def enter(self, *, begin: bool = True) -> "Seat":
        self.page.goto(self.url("room"))
        if begin and self.page.locator("#start[open]").count():
            self.page.get_by_role("button", name="Begin").click()
        return self

    def shows(self, position: int) -> None:
        """The image of this slot is on screen."""
        self.eventually(lambda: self.page.evaluate(GREY_OF_CANVAS) == grey_of(position))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.wait_for_timeout(LOOK)
            self.page.keyboard.press(key)

    def says(self, text: str) -> None:
        expect(self.page.locator("#notices")).to_contain_text(text)

    def is_thanked(self) -> None:
        expect(self.page).to_have_url(self.url("thanks"))

    def stored(self, *expected: str | None) -> None:
        """These verdicts, and no others, are what the server counts."""
        self.eventually(lambda: verdicts(self.assignment) == list(expected))

    def eventually(self, happened: Callable[[], bool], seconds: float = 20) -> None:
        """Asks again and again, since the page's security policy forbids Playwright to do so inside of it."""
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, f"{happened} did not come about; stored {verdicts(self.assignment)}"
            self.page.wait_for_timeout(40)
