"""What hands do to the viewer: mouse, trackpad and fingers."""

import numpy as np
import pytest

from tests.browser.viewer_stage import FRAME, START, ViewerStage, grain

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(chromium):
    """A square picture of 400 in the middle of 600 x 400."""
    stage = ViewerStage(chromium, webgl=False, has_touch=True).show(grain(400))
    yield stage
    stage.close()


# ---- mouse and trackpad


def test_a_drag_across_widens_the_window_and_a_drag_down_raises_its_centre(stage):
    stage.drag((200, 200), (300, 200))
    assert stage.state["width"] > 1.2
    assert stage.state["centre"] == 0.5

    stage.drag((300, 200), (300, 260))
    assert stage.state["centre"] > 0.6


def test_a_drag_there_and_back_leaves_the_window_as_it_was(stage):
    stage.page.mouse.move(200, 200)
    stage.page.mouse.down()
    for x, y in ((260, 200), (330, 200), (200, 200)):
        stage.page.mouse.move(x, y, steps=5)
    stage.page.mouse.up()

    assert stage.state["width"] == pytest.approx(1, abs=0.01)


def test_a_click_with_an_unsteady_hand_changes_nothing(stage):
    stage.drag((200, 200), (201, 201))

    assert stage.state == START


@pytest.mark.parametrize("button", ["right", "middle"])
def test_the_other_buttons_move_the_picture_with_the_pointer(stage, button):
    held = stage.under(250, 150)
    stage.drag((250, 150), (310, 190), button)

    assert stage.under(310, 190) == pytest.approx(held)


def test_the_pan_tool_gives_the_primary_button_to_moving(stage):
    stage.run("{ viewer.tool = 'pan' }")
    held = stage.under(250, 150)
    stage.drag((250, 150), (210, 130))

    assert stage.under(210, 130) == pytest.approx(held)


def test_with_the_space_bar_held_a_drag_moves_and_letting_go_presses_no_button(stage):
    stage.page.evaluate("() => { document.querySelector('button').onclick = () => { document.title += '!' } }")
    stage.page.locator("button").focus()
    held = stage.under(250, 150)
    stage.page.keyboard.down("Space")
    # As where a press on the stage leaves the focus to the button.
    stage.run("{ viewer.stage.onmousedown = (event) => event.preventDefault() }")
    stage.drag((250, 150), (290, 170))
    stage.page.keyboard.up("Space")
    assert stage.under(290, 170) == pytest.approx(held)
    assert stage.page.title() == ""

    stage.page.keyboard.press("Space")
    assert stage.page.title() == "!"


def test_the_mark_tool_leaves_the_primary_button_to_the_room(stage):
    stage.run("{ viewer.tool = 'mark' }")
    stage.page.evaluate("() => { document.querySelector('button').onpointerup = () => { document.title = 'heard' } }")
    stage.drag((200, 200), (20, 425))

    assert stage.state == START
    assert stage.page.title() == "heard"


def test_a_tool_that_is_none_is_refused(stage):
    with pytest.raises(Exception, match="choose window, pan or mark"):
        stage.run("{ viewer.tool = 'knife' }")


@pytest.mark.parametrize("key", [None, "Control"])
def test_the_wheel_and_a_trackpad_s_pinch_zoom_to_the_cursor(stage, key):
    held = stage.under(180, 120)
    stage.page.mouse.move(180, 120)
    if key:
        stage.page.keyboard.down(key)
    for turn in (-60, -60, 30):
        stage.page.mouse.wheel(0, turn)
        stage.page.evaluate(FRAME)
    if key:
        stage.page.keyboard.up(key)

    assert stage.state["zoom"] > 1.1
    assert stage.under(180, 120) == pytest.approx(held)


def test_a_pinch_as_safari_tells_it_zooms_too(stage):
    held = stage.under(350, 120)
    stage.page.evaluate(
        """() => {
          const stage = document.getElementById("stage");
          for (const [kind, scale] of [["gesturestart", 1], ["gesturechange", 1.5], ["gesturechange", 2]])
            stage.dispatchEvent(Object.assign(new Event(kind), { scale, clientX: 350, clientY: 120 }));
        }"""
    )
    assert stage.state["zoom"] == pytest.approx(2)
    assert stage.under(350, 120) == pytest.approx(held)


def test_the_picture_can_be_brought_back_from_wherever_it_was_moved(stage):
    stage.command("pan", 5000, -5000)
    left_at = stage.state
    stage.command("fit")

    assert (left_at["panX"], left_at["panY"]) == (0.5, -0.5)
    assert stage.state == START


def test_the_wheel_sets_the_loupe_s_power_between_two_and_four(stage):
    stage.command("magnifier")
    stage.page.mouse.move(300, 200)
    for turn, power in ((-2000, 4), (2000, 2)):
        for _ in range(10):
            stage.page.mouse.wheel(0, turn)
        stage.page.evaluate(FRAME)
        assert stage.run("viewer.magnifier.power") == power
    assert stage.state["zoom"] == 1


def test_the_stage_has_no_context_menu(stage):
    event = "new MouseEvent('contextmenu', { cancelable: true })"

    assert stage.page.evaluate(f"() => document.getElementById('stage').dispatchEvent({event})") is False


# ---- fingers


def test_two_fingers_keep_what_they_hold_while_they_zoom_and_move(stage):
    held = stage.under(260, 180), stage.under(340, 220)
    stage.touch("Start", (260, 180), (340, 220))
    for share in (0.25, 0.5, 0.75, 1):
        stage.touch("Move", (260 - 60 * share, 180 - 30 * share), (340 + 20 * share, 220 + 10 * share))
    now = stage.under(200, 150), stage.under(360, 230)
    stage.touch("End")

    assert stage.state["zoom"] == pytest.approx(2, abs=0.05)
    for before, after in zip(held, now, strict=True):
        assert after == pytest.approx(before, abs=1e-6)
    assert stage.state["width"] == 1


def test_one_finger_does_what_the_tool_says_and_the_one_left_of_two_does_nothing(stage):
    stage.touch("Start", (200, 200))
    stage.touch("Move", (300, 200))
    stage.touch("End")
    widened = stage.state["width"]
    assert widened > 1.2

    for lifted, left in ((0, 1), (1, 0)):
        stage.touch("Start", (200, 200), (300, 200))
        stage.touch("End", ((200, 200), (300, 200))[lifted], first=lifted)
        stage.touch("Move", (250, 290), first=left)
        stage.touch("End")
        assert stage.state["width"] == widened


def test_a_double_tap_shows_the_actual_pixels_under_it_and_another_all(chromium):
    stage = ViewerStage(chromium, webgl=False, has_touch=True).show(grain(1000))
    held = stage.under(250, 150)
    for _ in range(2):
        stage.touch("Start", (250, 150))
        stage.touch("End")
    assert stage.state["actual"] is True
    assert stage.under(250, 150) == pytest.approx(held, abs=0.001)

    for _ in range(2):
        stage.touch("Start", (320, 200))
        stage.touch("End")
    assert stage.state == START
    stage.close()


def test_with_the_loupe_on_a_finger_moves_it_and_the_loupe_stands_above_the_finger(stage):
    stage.command("magnifier")
    before = stage.pixels()
    stage.touch("Start", (300, 350))
    stage.touch("Move", (380, 350))
    stage.touch("End")
    changed = np.argwhere(stage.pixels() != before)

    assert stage.state == START
    assert changed[:, 1].max() > 440
    assert changed[:, 0].max() < 310
