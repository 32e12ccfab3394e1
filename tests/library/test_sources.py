"""What is walked: folders, zips and files, in a fixed order, and never out of them."""

import os
import stat
import zipfile

import pytest

from lungstudy.library.actions import sources
from lungstudy.library.actions.sources import RefusedFileError, SourceError, walk


def names(source):
    return [file.name for file in walk(source)]


def reason(file):
    with pytest.raises(RefusedFileError) as refused:
        file.read()
    return str(refused.value)


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name in ("z.png", "a.png", "b/deep/film.dcm", ".DS_Store", "b/Thumbs.db"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_a_folder_is_walked_whole_in_one_order_without_what_operating_systems_leave(folder):
    assert names(folder) == ["a.png", "b/deep/film.dcm", "z.png"]
    assert [file.read() for file in walk(folder)] == [b"a.png", b"b/deep/film.dcm", b"z.png"]


def test_one_file_is_a_source_of_one(folder):
    assert names(folder / "a.png") == ["a.png"]


def test_nothing_at_the_path_is_said_in_one_sentence(tmp_path):
    with pytest.raises(SourceError, match=r"There is nothing at .*gone\. Check the path"):
        names(tmp_path / "gone")


def test_a_zip_is_read_member_by_member(tmp_path):
    path = make_zip(tmp_path / "films.zip", {"b/2.png": b"two", "1.png": b"one", "__MACOSX/._1.png": b"x"})
    assert [(file.name, file.read()) for file in walk(path)] == [("1.png", b"one"), ("b/2.png", b"two")]


def test_a_zip_in_a_folder_is_opened_and_its_members_carry_its_name(tmp_path):
    make_zip(tmp_path / "films.zip", {"1.png": b"one"})
    assert names(tmp_path) == ["films.zip/1.png"]


@pytest.mark.parametrize("name", ["../out.png", "a/../../out.png", "/etc/out.png", "C:\\out.png", "..\\out.png"])
def test_a_path_that_leads_out_of_a_zip_is_refused_by_name_and_the_rest_is_read(tmp_path, name):
    path = make_zip(tmp_path / "films.zip", {name: b"x", "good.png": b"good"})
    said = {file.name: file.read() if file.name == "good.png" else reason(file) for file in walk(path)}

    assert said.pop("good.png") == b"good"
    assert ["leads out of the zip" in each for each in said.values()] == [True]


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = make_zip(tmp_path / "films.zip", {link: b"/etc/passwd"})
    assert "It is a link" in reason(next(walk(path)))


def test_a_zip_in_a_zip_is_reported_not_opened(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"1.png": b"one"}).read_bytes()
    path = make_zip(tmp_path / "outer.zip", {"inner.zip": inner})
    assert "zip inside a zip" in reason(next(walk(path)))


def test_a_member_that_unpacks_to_too_much_is_refused(tmp_path):
    path = make_zip(tmp_path / "bomb.zip", {"bomb.png": b"\0" * (sources.LARGEST_FILE + 1)})
    assert path.stat().st_size < sources.LARGEST_FILE / 500
    assert "larger than 96 MB" in reason(next(walk(path)))


def test_a_member_that_lies_about_its_size_is_damaged_not_unpacked(tmp_path):
    path = make_zip(tmp_path / "liar.zip", {"liar.png": b"\0" * 5_000_000})
    claimed = (5_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(claimed, (1000).to_bytes(4, "little")))
    assert "damaged inside the zip" in reason(next(walk(path)))


def test_a_zip_that_claims_to_unpack_to_terabytes_is_refused_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_ZIP", 10)
    path = make_zip(tmp_path / "films.zip", {"1.png": b"x" * 6, "2.png": b"x" * 6})
    assert [file.name for file in walk(path)] == ["films.zip"]
    assert "unpack to more than" in reason(next(walk(path)))


def test_a_damaged_zip_is_one_problem(tmp_path):
    whole = make_zip(tmp_path / "films.zip", {"1.png": os.urandom(5000)}).read_bytes()
    (tmp_path / "films.zip").write_bytes(whole[:3000])
    assert "damaged zip" in reason(next(walk(tmp_path / "films.zip")))


def test_an_encrypted_member_is_refused(tmp_path):
    path = make_zip(tmp_path / "films.zip", {"1.png": b"one"})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert "encrypted" in reason(next(walk(path)))


def test_a_link_to_a_folder_is_not_followed_but_one_to_a_file_is(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "film.png").write_bytes(b"film")
    source = tmp_path / "source"
    source.mkdir()
    (source / "folder").symlink_to(outside)
    (source / "file.png").symlink_to(outside / "film.png")
    file, folder = walk(source)

    assert file.read() == b"film"
    assert "link to a folder" in reason(folder)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "no ordinary file" in reason(next(walk(tmp_path)))
