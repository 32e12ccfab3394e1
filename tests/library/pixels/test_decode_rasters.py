"""PNG, JPEG and TIFF of every kind give the same grey picture, or one sentence that says why not."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import MAX_PIXELS, ImageError
from tests.library.pixels.made import film, saved

FILM = film()


def alike(one, other):
    return np.corrcoef(one.ravel(), other.ravel())[0, 1]


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_eight_bit_levels_come_back_as_they_were(file_format):
    decoded = decode(saved(FILM, file_format))
    assert (decoded.pixels == FILM).all()
    assert (decoded.bits, decoded.source_format, decoded.removed_tags) == (8, file_format, [])


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits", "tiff_adobe_deflate"])
def test_compressed_tiffs_come_back_as_they_were(compression):
    assert (decode(saved(FILM, "TIFF", compression=compression)).pixels == FILM).all()


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_sixteen_bits_come_back_as_they_were(file_format):
    deep = FILM.astype(np.uint16) * 257
    deep[0, 0] = 65535
    decoded = decode(saved(deep, file_format))
    assert (decoded.pixels == deep).all()
    assert decoded.bits == decoded.stored_bits == 16


def test_twelve_bits_in_a_file_of_sixteen_fill_the_range_and_are_said():
    deep = np.rint(FILM * (4095 / 255)).astype(np.uint16)
    deep[0, 0] = 4095
    decoded = decode(saved(deep, "PNG"))
    assert decoded.pixels.max() == 65535 and decoded.stored_bits == 12
    assert alike(decoded.pixels, deep) > 0.99999
    assert "read as 12 bits" in decoded.notes[0]


def test_eight_bits_in_a_file_of_sixteen_are_eight_bits():
    assert (decode(saved(FILM.astype(np.uint16), "PNG")).pixels == FILM).all()


@pytest.mark.parametrize("top", [1.0, 3000.0])
def test_real_numbers_fill_sixteen_bits(top):
    target = BytesIO()
    tifffile.imwrite(target, (FILM / 255 * top).astype(np.float32))
    decoded = decode(target.getvalue())
    assert decoded.pixels.dtype == np.uint16
    assert alike(decoded.pixels, FILM) > 0.99999


def test_numbers_that_are_none_are_refused():
    target = BytesIO()
    tifffile.imwrite(target, np.full(FILM.shape, np.nan, np.float32))
    with pytest.raises(ImageError, match="no numbers"):
        decode(target.getvalue())


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_tiff_whose_zero_is_white_is_turned_over(depth):
    target = BytesIO()
    top = np.iinfo(depth).max
    levels = (FILM.astype(np.uint32) * (top // 255)).astype(depth)
    levels[0, :2] = 0, top
    tifffile.imwrite(target, top - levels, photometric="miniswhite")
    assert (decode(target.getvalue()).pixels == levels).all()


def test_a_palette_is_looked_up_and_not_its_indices():
    image = Image.fromarray(255 - FILM).convert("P")
    image.putpalette([level for index in range(256) for level in [255 - index] * 3])
    indices = Image.fromarray(255 - FILM)
    image = Image.frombytes("P", indices.size, indices.tobytes())
    image.putpalette([level for index in range(256) for level in [255 - index] * 3])
    assert (decode(saved(image, "PNG")).pixels == FILM).all()


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparent_parts_are_black_whatever_they_hide(mode):
    hidden = FILM.copy()
    hidden[:, :30] = 255
    image = Image.fromarray(hidden).convert(mode)
    alpha = np.full(FILM.shape, 255, np.uint8)
    alpha[:, :30] = 0
    image.putalpha(Image.fromarray(alpha))
    pixels = decode(saved(image, "PNG")).pixels
    assert (pixels[:, :30] == 0).all() and (pixels[:, 30:] == FILM[:, 30:]).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpegs_of_any_mode_are_grey(mode):
    image = Image.fromarray(FILM).convert("RGB").convert(mode)
    decoded = decode(saved(image, "JPEG", quality=95, progressive=mode == "L"))
    assert alike(decoded.pixels, FILM) > 0.999 and not decoded.is_tinted


ORIENTATIONS = {
    1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud, 5: np.transpose, 6: np.rot90,
    7: lambda a: np.rot90(a, 2).T, 8: lambda a: np.rot90(a, -1),
}  # fmt: skip


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation, file_format):
    exif = Image.Exif()
    exif[274] = orientation
    # What is stored is what the orientation turns upright: EXIF 6 asks for a quarter turn clockwise.
    stored = np.ascontiguousarray(ORIENTATIONS[orientation](FILM))
    decoded = decode(saved(stored, file_format, exif=exif.tobytes() if file_format != "TIFF" else exif))
    assert decoded.pixels.shape == FILM.shape
    assert alike(decoded.pixels, FILM) > 0.99


def test_a_tint_is_dropped_and_said():
    blue = np.stack([FILM * 0.8, FILM * 0.85, np.minimum(FILM * 1.1, 255)], axis=-1).astype(np.uint8)
    decoded = decode(saved(blue, "PNG"))
    assert decoded.is_tinted and decoded.colour_share == 0
    assert alike(decoded.pixels, FILM) > 0.999


def test_coloured_arrows_are_counted():
    marked = np.stack([FILM] * 3, axis=-1)
    marked[100:104, 50:90] = 255, 0, 0
    assert decode(saved(marked, "PNG")).colour_share == pytest.approx(160 / FILM.size, rel=0.01)


def test_a_colour_photograph_is_refused():
    hues = np.stack(np.meshgrid(np.arange(210), np.arange(230)), axis=-1).astype(np.uint8)
    photograph = np.concatenate([hues, FILM[..., None]], axis=-1)
    with pytest.raises(ImageError, match="colour picture"):
        decode(saved(photograph, "PNG"))


def test_one_bit_is_black_and_white():
    decoded = decode(saved(Image.fromarray(FILM).convert("1"), "PNG"))
    assert set(np.unique(decoded.pixels)) == {0, 255} and decoded.stored_bits == 1


def test_the_first_of_several_pages_is_taken_and_said():
    pages = [Image.fromarray(FILM), Image.fromarray(255 - FILM)]
    decoded = decode(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert (decoded.pixels == FILM).all()
    assert decoded.notes == ["The first of 2 pictures in the file was taken."]


def test_a_gamma_is_said_and_not_applied():
    data = with_chunk(saved(FILM, "PNG"), b"gAMA", struct.pack(">I", 100_000))
    decoded = decode(data)
    assert (decoded.pixels == FILM).all() and "gamma of 1" in decoded.notes[0]


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    """The PNG with one more chunk behind its header."""
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return png[:33] + chunk + png[33:]


def bomb(side: int) -> bytes:
    """A small PNG that states a side of so many pixels."""
    data = bytearray(saved(Image.new("1", (64, 64)), "PNG"))
    data[16:24] = struct.pack(">II", side, side)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


@pytest.mark.parametrize("side", [int(MAX_PIXELS**0.5) + 1, 30_000, 2**31 - 1])
def test_a_bomb_is_refused_from_its_header(side):
    with pytest.raises(ImageError, match="smaller size"):
        decode(bomb(side))


REFUSED = {
    "empty": (b"", "empty"),
    "text": (b"patient list", "no picture"),
    "web page": (b"<!DOCTYPE html><p>not found</p>" * 20, "no picture"),
    "WebP": (saved(FILM, "WEBP", lossless=True), "a WebP"),
    "GIF": (saved(FILM, "GIF"), "a GIF"),
    "BMP": (saved(FILM, "BMP"), "a BMP"),
    "PDF": (b"%PDF-1.7 ...", "a PDF"),
    "signature only": (b"\x89PNG\r\n\x1a\n", "cut short"),
    "half a JPEG": (saved(FILM, "JPEG")[:3000], "cut short or damaged"),
    "half a PNG": (saved(FILM, "PNG")[:3000], "cut short"),
    "half a TIFF": (saved(FILM, "TIFF", compression="tiff_deflate")[:3000], "export it again"),
    "thumbnail": (saved(FILM[:63, :80], "PNG"), "not a thumbnail"),
    "16-bit colour": (saved(FILM, "PNG")[:24] + b"\x10\x02" + b"", "cut short|16 bits"),
    "16-bit RGB TIFF": (None, "unusual"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_gets_one_sentence_that_says_what_to_do(name):
    data, words = REFUSED[name]
    if data is None:
        target = BytesIO()
        tifffile.imwrite(target, np.zeros((80, 80, 3), np.uint16), photometric="rgb")
        data = target.getvalue()
    with pytest.raises(ImageError, match=words) as raised:
        decode(data)
    assert str(raised.value).endswith(".") and str(raised.value).count(". ") == 0


def test_a_wrong_checksum_is_refused_even_where_the_picture_could_be_decoded():
    data = bytearray(saved(FILM, "PNG"))
    at = data.index(b"IEND") - 5
    data[at] ^= 1  # the last byte of the data's checksum
    with pytest.raises(ImageError, match="checksum"):
        decode(bytes(data))


def test_colour_pictures_are_refused_at_half_the_size_of_grey_ones():
    side = int((MAX_PIXELS * 0.6) ** 0.5)
    assert decode(saved(Image.new("L", (side, side)), "PNG")).pixels.shape == (side, side)
    with pytest.raises(ImageError, match="smaller size"):
        decode(saved(Image.new("RGB", (side, side)), "PNG"))
