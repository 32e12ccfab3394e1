"""One reader as their browser behaves: signs in, opens the room, then image and verdict, one after the other."""

import http.client
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

SIGN_IN_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ROOM_TOKEN = re.compile(r'data-csrf-token="([^"]+)"')
SLOTS = re.compile(r'<script id="slots" type="application/json">(.*?)</script>', re.S)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class BenchReader:
    """A kept connection with its cookies, and how long each answer took, in milliseconds."""

    port: int
    username: str
    password: str
    token: str
    cookies: dict[str, str] = field(default_factory=dict)
    image_ms: list[float] = field(default_factory=list)
    verdict_ms: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, bytes]:
        """Send one request and read the whole answer."""
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers["Referer"] = f"http://127.0.0.1:{self.port}/"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        data = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return response.status, data

    def enter(self) -> None:
        """Sign in by password and open the reading room."""
        _, page = self.ask("GET", "/sign-in/")
        secret = SIGN_IN_TOKEN.search(page.decode()).group(1)
        form = urlencode({"username": self.username, "password": self.password, "csrfmiddlewaretoken": secret})
        status, _ = self.ask("POST", "/sign-in/", form, **FORM)
        assert status == 302, f"{self.username} could not sign in: {status}"
        _, room = self.ask("GET", f"/read/{self.token}/")
        self.secret = ROOM_TOKEN.search(room.decode()).group(1)
        self.slots = json.loads(SLOTS.search(room.decode()).group(1))

    def read_all(self, sequence: int) -> None:
        """Fetch every image and answer it at once, on a new connection: the server drops one that waited for others."""
        self.connection.close()
        for slot in self.slots:
            started = time.perf_counter()
            status, image = self.ask("GET", slot["images"][0])
            self.image_ms.append(1000 * (time.perf_counter() - started))
            assert status == 200, f"no image: {status}"
            assert image[:4] == b"\x89PNG"
            self.answer(slot, sequence)

    def answer(self, slot: dict[str, str], sequence: int) -> None:
        """Send one verdict and wait until it is stored."""
        self.keys.append(str(uuid.uuid4()))
        verdict = ("real", "fake", "unsure")[len(self.keys) % 3]
        body = urlencode({"client_key": self.keys[-1], "sequence": sequence, "answer": verdict, "seconds_open": 2.5})
        started = time.perf_counter()
        status, said = self.ask("POST", slot["reading"], body, **FORM, **{"X-CSRFToken": self.secret})
        self.verdict_ms.append(1000 * (time.perf_counter() - started))
        assert status == 200, f"verdict refused: {status} {said[:200]!r}"
        assert json.loads(said)["saved"]
