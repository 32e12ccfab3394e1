"""A viewer on a bare page with what may be said beside an answer next to it, under the site's own strict policy."""

from playwright.sync_api import Browser, ElementHandle, JSHandle, Locator, Route

from tests.browser.viewer_stage import POLICY, SITE, STATIC, ViewerStage, grain

PROTOCOL = {
    "confidence": "none", "allow_comment": False, "marking": "none", "mark_reasons": [],
    "actions": [{"name": "mark", "key": "k"}, {"name": "comment", "key": "c"}],
}  # fmt: skip
OPEN = """async ([viewer, protocol]) => {
  const { Beside } = await import("/room/beside.js");
  const stage = document.getElementById("stage");
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/beside.css" });
  await new Promise((onload) => document.head.append(Object.assign(sheet, { onload })));
  const place = document.createElement("div");
  place.id = "place";
  document.body.prepend(place);
  window.settled = 0;
  const beside = new Beside({ protocol, viewer, stage, place, onSettled: () => { window.settled += 1 } });
  window.heard = [];
  document.addEventListener("keydown", (event) => window.heard.push(event.key));
  return beside;
}"""
# The stage as wide as the window but for the list beside it.
SHEET = """
:root { --ground: #0a0a0a; --raised: #242424; --edge: #4a4a4a; --ink: #d8d8d8; --quiet: #b8b8b8; background: #0a0a0a }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
html, body { margin: 0; display: block }
#stage { position: absolute; inset: 0 300px 40px 0 }
#place { position: absolute; inset: 0 0 40px auto; width: 300px }
"""


def answer_css(route: Route) -> None:
    path = route.request.url.removeprefix(SITE).lstrip("/")
    body = SHEET if path == "stage.css" else (STATIC / path).read_text()
    route.fulfill(body=body, content_type="text/css", headers={"Content-Security-Policy": POLICY})


class BesideStage(ViewerStage):
    """One or more pictures of 400 pixels on a stage of 600 by 400, and a list of 300 pixels beside it."""

    def __init__(self, browser: Browser, *, pictures: int = 1, **protocol: object) -> None:
        super().__init__(browser, webgl=False, has_touch=True)
        self.page.set_viewport_size({"width": 900, "height": 440})
        self.page.route("**/*.css", answer_css)
        self.page.goto(f"{SITE}/stage")
        self.viewer: JSHandle = self.page.evaluate_handle(VIEWER)
        self.beside: JSHandle = self.page.evaluate_handle(OPEN, [self.viewer, {**PROTOCOL, **protocol}])
        self.show(*[grain(400)] * pictures)

    @property
    def value(self) -> dict:
        return self.page.evaluate("beside => beside.value()", self.beside)

    def reset(self, saved: dict | None = None) -> None:
        self.page.evaluate("([beside, saved]) => beside.reset(saved)", [self.beside, saved])

    def act(self, name: str) -> None:
        """What the room does when the key of an action is pressed."""
        self.page.evaluate("([beside, name]) => beside.actions[name]()", [self.beside, name])

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def heard(self) -> list[str]:
        """The keys that reached the room."""
        return self.page.evaluate("window.heard")

    def marks(self) -> Locator:
        return self.page.locator(".marks-overlay .mark[aria-label]")

    def focused(self) -> ElementHandle:
        return self.page.evaluate_handle("document.activeElement").as_element()


VIEWER = """async () => {
  const { Viewer } = await import("/viewer/viewer.js");
  return new Viewer(document.getElementById("stage"), { webgl: false, flip: true });
}"""


def point(x, y, **other):
    return {"place": 1, "x": x, "y": y, "w": 0, "h": 0, "reason": "", **other}


def box(x, y, w, h, **other):
    return {"place": 1, "x": x, "y": y, "w": w, "h": h, "reason": "", **other}
