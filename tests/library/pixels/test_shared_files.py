"""The files of the shared collection, row by row, against what its own tables expect of each."""

import csv
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from lungstudy.library.pixels.flags import flags_for
from lungstudy.library.pixels.hashes import content_sha256, hash_distance, perceptual_hash

pytestmark = pytest.mark.films

# Of the awkward files: those that are refused, though they hold the film, and those that show another picture of it.
NOT_READ = ("webp_lossless.webp", "jpeg2000.jp2", "gif.gif", "bmp.bmp", "strip_16to1.png")
REFUSED = ("truncated.jpg", "bad_crc.png", "text_named.png", "empty.png", "html_named.jpg", "bomb_30000.png", *NOT_READ)
COVERED = ("la_alpha.png", "rgba_hidden_white.png")  # the left sixth is transparent
FLAGGED = {
    "inverted.png": "inverted", "rotated90_noexif.png": "not_frontal", "tiny_64.png": "small",
    "one_bit.png": "few_levels",
}  # fmt: skip
LEAST_LIKENESS = {"one_bit.png": 0.8, "burnt_in_name.png": 0.95, "tiny_64.png": 0.97}
REMOVED = {"png_text_phi.png": "PNG tEXt: PatientName", "exif_phi_gps.jpg": "GPS GPSLatitude"}


@pytest.fixture(scope="module")
def collection(shared):
    return shared / "data" / "cxr"


def rows_of(file):
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def squeezed(pixels):
    image = Image.fromarray(pixels.astype(np.float32))
    return np.asarray(image.resize((96, 96), Image.Resampling.BOX))


def likeness(one, other):
    return np.corrcoef(squeezed(one).ravel(), squeezed(other).ravel())[0, 1]


def decoded_file(file):
    return decode(file.read_bytes())


def test_the_films_come_back_as_pillow_reads_them(collection):
    for file in sorted((collection / "images").glob("*.png")):
        assert (decoded_file(file).pixels == np.asarray(Image.open(file))).all()


def test_each_original_is_the_film_that_the_table_names(collection, subtests):
    for row in rows_of(collection / "originals" / "index.csv"):
        with subtests.test(row["file"]):
            original = decoded_file(collection / "originals" / row["file"])
            film = decoded_file(collection / row["same_image_as"])
            assert original.pixels.shape == (int(row["height"]), int(row["width"]))
            assert original.source_format == row["format"] and likeness(original.pixels, film.pixels) > 0.99
            assert hash_distance(perceptual_hash(original.pixels), perceptual_hash(film.pixels)) <= 6
            assert ("ICC profile" in original.removed_tags) == ("ICC profile" in row["quirk"])


def test_each_awkward_file_is_read_or_refused_as_the_table_expects(collection, subtests):
    for row in rows_of(collection / "originals" / "derived_index.csv"):
        name = row["file"].removeprefix("derived/")
        with subtests.test(name):
            film = decoded_file(collection / row["same_image_as"]).pixels
            check_awkward(name, collection / "originals" / row["file"], film)


def check_awkward(name, file, film):
    if name in REFUSED:
        with pytest.raises(ImageError):
            decoded_file(file)
        return
    decoded = decoded_file(file)
    check_likeness(name, decoded.pixels, film)
    codes = [flag.code for flag in flags_for(decoded, "radiograph")]
    assert codes[:1] == [FLAGGED[name]] if name in FLAGGED else codes == []
    assert REMOVED.get(name, "") in ["", *decoded.removed_tags]


def check_likeness(name, pixels, film):
    if name in COVERED:
        assert pixels[:, : pixels.shape[1] // 7].max() == 0
        pixels, film = (part[:, part.shape[1] // 5 :] for part in (pixels, film))
    if name == "inverted.png":
        pixels = 255 - pixels
    if name == "rotated90_noexif.png":
        pixels = np.rot90(pixels, max((1, 3), key=lambda turns: likeness(np.rot90(pixels, turns), film)))
    assert likeness(pixels, film) > LEAST_LIKENESS.get(name, 0.99)


def test_each_dicom_is_read_or_refused_as_the_table_expects(collection, subtests):
    unread = {"fodicom_cr_russian_name_nopixels.dcm", "pydicom_palette_color.dcm", "pydicom_sc_rgb.dcm"}
    for row in rows_of(collection / "dicom" / "index.csv"):
        with subtests.test(row["file"]):
            file = collection / "dicom" / row["file"]
            if row["decodes"].startswith("no") or row["file"] in unread:  # tiny, or in colour
                with pytest.raises(ImageError):
                    decoded_file(file)
            else:
                check_dicom(row, decoded_file(file))


def check_dicom(row, decoded):
    assert decoded.pixels.shape == (int(row["rows"]), int(row["columns"]))
    assert decoded.modality == row["modality"] and decoded.stored_bits == int(row["bits_stored"])
    low, high = (int(number) for number in row["decodes"].rpartition(" ")[2].split(".."))
    if row["frames"] == "1":  # the table has the range of all frames; decoders of lossy JPEG may differ by one level
        assert decoded.stored_range == pytest.approx((low, high), abs=1)
    assert any("frames was taken" in note for note in decoded.notes) == (row["frames"] != "1")
    is_flagged = any(flag.code == "modality" for flag in flags_for(decoded, "radiograph"))
    assert is_flagged == (row["modality"] not in ("CR", "DX"))
    assert {"SOPInstanceUID", "PatientName"} & set(decoded.removed_tags)


def test_dicoms_made_from_films_show_those_films(collection, subtests):
    for row in rows_of(collection / "dicom" / "index.csv"):
        if row["kind"] == "derived" and row["decodes"].startswith("yes"):
            with subtests.test(row["file"]):
                film = decoded_file(collection / "images" / row["what"].rpartition("/")[2]).pixels
                shown = decoded_file(collection / "dicom" / row["file"])
                assert likeness(shown.pixels, film) > 0.9


def test_one_film_as_png_and_as_dicom_is_found_to_be_one(collection):
    png = decoded_file(collection / "originals" / "orig_20.png").pixels
    shown = decoded_file(collection / "dicom" / "nih_dx_8bit_implicit.dcm").pixels
    assert hash_distance(perceptual_hash(png), perceptual_hash(shown)) <= 2


def test_a_relabelled_film_is_inverted(collection):
    plain, turned = (decoded_file(collection / "dicom" / f"nih_cr_mono{n}_jpegbaseline.dcm").pixels for n in (2, 1))
    assert (turned == 255 - plain).all()


def test_all_laterals_and_ct_pictures_are_flagged_and_few_films(collection, note):
    films = [bool(flags_for(decoded_file(file), "radiograph")) for file in (collection / "images").glob("*.png")]
    note(f"flags: {sum(films)} of {len(films)} frontal films")
    assert sum(films) < 0.03 * len(films)
    for row in rows_of(collection / "negatives" / "negatives.csv"):
        flags = flags_for(decoded_file(collection / "negatives" / row["file"]), "radiograph")
        assert flags or not ("lateral" in row["why"] or "CT" in row["why"] or "strip" in row["why"])


def test_the_same_file_twice_has_one_hash(collection):
    one, other = ((collection / "negatives" / f"neg_{n}.png").read_bytes() for n in (18, 19))
    assert content_sha256(one) == content_sha256(other)
    assert (decode(one).pixels == np.asarray(Image.open(BytesIO(other)).convert("L"))).all()
