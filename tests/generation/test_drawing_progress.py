"""What a command says while it draws: share, images, pace and time left, on one line or on several."""

from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from generation.management.drawing_progress import DrawingProgress


class Terminal(StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Stands still until a test moves it."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_line_has_share_images_pace_and_time_left(clock):
    progress = DrawingProgress(80, OutputWrapper(StringIO()), clock)
    assert progress.line(0) == "[........................]   0 %, 0 of 80 images"
    clock.seconds += 10
    assert progress.line(20) == "[######..................]  25 %, 20 of 80 images, 2 images/s, 30 s left"
    assert progress.line(16, 4.0).endswith("25 %, 16 of 80 images, 2 images/s, 30 s left")
    clock.seconds += 390
    assert progress.line(20).endswith("0.05 images/s, 20 min left")


def test_a_terminal_has_one_line_that_is_written_over_now_and_then(clock):
    out = Terminal()
    progress = DrawingProgress(8, OutputWrapper(out), clock)
    progress.drawing(0, 1.0)  # at once: too soon to be said
    clock.seconds += 1
    progress.drawing(0, 2.0)
    progress.drawn(8)
    progress.say("Something else.")
    progress.end()
    _, first, second = out.getvalue().split("\r")
    assert "25 %" in first
    assert "100 %, 8 of 8 images" in second
    assert second.partition("left")[2].strip(" ") == "\nSomething else.\n"


def test_a_file_has_a_line_for_each_group_and_none_for_steps(clock):
    out = StringIO()
    progress = DrawingProgress(16, OutputWrapper(out), clock)
    for done in (8, 16):
        clock.seconds += 4
        progress.drawing(done - 8, 4.0)
        progress.drawn(done)
    progress.end()
    assert [line.partition("] ")[2] for line in out.getvalue().splitlines()] == [
        " 50 %, 8 of 16 images, 2 images/s, 4 s left",
        "100 %, 16 of 16 images, 2 images/s, 0 s left",
    ]
