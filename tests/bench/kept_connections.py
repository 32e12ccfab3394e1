"""Many HTTP connections in one thread, as cheap as can be: a client that takes the cores measures itself."""

import selectors
import socket
import time
from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass

LARGEST_ANSWER = 2 * 1024**2


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire, and under which name its wait is noted."""

    kind: str
    wire: bytes
    on_new_connection: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back; the body is only good until the next request."""

    status: int
    body: memoryview


Conversation = Generator[Request, Answer, None]


class Connection:
    """Holds one conversation: the next request goes out as soon as the answer to the last is whole."""

    def __init__(self, port: int, conversation: Conversation, waits: dict[str, list[float]]) -> None:
        self.port, self.conversation, self.waits = port, conversation, waits
        self.buffer = bytearray(LARGEST_ANSWER)
        self.view = memoryview(self.buffer)
        self.socket: socket.socket | None = None
        self.selector: selectors.BaseSelector | None = None

    def begin(self, selector: selectors.BaseSelector) -> None:
        """Send the first request."""
        self.selector = selector
        self.ask(next(self.conversation))

    def ask(self, request: Request) -> None:
        """Send one request; the clock runs from before a connection is opened for it."""
        self.request, self.received, self.header_length, self.whole_length = request, 0, 0, 0
        self.started = time.perf_counter()
        if self.socket is None or request.on_new_connection:
            self.close()
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(self.socket, selectors.EVENT_READ, self)
        self.socket.sendall(request.wire)

    def receive(self) -> None:
        """Take what has come; when the answer is whole, hand it over and go on."""
        count = self.socket.recv_into(self.view[self.received :])
        if count == 0:
            raise ConnectionError(f"The server closed the connection in the middle of {self.request.wire[:80]!r}.")
        self.received += count
        if not self.header_length:
            self.read_header()
        if self.header_length and self.received >= self.whole_length:
            self.hand_over()

    def read_header(self) -> None:
        """How long the answer will be, once its header is here."""
        end = self.buffer.find(b"\r\n\r\n", 0, self.received)
        if end < 0:
            return
        self.header_length = end + 4
        header = bytes(self.view[:end]).lower()
        length = header.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0]
        self.whole_length = self.header_length + int(length)

    def hand_over(self) -> None:
        """Note the wait, let the conversation look at the answer, send what it says next."""
        self.waits[self.request.kind].append(1000 * (time.perf_counter() - self.started))
        answer = Answer(int(self.buffer[9:12]), self.view[self.header_length : self.whole_length])
        try:
            self.ask(self.conversation.send(answer))
        except StopIteration:
            self.close()

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


def hold(port: int, conversations: Iterable[Conversation]) -> dict[str, list[float]]:
    """Hold all conversations at once; the waits in milliseconds, by kind of request."""
    waits: dict[str, list[float]] = defaultdict(list)
    connections = [Connection(port, conversation, waits) for conversation in conversations]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            connection.begin(selector)
        while selector.get_map():
            for key, _ in selector.select():
                key.data.receive()
    return dict(waits)
