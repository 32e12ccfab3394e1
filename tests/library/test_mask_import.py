"""Importing masks: each to its image, never two definitions in one set, and a sentence for each that is not taken."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from lungstudy.audit.models import Event
from lungstudy.library.actions.mask_csv import Only
from lungstudy.library.actions.mask_import import MaskImportError, MaskOrder, import_masks
from lungstudy.library.actions.mask_sets import MaskSetError
from lungstudy.library.actions.metadata import MetadataError
from lungstudy.library.models import Definition, Mask, MaskSet, MaskSource
from tests.factories import DatasetFactory, ImageFactory
from tests.library.masks import box, described, folder_of, png, zip_of
from tests.library.test_storing import media  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def films():
    dataset = DatasetFactory(name="Films")
    for name in ("a.png", "b.jpg", "sub/c.png"):
        ImageFactory(dataset=dataset, source_name=name)
    return dataset


def order(source, dataset, **more):
    return MaskOrder(**{"source": source, "dataset": dataset, "described": described(), **more})


def work(*args, **more):
    return import_masks(order=order(*args, **more), by=None)


def sizes():
    return {mask_set.name: mask_set.masks.count() for mask_set in MaskSet.objects.all()}


def test_masks_named_as_their_images_find_them_and_a_second_run_adds_nothing(films, tmp_path):
    files = {"a.png": png(box()), "b_mask.png": png(box(5)), "c.png": png(box(7))}
    report = work(folder_of(tmp_path / "masks", files), films)

    assert (report.n_added, report.problems) == (3, [])
    assert {mask.image.source_name: mask.newest.area for mask in Mask.objects.all()} == {
        "a.png": 900, "b.jpg": 1050, "sub/c.png": 990,
    }  # fmt: skip
    again = work(tmp_path / "masks", films)
    assert (again.n_added, again.already_there, again.problems) == (0, 3, [])
    assert Event.objects.filter(verb="imported masks").count() == 2


def test_each_bad_mask_is_named_with_its_reason_and_the_rest_goes_on(films, tmp_path):
    ImageFactory(dataset=films, source_name="d.png")
    files = {
        "a.png": png(box()),
        "a_mask.png": png(box()),
        "b.png": png(box(side=80)),
        "d.png": png(np.zeros((64, 64), bool)),
        "nobody.png": png(box()),
        "sub/c.png": png(np.arange(4096, dtype=np.uint8).reshape(64, 64)),
        "read me.txt": b"masks",
    }
    report = work(folder_of(tmp_path / "masks", files), films)
    said = dict(report.problems)

    assert report.n_added == 1
    assert "second mask of “a.png”; “a.png” came first" in said["a_mask.png"]
    assert "80 x 80 pixels and the image 64 x 64" in said["b.png"]
    assert "empty" in said["d.png"]
    assert "No image of the data set is named “nobody.png”" in said["nobody.png"]
    assert "256 grey levels" in said["sub/c.png"]
    assert len(said) == 6
    assert all(reason.endswith(".") for reason in said.values())


@pytest.mark.parametrize(
    ("content", "words"), [(png(np.ones((64, 64), bool)), "full"), (png(box(side=80)), "80 x 80 pixels")]
)
def test_a_mask_that_does_not_fit_makes_no_set(films, tmp_path, content, words):
    report = work(folder_of(tmp_path / "masks", {"a.png": content}), films)
    assert words in report.problems[0][1]
    assert not MaskSet.objects.exists()


def test_a_name_that_two_images_have_is_given_to_neither(films, tmp_path):
    ImageFactory(dataset=films, source_name="a.png")
    report = work(folder_of(tmp_path / "masks", {"a.png": png(box())}), films)
    assert "2 images of the data set are named “a.png”" in report.problems[0][1]
    assert not Mask.objects.exists()


def test_another_mask_of_an_image_that_has_one_is_refused(films, tmp_path):
    work(folder_of(tmp_path / "one", {"a.png": png(box())}), films)
    report = work(folder_of(tmp_path / "two", {"a.png": png(box(20))}), films)
    assert "holds another mask of “a.png”" in report.problems[0][1]
    assert Mask.objects.get().newest.area == 900


def csv_file(path, header, *lines):
    path.write_text("\n".join([header, *lines]))
    return path


def test_a_csv_says_what_belongs_together_and_its_definitions_become_sets_of_their_own(films, tmp_path):
    masks = folder_of(tmp_path / "masks", {"m/1.png": png(box()), "m/2.png": png(box()), "m/3.png": png(box())})
    table = csv_file(
        tmp_path / "t.csv", "file,mask_file,Definition", "a.png,m/1.png,heart_inside", "b.jpg,m/2.png,heart outside",
        "a.png,m/3.png,heart_outside", "sub/c.png,m/4.png,heart_inside", "b.jpg,,",
    )  # fmt: skip
    report = work(masks, films, mask_csv=table)

    assert sizes() == {"Lungs by hand, heart inside": 1, "Lungs by hand, heart outside": 2}
    assert set(MaskSet.objects.values_list("name", "definition")) == {
        ("Lungs by hand, heart inside", "heart_inside"), ("Lungs by hand, heart outside", "heart_outside"),
    }  # fmt: skip
    assert report.problems == [("m/4.png", "The CSV names this mask; it was not found.")]


def test_one_mask_is_not_given_to_two_images(films, tmp_path):
    masks = folder_of(tmp_path / "masks", {"1.png": png(box())})
    table = csv_file(tmp_path / "t.csv", "image,mask", "a.png,1.png", "b.jpg,1.png")
    report = work(masks, films, mask_csv=table)
    assert report.n_added == 1
    assert "gives it to “a.png” already" in report.problems[0][1]


def test_a_definition_that_nobody_knows_is_named(films, tmp_path):
    masks = folder_of(tmp_path / "masks", {"1.png": png(box())})
    table = csv_file(tmp_path / "t.csv", "image,mask,definition", "a.png,1.png,roughly")
    assert "“roughly”" in work(masks, films, mask_csv=table).problems[0][1]


@pytest.mark.parametrize(
    ("header", "only", "words"),
    [
        ("image,outline", None, "no column “mask”"),
        ("image,mask", Only("source", "v7*"), "no column “source”"),
        ("image,mask,who", Only("who", "v9*"), "No row of the CSV where who is “v9*”"),
    ],
)
def test_a_csv_that_cannot_be_used_says_why(films, tmp_path, header, only, words):
    table = csv_file(tmp_path / "t.csv", header, "a.png,1.png,v7 (human)")
    with pytest.raises(MetadataError) as caught:
        work(folder_of(tmp_path / "masks", {"1.png": png(box())}), films, mask_csv=table, only=only)
    assert words in str(caught.value)


def test_a_set_takes_no_masks_of_another_definition_or_source(films, tmp_path):
    masks = folder_of(tmp_path / "masks", {"a.png": png(box()), "c.png": png(box())})
    work(masks, films)
    for other in ({"definition": Definition.HEART_OUTSIDE}, {"source": MaskSource.SOFTWARE}):
        with pytest.raises(MaskSetError, match="need a set with another name"):
            work(masks, films, described=described(**other))
    assert sizes() == {"Lungs by hand": 2}


def test_a_name_that_a_definition_makes_too_long_is_refused_before_any_mask_is_stored(films, tmp_path):
    masks = folder_of(tmp_path / "masks", {"a.png": png(box()), "c.png": png(box())})
    table = csv_file(tmp_path / "t.csv", "image,mask,definition", "a.png,a.png,heart inside", "c.png,c.png,unstated")
    with pytest.raises(MaskSetError, match=r"has 1 to 120 characters, and “n+, heart inside” has 124: choose another"):
        work(masks, films, described=described("n" * 110), mask_csv=table)
    assert not MaskSet.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("--name", "n" * 121), "The name of a set of masks has 1 to 120 characters"),
        (("--name", ""), "The name of a set of masks has 1 to 120 characters, and “” has 0"),
        (("--structure", "s" * 81), "The structure has 1 to 80 characters"),
        (("--licence", "l" * 201), "The licence has 0 to 200 characters"),
    ],
)
def test_the_command_says_how_long_what_is_said_of_a_set_may_be(films, tmp_path, changes, words):
    masks = folder_of(tmp_path / "masks", {"a.png": png(box())})
    asked = ["import_masks", str(masks), "--dataset", "Films", "--name", "Hand", "--structure", "heart"]
    with pytest.raises(CommandError, match=words):
        call_command(*asked, *changes)
    assert not MaskSet.objects.exists()


def test_lungs_whose_definition_is_said_not_to_apply_are_refused_by_command_and_csv_and_unstated_ones_are_taken(
    films, tmp_path, capsys
):
    masks = folder_of(tmp_path / "masks", {"a.png": png(box()), "c.png": png(box())})
    asked = ["import_masks", str(masks), "--dataset", "Films", "--name", "Hand", "--structure", "Left lung"]
    with pytest.raises(CommandError, match="say whether the heart is inside or outside"):
        call_command(*asked, "--definition", "not_applicable")
    table = csv_file(tmp_path / "t.csv", "image,mask,definition", "a.png,a.png,not applicable", "c.png,c.png,unstated")
    with pytest.raises(MaskSetError, match="the source does not state it"):
        work(masks, films, mask_csv=table)
    assert not MaskSet.objects.exists()

    call_command(*asked)
    assert MaskSet.objects.get().definition == Definition.UNSTATED
    assert "The definition of “Hand” is unstated, so outlines of lungs in it are never" in capsys.readouterr().out
    heart = replace(described("Hearts", Definition.NOT_APPLICABLE), structure="heart")
    assert work(masks, films, described=heart).n_added == 2


def test_a_zip_may_hold_the_masks_and_more_than_asked_for_are_refused(films, tmp_path):
    path = tmp_path / "masks.zip"
    path.write_bytes(zip_of({"a.png": png(box()), "c.png": png(box()), "../b.png": png(box())}))
    with pytest.raises(MaskImportError, match="3 masks, and this page takes 2"):
        work(path, films, most=2)
    report = work(path, films)
    assert report.n_added == 2
    assert "leads out of the zip" in dict(report.problems)["../b.png"]


def test_the_command_says_what_came_of_it(films, tmp_path, capsys):
    masks = folder_of(tmp_path / "masks", {"a.png": png(box()), "x.png": png(box())})
    asked = ["import_masks", str(masks), "--dataset", "Films", "--name", "Hand", "--structure", "lungs"]
    call_command(*asked, "--definition", "heart_outside")
    said = capsys.readouterr().out
    assert "Hand (lungs: heart outside the outline): 1 added" in said
    assert "unstated" not in said
    assert "x.png: No image of the data set is named “x.png”." in said

    with pytest.raises(CommandError, match="no data set “Elsewhere”"):
        call_command(*asked[:3], "Elsewhere", *asked[4:])
    with pytest.raises(CommandError, match="name it with --csv"):
        call_command(*asked, "--where", "mask_source=v7*")


@pytest.mark.films
def test_the_masks_of_real_films_fall_into_sets_of_269_16_and_12(shared, tmp_path):
    cxr = shared / "data" / "cxr"
    films = DatasetFactory(name="Films")
    with (cxr / "metadata.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["mask_file"]]
    for row in rows:  # rows alone: a mask is held against its image's size
        name = row["file"].removeprefix("images/")
        size = {"width": int(row["width"]), "height": int(row["height"])}
        ImageFactory(dataset=films, source_name=name, file="x.png", thumbnail="x.png", **size)
    inside, outside = Definition.HEART_INSIDE, Definition.HEART_OUTSIDE
    wanted = {
        "v7*": described("V7", inside),
        "General*": described("Radiologist", outside),
        "lungVAE*": described("lungVAE", Definition.UNSTATED, MaskSource.SOFTWARE),
    }
    for pattern, what in wanted.items():
        report = work(cxr, films, described=what, mask_csv=cxr / "metadata.csv", only=Only("mask_source", pattern))
        assert report.problems == []

    found = {(each.definition, each.source): each.masks.count() for each in MaskSet.objects.all()}
    assert found == {
        ("heart_inside", "people"): 269, ("heart_outside", "people"): 16, ("unstated", "software"): 12,
    }  # fmt: skip
