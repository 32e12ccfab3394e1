"""Readers as their browsers behave: they sign in, open the room, then image and verdict, one after the other."""

import http.client
import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.bench.kept_connections import Conversation, Request, hold

SIGN_IN_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ROOM_TOKEN = re.compile(r'data-csrf-token="([^"]+)"')
SLOTS = re.compile(r'<script id="slots" type="application/json">(.*?)</script>', re.S)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# A browser opens a new connection after a pause, and the two web processes share them out anew.
TRIALS_PER_CONNECTION = 20
PAGES_PER_READER = 10


@dataclass(frozen=True)
class Seat:
    """A signed-in reader in front of the open room."""

    port: int
    room: str
    cookies: dict[str, str]
    secret: str
    slots: list[dict[str, Any]]

    def wire(self, method: str, path: str, body: str = "", **headers: str) -> bytes:
        """One request as this reader's browser sends it."""
        host = f"127.0.0.1:{self.port}"
        headers |= {"Host": host, "Referer": f"http://{host}{self.room}", "Accept": "*/*"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            headers |= {
                "Content-Length": str(len(body)),
                "X-CSRFToken": self.secret,
                "Origin": f"http://{host}",
                **FORM,
            }
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", body]).encode()

    def open_room(self) -> Conversation:
        """Open the page again and again."""
        for _ in range(PAGES_PER_READER):
            answer = yield Request("page", self.wire("GET", f"{self.room}?again"))
            assert answer.status == 200, f"no room: {answer.status}"

    def read(self) -> Conversation:
        """Fetch every image and answer it at once."""
        for count, slot in enumerate(self.slots):
            fresh = count % TRIALS_PER_CONNECTION == 0
            answer = yield Request("image", self.wire("GET", slot["images"][0]), on_new_connection=fresh)
            assert answer.status == 200, f"no image: {answer.status}"
            assert answer.body[:4] == b"\x89PNG"
            answer = yield Request("answer", self.wire("POST", slot["reading"], answer_body(count)))
            assert answer.status == 200, f"answer refused: {answer.status} {bytes(answer.body[:200])!r}"
            assert json.loads(bytes(answer.body))["saved"]


def answer_body(count: int) -> str:
    """One answer with a key of its own."""
    answer = ("real", "fake", "unsure")[count % 3]
    return urlencode({"client_key": uuid.uuid4(), "sequence": count + 1, "answer": answer, "seconds_open": 2.5})


def sign_in(port: int, username: str, password: str, token: str) -> Seat:
    """Sign in by password and open the reading room."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookies: dict[str, str] = {}

    def ask(method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection.request(method, path, body, {"Cookie": cookie, "Referer": f"http://127.0.0.1:{port}/", **headers})
        response = connection.getresponse()
        page = response.read().decode()
        for header in response.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            cookies[name] = value
        return response.status, page

    _, page = ask("GET", "/sign-in/")
    secret = SIGN_IN_TOKEN.search(page).group(1)
    form = {"username": username, "password": password, "csrfmiddlewaretoken": secret}
    status, _ = ask("POST", "/sign-in/", urlencode(form), **FORM)
    assert status == 302, f"{username} could not sign in: {status}"
    _, room = ask("GET", f"/read/{token}/?again")
    connection.close()
    slots = json.loads(SLOTS.search(room).group(1))
    return Seat(port, f"/read/{token}/", cookies, ROOM_TOKEN.search(room).group(1), slots)


@dataclass(frozen=True)
class Waits:
    """How long all readers waited for each kind of request, and what it took of the client."""

    milliseconds: dict[str, list[float]]
    seconds: float
    cpu_seconds: float


def together(seats: list[Seat], talk: Callable[[Seat], Conversation]) -> Waits:
    """Everybody does the same at once."""
    started, cpu = time.monotonic(), time.process_time()
    waits = hold(seats[0].port, [talk(seat) for seat in seats])
    return Waits(waits, time.monotonic() - started, time.process_time() - cpu)
