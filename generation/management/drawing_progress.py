"""How far a command's drawing is: one line that is written over on a terminal, elsewhere a line for each group."""

import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper

from generation.reports.training import in_words

SECONDS_BETWEEN = 0.5
BAR = 24


class DrawingProgress:
    """Counts images from when drawing began; `clock` tells seconds."""

    def __init__(self, total: int, out: OutputWrapper, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.out, self.clock = total, out, clock
        self.began = self.said = clock()
        self.unended = False

    def drawn(self, done: int) -> None:
        """So many images are written."""
        self._show(self.line(done))

    def drawing(self, done: int, part: float) -> None:
        """So many are written and of others so much is done, in images; said on a terminal, now and then."""
        if self.out.isatty() and self.clock() - self.said >= SECONDS_BETWEEN:
            self._show(self.line(done, part))

    def line(self, done: int, part: float = 0.0) -> str:
        """Bar, share, images, pace and time left; the last two once they can be told."""
        share = (done + part) / self.total
        bar = "#" * int(BAR * share) + "." * (BAR - int(BAR * share))
        said = [f"[{bar}] {int(100 * share):3d} %", f"{done} of {self.total} images"]
        seconds = self.clock() - self.began
        if share and seconds > 0:
            pace = (done + part) / seconds
            said += [f"{pace:.2g} images/s", f"{in_words((self.total - done - part) / pace)} left"]
        return ", ".join(said)

    def say(self, sentence: str) -> None:
        """Something else, on a line of its own."""
        self.end()
        self.out.write(sentence)

    def end(self) -> None:
        """Whatever is said next has a line of its own."""
        if self.unended:
            self.out.write("")
        self.unended = False

    def _show(self, line: str) -> None:
        self.said, self.unended = self.clock(), self.out.isatty()
        self.out.write(f"\r{line}    " if self.unended else line, str, ending="" if self.unended else "\n")
        self.out.flush()
