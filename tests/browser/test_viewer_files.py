"""Reading picture files in the browser: the same numbers as Python has, and damage is never shown."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from lungstudy.library.pixels.encoding import encode_constant_length_png
from tests.browser.viewer_stage import ViewerStage, grain

pytestmark = pytest.mark.browser
PACKED = """(pictures) => pictures.map(({ width, height, bits, data }) => {
  const bytes = new Uint8Array(data.buffer);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { width, height, bits, data: btoa(text) };
})"""


@pytest.fixture(scope="module")
def stage(chromium):
    stage = ViewerStage(chromium, webgl=False)
    yield stage
    stage.close()


def decoded(stage, file):
    [picture] = stage.page.evaluate(PACKED, stage.decoded(file))
    levels = np.frombuffer(base64.b64decode(picture["data"]), f"<u{picture['bits'] // 8}")
    return levels.reshape(picture["height"], picture["width"])


def pillow_png(pixels, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("size", [(1, 1), (3, 700), (260, 257)])
def test_a_presentation_is_read_as_it_was_written(stage, bits, size):
    pixels = np.ascontiguousarray(grain(800, bits)[: size[0], : size[1]])

    assert (decoded(stage, encode_constant_length_png(pixels)) == pixels).all()


@pytest.mark.parametrize("bits", [8, 16])
def test_a_compressed_file_is_read_too_whatever_its_filters(stage, bits):
    smooth = np.add.outer(np.arange(90), np.arange(120)).astype(f"u{bits // 8}") * (bits // 8)
    smooth[40:] = grain(120, bits)[:50]
    file = pillow_png(smooth, optimize=True)

    assert (decoded(stage, file) == smooth).all()


def flipped_bit(file, at):
    return file[:at] + bytes([file[at] ^ 4]) + file[at + 1 :]


WHOLE = encode_constant_length_png(grain(300))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (WHOLE[:-2000], "cut short"),
        (WHOLE[:40], "not a PNG"),
        (b"<html>" * 40, "not a PNG"),
        (flipped_bit(WHOLE, 5000), "damaged"),
        (flipped_bit(WHOLE, 45), "damaged"),
        (pillow_png(np.zeros((20, 20, 3), np.uint8)), "not a plain grey PNG"),
        (WHOLE.replace((300).to_bytes(4, "big"), (299).to_bytes(4, "big"), 1), "wrong length"),
    ],
    ids=["cut", "a stump", "a page", "a pixel", "a block", "colour", "another width"],
)
def test_a_damaged_file_is_refused(stage, file, words):
    with pytest.raises(Exception, match=words):
        stage.decoded(file)
