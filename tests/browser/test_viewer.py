"""What the viewer draws, by WebGL2 and by hand: every grey is the one that arithmetic outside of it says."""

import numpy as np
import pytest
from PIL import Image

from lungstudy.library.pixels.encoding import encode_constant_length_png
from tests.browser.viewer_stage import ViewerStage, grain

pytestmark = pytest.mark.browser
GROUND = 10
FIND_LOSS = "{ window.loss = viewer.easel.card.gl.getExtension('WEBGL_lose_context') }"
BY_WEBGL = {"webgl": True}
BY_HAND = {"webgl": False}


@pytest.fixture(params=[BY_WEBGL, BY_HAND], ids=["webgl", "by-hand"])
def look(request, chromium):
    """Opens viewers of one kind and closes them."""
    opened = []

    def open_viewer(**options):
        opened.append(ViewerStage(chromium, **request.param, **options))
        return opened[-1]

    yield open_viewer
    for stage in opened:
        stage.close()


def in_the_middle(pixels, height, width):
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


@pytest.mark.parametrize("ratio", [1, 1.25, 2, 3])
def test_at_actual_size_a_pixel_is_a_device_pixel(look, ratio):
    picture = grain(200)
    stage = look(device_scale_factor=ratio).show(picture)
    stage.command("actual")

    pixels = stage.pixels()
    assert pixels.shape == (400 * ratio, 600 * ratio)
    assert (in_the_middle(pixels, 200, 200) == picture).all()


def test_a_shrunk_pixel_is_the_mean_of_the_area_under_it(look):
    picture = grain(1200)
    mean = picture.reshape(400, 3, 400, 3).mean(axis=(1, 3))

    assert in_the_middle(look().show(picture).pixels(), 400, 400) == pytest.approx(mean, abs=0.51)


def test_shrinking_by_no_whole_number_keeps_the_mean_and_draws_no_moire(look):
    stripes = np.tile(np.array([0, 255], np.uint8), (700, 350))
    shown = in_the_middle(look().show(stripes).pixels(), 400, 400)

    assert shown.mean() == pytest.approx(127.5, abs=0.5)
    assert np.abs(np.diff(shown[200, 8:-8].reshape(-1, 16).mean(axis=1))).max() < 12


def test_an_enlarged_picture_is_linear_between_its_pixels_as_pillow_draws_it(look):
    picture = grain(50)
    pillow = np.asarray(Image.fromarray(picture).resize((400, 400), Image.Resampling.BILINEAR))

    assert in_the_middle(look().show(picture).pixels(), 400, 400) == pytest.approx(pillow, abs=1)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("preset", ["full", "lung", "lung-contrast", "soft-tissue", "bone"])
def test_each_preset_shows_the_greys_of_its_window_inverted_too(look, bits, preset):
    ramp = np.tile(np.linspace(0, 2**bits - 1, 256).round().astype(f"u{bits // 8}"), (200, 1))
    stage = look().show(ramp)
    stage.command("actual")
    stage.command("preset", preset)
    state = stage.state
    fraction = (ramp / (2**bits - 1) - state["centre"]) / state["width"] + 0.5
    expected = 255 * fraction.clip(0, 1)

    assert in_the_middle(stage.pixels(), 200, 256) == pytest.approx(expected, abs=0.51)
    stage.command("invert")
    assert in_the_middle(stage.pixels(), 200, 256) == pytest.approx(255 - expected, abs=0.51)


def test_a_narrow_window_tells_levels_apart_that_8_bits_would_merge(look):
    levels = np.tile(np.arange(32640, 32640 + 256, dtype=np.uint16), (50, 1))
    stage = look().show(levels)
    stage.command("actual")
    assert len(np.unique(in_the_middle(stage.pixels(), 50, 256))) <= 2

    stage.command("window", 0, -1)
    assert len(np.unique(in_the_middle(stage.pixels(), 50, 256))) > 250


