"""Correcting a mask: every version is kept, none is overwritten, and a double click files one."""

import uuid

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lungstudy.audit.models import Event
from lungstudy.library.actions.correcting import MeanwhileError, correct_mask, restore_version
from lungstudy.library.actions.masks import MaskError
from lungstudy.library.models import MaskVersion
from tests.factories import ResearcherFactory
from tests.library.masks import box, png, stored_mask
from tests.library.test_storing import files_below, media  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def mask():
    return stored_mask()


@pytest.fixture
def researcher():
    return ResearcherFactory(first_name="Rita", last_name="Researcher")


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)
    return client


def corrected(mask, inside, by, **more):
    return correct_mask(
        **{"mask": mask, "pixels": inside, "based_on": 1, "request_key": uuid.uuid4(), "by": by, **more}
    )


def send(page, mask, inside, *, based_on=1, key=None, **more):
    drawing = SimpleUploadedFile("mask.png", png(inside, "RGBA"), "image/png")
    said = {"drawing": drawing, "based_on": based_on, "request_key": key or uuid.uuid4(), **more}
    return page.post(reverse("library:save_correction", args=[mask.token]), said)


def test_a_correction_is_the_next_version_with_who_and_why(mask, researcher):
    first = mask.newest
    corrected(mask, box(5), researcher, comment="apex added")
    mask.refresh_from_db()

    assert [version.number for version in mask.versions.all()] == [1, 2]
    assert (mask.newest.made_by, mask.newest.comment, mask.newest.area) == (researcher, "apex added", 1050)
    assert MaskVersion.objects.get(pk=first.pk).sha256 == first.sha256
    event = Event.objects.get(verb="corrected mask")
    assert (event.actor_id, event.detail["version"]) == (researcher.pk, 2)


def test_a_double_click_files_one_version(mask, researcher):
    key = uuid.uuid4()
    one, two = (corrected(mask, box(5), researcher, request_key=key) for _ in range(2))
    assert one == two
    assert mask.versions.count() == 2


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(mask, researcher):
    corrected(mask, box(5), ResearcherFactory(first_name="Otto", last_name="Other"))
    with pytest.raises(MeanwhileError, match="Otto Other saved version 2 meanwhile"):
        corrected(mask, box(7), researcher)
    corrected(mask, box(7), researcher, based_on=2)
    assert [version.area for version in mask.versions.all()] == [900, 1050, 990]


def test_a_version_that_is_not_there_yet_is_nothing_to_build_on(mask, researcher):
    with pytest.raises(MeanwhileError):
        corrected(mask, box(5), researcher, based_on=7)
    assert mask.versions.count() == 1


def test_two_who_save_at_once_are_told_apart_by_the_database(mask, researcher, media, monkeypatch):  # noqa: F811
    """The other's version arrives after the check and before the row."""
    from lungstudy.library.actions import correcting

    write_files, before = correcting.write_files, len(files_below(media))

    def overtaken(version, pixels, probability):
        monkeypatch.setattr(correcting, "write_files", write_files)
        corrected(mask, box(7), ResearcherFactory())
        write_files(version, pixels, probability)

    monkeypatch.setattr(correcting, "write_files", overtaken)
    with pytest.raises(MeanwhileError):
        corrected(mask, box(5), researcher)
    assert [version.area for version in mask.versions.all()] == [900, 990]
    assert len(files_below(media)) == before + 1  # the other's; the file of the one that lost is gone


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (np.zeros((64, 64), bool), "empty"),
        (np.ones((64, 64), bool), "whole image"),
        (box(side=80), "80 x 80"),
        (box(), "same as version 1"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(mask, researcher, inside, words):
    with pytest.raises(MaskError, match=words):
        corrected(mask, inside, researcher)
    assert mask.versions.count() == 1


def test_an_old_version_is_restored_as_a_new_one(mask, researcher):
    corrected(mask, box(5), researcher)
    restore_version(mask=mask, number=1, based_on=2, request_key=uuid.uuid4(), by=researcher)
    assert [(each.number, each.area) for each in mask.versions.all()] == [(1, 900), (2, 1050), (3, 900)]
    assert mask.versions.get(number=3).comment == "version 1 restored"


def test_the_editor_is_told_what_was_filed(page, mask):
    answer = send(page, mask, box(5), comment="apex").json()
    assert answer["saved"] is True
    assert (answer["version"]["number"], answer["version"]["by"], answer["version"]["comment"]) == (
        2, "Rita Researcher", "apex",
    )  # fmt: skip
    assert page.get(answer["version"]["url"]).getvalue() == png_of(mask)


def png_of(mask):
    with mask.versions.get(number=2).file.open("rb") as file:
        return file.read()


def test_the_editor_is_told_what_was_filed_meanwhile(page, mask):
    corrected(mask, box(7), ResearcherFactory(first_name="Otto", last_name="Other"))
    answer = send(page, mask, box(5))
    assert answer.status_code == 409
    assert answer.json()["meanwhile"]["number"] == 2
    assert "your drawing is still here" in answer.json()["sentence"]


@pytest.mark.parametrize(
    ("inside", "words"),
    [(np.zeros((64, 64), bool), "empty"), (np.arange(4096, dtype=np.uint8).reshape(64, 64), "grey levels")],
)
def test_the_editor_is_told_why_nothing_was_filed(page, mask, inside, words):
    answer = send(page, mask, inside)
    assert answer.status_code == 400
    assert words in answer.json()["sentence"]
    assert mask.versions.count() == 1


def test_a_drawing_without_its_key_is_not_filed(page, mask):
    answer = send(page, mask, box(5), key="once")
    assert answer.status_code == 400
    assert mask.versions.count() == 1


def test_restoring_by_the_page_says_what_came_of_it(page, mask, researcher):
    corrected(mask, box(5), researcher)
    url = reverse("library:restore_version", args=[mask.token])
    said = {"number": 1, "based_on": 2, "request_key": uuid.uuid4()}
    assert b"Version 1 restored as version 3." in page.post(url, said, follow=True).content
    assert b"There is no such version" in page.post(url, {**said, "number": 9}, follow=True).content
    said["request_key"] = uuid.uuid4()
    assert b"There is version 3 meanwhile" not in page.post(url, {**said, "number": 2}, follow=True).content
    assert mask.versions.count() == 3
