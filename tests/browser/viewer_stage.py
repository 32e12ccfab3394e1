"""A bare page under the site's own strict policy with nothing but the viewer on it, and eyes for its pixels."""

import base64
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, JSHandle, Page, Route

from lungstudy.library.pixels.encoding import encode_constant_length_png

SITE = "http://localhost"
STATIC = Path(__file__).resolve().parents[2] / "reader" / "static" / "reader"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'"
PAGE = '<!doctype html><link rel="stylesheet" href="/stage.css"><div id="stage"></div><button>Real</button>'
STYLE = "body { margin: 0 } #stage { position: absolute; inset: 0 0 40px } button { position: absolute; bottom: 0 }"
FILES = {"/stage": ("text/html", PAGE), "/stage.css": ("text/css", STYLE), "/favicon.ico": ("image/x-icon", "")}
OPEN = """async (options) => {
  const { Viewer } = await import("/viewer/viewer.js");
  window.changes = 0;
  return new Viewer(document.getElementById("stage"), { ...options, onChange: () => { window.changes += 1 } });
}"""
DECODE = """async (files) => {
  const { decode } = await import("/viewer/decode.js");
  const bytes = (file) => Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  return Promise.all(files.map((file) => decode(new Blob([bytes(file)]))));
}"""
# How every viewer begins.
START = {
    "centre": 0.5, "width": 1, "inverted": False, "zoom": 1, "actual": False, "panX": 0, "panY": 0, "flipped": False,
}  # fmt: skip
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WHOLE_CANVAS = "viewer => viewer.easel.canvas.toDataURL('image/png')"


def answer(route: Route) -> None:
    path = route.request.url.removeprefix(SITE)
    kind, body = FILES.get(path) or ("text/javascript", (STATIC / path.lstrip("/")).read_text())
    route.fulfill(body=body, content_type=kind, headers={"Content-Security-Policy": POLICY})


class ViewerStage:
    """A viewer on a page of its own; the stage is the window but for 40 pixels at its foot."""

    def __init__(self, browser: Browser, *, webgl: bool | None, flip: bool = True, **context: object) -> None:
        self.context = browser.new_context(viewport={"width": 600, "height": 440}, **context)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", answer)
        self.page.goto(f"{SITE}/stage")
        self.fingers = self.context.new_cdp_session(self.page)
        self.viewer: JSHandle = self.page.evaluate_handle(OPEN, {"webgl": webgl, "flip": flip})

    def decoded(self, *files: bytes) -> JSHandle:
        return self.page.evaluate_handle(DECODE, [base64.b64encode(file).decode() for file in files])

    def show(self, *pictures: NDArray) -> "ViewerStage":
        """Show these pictures; what is on the canvas in the same breath is what the reader sees."""
        decoded = self.decoded(*map(encode_constant_length_png, pictures))
        self.page.evaluate("([viewer, pictures]) => viewer.show(pictures)", [self.viewer, decoded])
        return self

    def run(self, script: str, *arguments: object) -> object:
        """Run a line on the viewer, `viewer` and `at` being its names, and wait until it is drawn."""
        value = self.page.evaluate(f"([viewer, at]) => {script}", [self.viewer, list(arguments)])
        self.page.evaluate(FRAME)
        return value

    def command(self, name: str, *arguments: object) -> None:
        self.run(f"{{ viewer.commands.{name}(...at) }}", *arguments)

    @property
    def state(self) -> dict:
        return self.run("viewer.state")

    def under(self, x: float, y: float) -> dict | None:
        """The place on a picture at a point of the window."""
        return self.run("viewer.toPicture(...at)", x, y)

    def pixels(self) -> NDArray[np.int16]:
        """The canvas in device pixels; signed, so that differences are differences."""
        self.page.evaluate(FRAME)
        url = self.page.evaluate(WHOLE_CANVAS, self.viewer)
        return read_url(url)

    def drag(self, start: tuple[float, float], end: tuple[float, float], button: str = "left") -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down(button=button)
        mouse.move(*end, steps=8)
        mouse.up(button=button)
        self.page.evaluate(FRAME)

    def touch(self, kind: str, *points: tuple[float, float], first: int = 0) -> None:
        """What fingers do, as the browser's own input; the first one is 0, and an end names those that lift."""
        places = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points, first)]
        self.fingers.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": places})
        self.page.evaluate(FRAME)

    def close(self) -> None:
        self.context.close()
        assert [text for text in self.complaints if "GPU stall due to ReadPixels" not in text] == []


def read_url(url: str) -> NDArray[np.int16]:
    """The grey levels of a data URL; colour fails."""
    rgb = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")).astype(np.int16)
    assert (rgb == rgb[..., :1]).all(), "something on the stage is not grey"
    return rgb[..., 0]


def grain(side: int, bits: int = 8, seed: int = 1) -> NDArray:
    """Noise of every level: whatever is drawn wrongly shows."""
    kind = np.uint8 if bits == 8 else np.uint16
    return np.random.default_rng(seed).integers(0, 2**bits, (side, side), dtype=kind)