def test_flipping_mirrors_the_picture_and_nothing_else(look):
    picture = grain(200)
    stage = look().show(picture)
    stage.command("actual")
    stage.command("flip")

    assert (in_the_middle(stage.pixels(), 200, 200) == picture[:, ::-1]).all()


def test_no_flip_where_the_protocol_allows_none(look):
    stage = look(flip=False).show(grain(200))
    stage.command("flip")
    stage.run("viewer.restore({ flipped: true })")

    assert stage.state["flipped"] is False


def test_both_ways_of_drawing_agree_to_one_grey_level(chromium):
    acts = [
        [], ["zoomIn"], ["zoomIn"], ["preset", "lung-contrast"], ["pan", 37.3, -20.7], ["invert"], ["flip"],
        ["actual"], ["pan", 0.4, 11], ["magnifier"], ["zoomOut"], ["zoomOut"], ["zoomOut"], ["zoomOut"],
    ]  # fmt: skip
    stages = [
        ViewerStage(chromium, **way, device_scale_factor=1.25).show(grain(300, 16), grain(300, 16, 2))
        for way in (BY_WEBGL, BY_HAND)
    ]
    for act in acts:
        for stage in stages if act else []:
            stage.command(*act)
        one, other = (stage.pixels() for stage in stages)
        # The loupe's edge is smooth by hand; its rim covers both.
        assert (np.abs(one - other) > 1).sum() <= (800 if stages[0].run("viewer.magnifying") else 0), act
    for stage in stages:
        stage.close()


def test_a_blank_stage_is_all_ground(look):
    stage = look()
    assert (stage.pixels() == GROUND).all()
    stage.show(grain(100)).run("viewer.blank()")
    assert (stage.pixels() == GROUND).all()


def test_a_mask_takes_the_picture_s_place_tells_nothing_of_it_and_is_no_sport_for_tools(look):
    stages = [look(), look()]
    for stage, picture in zip(stages, (np.zeros((300, 300), np.uint8), grain(300)), strict=True):
        stage.show(picture)
        stage.command("preset", "bone")
        stage.run("viewer.mask()")
        stage.command("invert")
    one, other = (stage.pixels() for stage in stages)

    assert (one == other).all()
    masked = in_the_middle(one, 400, 400)
    assert masked.std() > 25
    assert masked.mean() == pytest.approx(90, abs=3)
    assert (one[:, :100] == GROUND).all()
    assert not stages[0].state["inverted"]


def test_the_next_picture_is_drawn_within_show_itself(look):
    stage = look()
    pictures = stage.page.evaluate_handle(
        "() => [40, 90].map((grey) => ({ width: 8, height: 8, bits: 8, data: new Uint8Array(64).fill(grey) }))"
    )
    seen = stage.page.evaluate(
        """([viewer, pictures]) => {
          viewer.prepare(pictures[1]);
          return pictures.map((picture) => {
            viewer.show([picture]);
            const copy = document.createElement("canvas").getContext("2d");
            copy.drawImage(viewer.easel.canvas, 300, 200, 1, 1, 0, 0, 1, 1);
            return copy.getImageData(0, 0, 1, 1).data[0];
          });
        }""",
        [stage.viewer, pictures],
    )
    assert seen == [40, 90]


def test_a_prepared_picture_is_drawn_as_any_other_whatever_was_done_to_the_view_meanwhile(look):
    stage = look().show(grain(300))
    next_one = stage.decoded(encode_constant_length_png(grain(300, seed=2)))
    for act in ("prepare", "commands.zoomIn", "commands.invert", "prepare", "commands.zoomIn", "show"):
        stage.page.evaluate(f"([viewer, next]) => viewer.{act}(next)", [stage.viewer, next_one])
        stage.page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    prepared = stage.pixels()
    fresh = look()
    fresh.run("viewer.restore(at[0])", stage.state)

    assert (prepared == fresh.show(grain(300, seed=2)).pixels()).all()


