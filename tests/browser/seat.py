"""A reader's seat: a study of flat grey images, one grey for each, and a browser that sits in its reading room."""

import io
import time
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, expect

from reader.models import PRACTICE, Assignment, Presentation, Reading, Slot
from tests.factories import AssignmentFactory, CaseFactory, OpenStudyFactory, PoolFactory, TrialFactory

# A look that the room takes for a reading; shorter ones are a bounced key.
LOOK = 200
GREY_AT = """([across, down]) => {
  const canvas = document.querySelector("#stage canvas");
  if (!canvas) return null;
  const copy = new OffscreenCanvas(1, 1).getContext("2d");
  copy.drawImage(canvas, canvas.width * across, canvas.height * down, 1, 1, 0, 0, 1, 1);
  return copy.getImageData(0, 0, 1, 1).data[0];
}"""
GREY_OF_CANVAS = f"() => ({GREY_AT})([0.5, 0.5])"
LOOKED_AT = """() => {
  const last = (name) => performance.getEntriesByName(name).at(-1)?.startTime ?? -1;
  return last("picture-shown") > last("answered") && performance.now() - last("picture-shown") > 160;
}"""
BLANK = 10
GREY_BETWEEN_PLACES = 2
# In the middle of the first pane of every grid of panes.
SPOTS = [(across / 12, down / 12) for across in (1, 1.5, 2, 3, 6) for down in (2, 3, 6)]


def grey_of(position: int) -> int:
    """The grey level of the image in a slot; tells on the canvas which image is on screen."""
    return 40 + 12 * position


def flat_png(grey: int, size: int = 96) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (size, size), grey).save(buffer, "PNG")
    return buffer.getvalue()


def grey_study(images: int = 4, *, practice: int = 0, **study: object) -> Assignment:
    """An open study with one reader whose slots hold images of rising grey.

    In designs with several images on screen, the first of a slot has its slot's grey and the others the next greys,
    and the cases stand the other way round than their own places; `practice` slots come in session 0.
    """
    assignment = AssignmentFactory(study=OpenStudyFactory(**study))
    for session, count in ((1, images), (PRACTICE, practice)):
        for position in range(1, count + 1):
            add_slot(assignment, session, position)
    return assignment


def add_slot(assignment: Assignment, session: int, position: int) -> Slot:
    study, places = assignment.study, assignment.study.images_per_trial
    pool = PoolFactory(study=study)
    trial = TrialFactory(study=study, practice=session == PRACTICE)
    for place in range(places, 0, -1):
        case = CaseFactory(study=study, trial=trial, place=place, pool=pool, image__dataset=pool.dataset)
        png = flat_png(grey_of(position) + GREY_BETWEEN_PLACES * (places - place))
        file = ContentFile(png, name="presentation.png")
        Presentation.objects.create(case=case, file=file, sha256="0" * 64, byte_length=len(png))
    return Slot.objects.create(
        assignment=assignment, trial=trial, session=session, position=position,
        arrangement=list(range(places, 0, -1)),
    )  # fmt: skip


def verdicts(assignment: Assignment) -> list[str | None]:
    """What counts as said in each slot of the study, in reading order."""
    said = {reading.slot_id: reading.answer for reading in Reading.objects.latest_per_slot()}
    return [said.get(slot.pk) for slot in assignment.slots.of_the_study().in_reading_order()]


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

    def enter(self, door: str = "room", *, begin: bool = True) -> "Seat":
        self.page.goto(self.url(door))
        # What an earlier visit left is looked up first; then there is a dialog, a picture, or a word about its absence.
        entered = "#start[open], #break[open], #progress:not(:empty), #notices p"
        self.page.locator(entered).first.wait_for(state="attached")
        if begin and self.page.locator("#start[open]").count():
            self.page.get_by_role("button", name="Begin").click()
        return self

    def prefetched(self) -> "Seat":
        """Begun, and the images ahead fetched."""
        self.enter().shows(1)
        self.page.wait_for_load_state("networkidle")
        return self

    def grey_at(self, across: float, down: float = 0.5) -> int:
        """The grey at these fractions of the stage."""
        return self.page.evaluate(GREY_AT, [across, down])

    def shows(self, position: int) -> None:
        """The image of this slot is on screen, or where there are several, the first of them somewhere."""
        spots = [(0.5, 0.5)] if self.assignment.study.images_per_trial == 1 else SPOTS
        self.eventually(lambda: grey_of(position) in self.greys_at(spots))

    def greys_at(self, spots: list[tuple[float, float]]) -> list[int]:
        """None while the browser is on its way from one page to another."""
        try:
            return [self.grey_at(*spot) for spot in spots]
        except Error:
            return []

    def press(self, *keys: str) -> None:
        """Each key as a reader would press it: once there is something to be looked at, if anything comes at all."""
        for key in keys:
            self.page.wait_for_timeout(LOOK)
            waits = 25
            while waits and not self.page.evaluate(LOOKED_AT):
                self.page.wait_for_timeout(40)
                waits -= 1
            self.page.keyboard.press(key)

    def says(self, text: str) -> None:
        expect(self.page.locator("#notices")).to_contain_text(text)

    def is_thanked(self) -> None:
        expect(self.page).to_have_url(self.url("thanks"))

    def stored(self, *expected: str | None) -> None:
        """These verdicts, and no others, are what the server counts."""
        self.eventually(lambda: verdicts(self.assignment) == list(expected))

    def eventually(self, happened: Callable[[], bool], seconds: float = 60) -> None:
        """Asks again and again, since the page's security policy forbids Playwright to do so inside of it."""
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, f"{happened} did not come about; {self.scene()}"
            self.page.wait_for_timeout(40)

    def scene(self) -> str:
        """What the server counts and what the page says, for whoever reads of a failure."""
        words = {name: self.page.locator(f"#{name}").all_inner_texts() for name in ("progress", "notices", "saving")}
        return f"stored {verdicts(self.assignment)}; on the page {words}; it complained of {self.complaints}"
