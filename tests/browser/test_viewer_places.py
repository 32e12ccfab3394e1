"""Where things are for a room that draws over the viewer, and what it carries and notes."""

import json

import pytest

from tests.browser.viewer_stage import FRAME, START, ViewerStage, grain

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(chromium):
    """A square picture of 400 in the middle of 600 x 400."""
    stage = ViewerStage(chromium, webgl=False).show(grain(400))
    yield stage
    stage.close()


def test_places_on_the_picture_and_on_the_stage_are_each_other_s_inverse_flipped_too(stage):
    for act in (["zoomIn"], ["pan", 31, -12], ["flip"]):
        stage.command(*act)
        found = stage.under(290, 170)
        place = stage.run("viewer.toStage(...at)", found["place"], found["x"], found["y"])
        assert (place["left"], place["top"]) == pytest.approx((290, 170))
    assert stage.under(290, 170)["place"] == 1


def test_beside_the_picture_is_nowhere(stage):
    assert stage.under(50, 200) is None
    assert stage.run("viewer.toStage(2, 0.5, 0.5)") is None


@pytest.mark.parametrize(
    ("count", "grid"), [(1, (1, 1)), (2, (2, 1)), (3, (3, 1)), (4, (2, 2)), (5, (3, 2)), (6, (3, 2))]
)
def test_panes_are_equal_do_not_overlap_and_give_the_pictures_all_the_room_there_is(stage, count, grid):
    stage.show(*[grain(100, seed=seed) for seed in range(count)])
    frames = stage.run("viewer.frames()")

    assert len({(frame["width"], frame["height"]) for frame in frames}) == 1
    assert (len({frame["left"] for frame in frames[: grid[0]]}), len({frame["top"] for frame in frames})) == grid
    middles = [(frame["left"] + frame["width"] / 2, frame["top"] + frame["height"] / 2) for frame in frames]
    assert [stage.under(*middle)["place"] for middle in middles] == list(range(1, count + 1))


def test_panes_zoom_and_window_together(stage):
    picture = grain(100)
    stage.show(picture, picture)
    stage.page.mouse.move(150, 200)
    stage.page.mouse.wheel(0, -100)
    stage.command("preset", "bone")
    pixels = stage.pixels()
    left, right = (frame["left"] for frame in stage.run("viewer.frames()"))

    assert (pixels[:, int(left) : int(left) + 290] == pixels[:, int(right) : int(right) + 290]).all()


def test_overlays_hear_of_every_change_of_view(stage):
    before = stage.page.evaluate("() => window.changes")
    for act in (["zoomIn"], ["pan", 5, 5], ["fit"]):
        stage.command(*act)
    stage.page.set_viewport_size({"width": 500, "height": 440})
    stage.page.evaluate(FRAME)

    assert stage.page.evaluate("() => window.changes") >= before + 4


def test_a_state_survives_as_json_and_a_reset_undoes_all(stage):
    for act in (["preset", "lung"], ["invert"], ["zoomIn"], ["pan", 20, 10], ["flip"]):
        stage.command(*act)
    state = json.loads(json.dumps(stage.state))
    before = stage.pixels()
    stage.command("reset")
    assert stage.state == START

    stage.run("viewer.restore(at[0])", state)
    assert stage.state == state
    assert (stage.pixels() == before).all()


def test_a_view_carries_to_another_stage_s_size_and_actual_stays_actual(stage):
    stage.command("actual")
    stage.page.set_viewport_size({"width": 500, "height": 340})
    assert stage.pixels().shape == (300, 500)
    place = [stage.run("viewer.toStage(1, ...at)", x, 0)["left"] for x in (0, 1)]

    assert place[1] - place[0] == 400


def test_the_log_says_what_was_done_while_the_picture_was_open(stage):
    stage.drag((200, 200), (300, 250))
    stage.command("invert")
    stage.command("invert")
    stage.command("zoomIn")
    stage.command("magnifier")
    log = stage.run("viewer.log()")
    assert log["window_changes"] == 1
    assert log["zoom_max"] == pytest.approx(1.25 * 2.5, abs=0.01)
    assert (log["inverted"], log["magnifier"], log["pans"]) == (1, 1, 0)

    stage.command("reset")
    stage.run("viewer.forgetLog()")
    log = stage.run("viewer.log()")
    assert log.pop("zoom_max") == log.pop("scale_max") == 1
    assert set(log.values()) == {0}


def test_an_unknown_preset_is_refused_with_those_there_are(stage):
    with pytest.raises(Exception, match="full, lung, lung-contrast, soft-tissue, bone"):
        stage.command("preset", "liver")