def test_the_loupe_enlarges_what_lies_under_the_pointer_and_not_what_lies_around_it(look):
    picture = grain(400)
    stage = look().show(picture)
    before = stage.pixels()
    stage.page.mouse.move(250, 180)
    stage.command("magnifierPower", 0.1)
    stage.command("magnifier")
    after = stage.pixels()

    pillow = np.asarray(Image.fromarray(picture).resize((800, 800), Image.Resampling.BILINEAR)).astype(int)
    # A pointer at (250, 180) is on the picture's (150, 180), which the loupe leaves where it is.
    assert after[150:210, 220:280] == pytest.approx(pillow[330:390, 270:330], abs=1)
    assert (after[:, 360:] == before[:, 360:]).all()


def test_the_loupe_stands_in_the_picture_s_middle_for_who_has_no_pointer(look):
    stage = look().show(grain(400))
    before = stage.pixels()
    stage.command("magnifier")
    changed = np.argwhere(stage.pixels() != before)

    assert changed.mean(axis=0) == pytest.approx([200, 300], abs=3)


def test_a_picture_shown_before_is_forgotten_in_a_long_study(look):
    stage = look()
    alive = """async ([viewer, session]) => {
      const references = [];
      for (let count = 0; count < 300; count += 1) {
        const picture = { width: 1024, height: 1024, bits: 8, data: new Uint8Array(1024 * 1024).fill(count) };
        references.push(new WeakRef(picture));
        viewer.prepare(picture);
        viewer.show([picture]);
        if (count % 20 === 0) await new Promise((done) => setTimeout(done));
      }
      window.references = references;
      await new Promise((done) => requestIdleCallback(done));
    }"""
    stage.page.evaluate(alive, [stage.viewer, None])
    collector = stage.context.new_cdp_session(stage.page)
    collector.send("HeapProfiler.collectGarbage")

    assert stage.page.evaluate("() => references.filter((one) => one.deref()).length") <= 100


def test_a_lost_graphics_context_is_drawn_by_hand_until_it_is_back(chromium):
    picture = grain(200)
    stage = ViewerStage(chromium, **BY_WEBGL).show(picture)
    before = stage.pixels()
    stage.run(FIND_LOSS)
    stage.run("{ window.loss.loseContext(); viewer.draw() }")  # before anybody hears of it
    stage.page.wait_for_timeout(200)
    assert stage.run("viewer.easel.painter.constructor.name") == "CanvasPainter"
    assert np.abs(stage.pixels() - before).max() <= 1
    assert stage.run("viewer.easel.canvas.isConnected")

    stage.run("window.loss.restoreContext()")
    stage.page.wait_for_timeout(200)
    assert stage.run("viewer.easel.painter.constructor.name") == "GlPainter"
    assert (stage.pixels() == before).all()
    assert stage.run("[...viewer.stage.querySelectorAll('canvas')].map((one) => one.checkVisibility())") == [True]
    stage.complaints = [text for text in stage.complaints if "CONTEXT_LOST" not in text]
    stage.close()


def test_without_a_graphics_card_it_draws_by_hand_since_that_is_faster(chromium):
    stage = ViewerStage(chromium, webgl=None)

    assert stage.run("viewer.easel.painter.constructor.name") == "CanvasPainter"
    stage.close()


def test_a_picture_too_large_for_the_graphics_card_is_drawn_by_hand(chromium):
    stage = ViewerStage(chromium, **BY_WEBGL)
    stage.run(FIND_LOSS)
    largest = stage.run("viewer.easel.card.gl.getParameter(viewer.easel.card.gl.MAX_TEXTURE_SIZE)")
    strip = np.full((4, largest + 4), 77, np.uint8)
    stage.show(strip)
    stage.command("actual")

    assert (stage.pixels()[198:202] == 77).all()
    stage.show(strip[:, :600])
    for change in ("lose", "restore"):
        stage.run(f"window.loss.{change}Context()")
        stage.page.wait_for_timeout(400)
    assert (stage.pixels()[198:202] == 77).all()
    assert stage.run("viewer.easel.canvas.isConnected")
    stage.complaints = [text for text in stage.complaints if "CONTEXT_LOST" not in text]
    stage.close()
