"""Anybody's readings as a CSV give the command's rows on a page and as files; what cannot be read is a sentence."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from reader.forms import readings_file
from reader.stats.reading_file import readings_from
from tests.factories import ResearcherFactory
from tests.reader.stats.reference_cases import reference_case
from tests.reader.stats.test_analysis import file_of

pytestmark = pytest.mark.django_db
ADDRESS = "/analyse/"


@pytest.fixture
def send(client):
    """What the page answers to a text as a file."""
    client.force_login(ResearcherFactory())

    def posted(text, **fields):
        content = text if isinstance(text, bytes) else text.encode()
        usual = {"categories": "fake, unsure, real", "weights": "identity", "as": "page"}
        file = SimpleUploadedFile(fields.pop("name", "my study.csv"), content)
        headers = fields.pop("headers", {})
        return client.post(ADDRESS, {**usual, **fields, "file": file}, headers=headers)

    return posted


@pytest.fixture
def reference():
    return file_of(reference_case("real_fake_unsure_missing_A"))


def test_the_page_shows_the_reference_studys_numbers(send, reference):
    page = send(reference).content.decode()
    expected = reference_case("real_fake_unsure_missing_A")["expected"]["agreement"]["identity"]

    assert f"{expected['fleiss_kappa']['estimate']:.3f}" in page
    for question in ("Do the readers agree?", "Each reader", "Can they tell?", "Pairs of readers"):
        assert question in page


def test_the_files_hold_the_commands_rows(send, reference, tmp_path, capsys):
    (tmp_path / "study.csv").write_text(reference)
    call_command("analyse", str(tmp_path / "study.csv"), "--json", "--weights", "linear")
    rows = json.loads(capsys.readouterr().out)
    as_json = send(reference, weights="linear", **{"as": "json"})
    lines = list(csv.DictReader(io.StringIO(send(reference, weights="linear", **{"as": "csv"}).content.decode())))

    assert as_json.json() == rows
    assert as_json["Content-Disposition"] == 'attachment; filename="my-study-statistics.json"'
    assert [line["name"] for line in lines] == [row["name"] for row in rows]
    assert float(lines[0]["estimate"]) == rows[0]["estimate"]


def test_the_report_comes_as_html_and_as_pdf(send, reference):
    assert send(reference, **{"as": "pdf"}).content.startswith(b"%PDF")
    assert b"<html" in send(reference, **{"as": "html"}).content


def test_the_command_writes_the_report_and_refuses_other_kinds(reference, tmp_path, capsys):
    path = tmp_path / "study.csv"
    path.write_text(reference)
    call_command("analyse", str(path), "--report", str(tmp_path / "report.html"))
    assert "study" in (tmp_path / "report.html").read_text()
    with pytest.raises(CommandError, match=r"name it .html or .pdf, not “report.docx”"):
        call_command("analyse", str(path), "--report", str(tmp_path / "report.docx"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("analyse", str(path), "--report", str(tmp_path / "nowhere" / "report.html"))


def test_without_truth_the_page_says_so_and_shows_agreement_alone(send):
    page = send("image,reader,verdict\n1,A,fake\n1,B,fake\n2,A,real\n2,B,unsure\n").content.decode()

    assert "No column truth" in page
    assert "Can they tell?" not in page


def test_a_warning_stands_with_the_statistic_it_is_of(send):
    lines = [
        f"{i},{r},{'fake' if (i + r) % 3 else 'real'},{'fake' if i % 2 else 'real'}" for i in range(12) for r in (1, 2)
    ]
    page = send("\n".join(["image,reader,verdict,truth", *lines])).content.decode()

    assert re.search(r"With three readers or fewer .*\(Area under the ROC curve", page)


def test_other_categories_are_taken_in_their_order(send):
    page = send("image,reader,verdict\n1,A,low\n1,B,high\n2,A,mid\n2,B,mid\n", categories="low, mid, high")

    assert "low &lt; mid &lt; high" in page.content.decode()


@pytest.mark.parametrize(
    ("text", "fields", "sentence"),
    [
        (b"", {}, "The file is empty. Choose another."),
        ("image,reader,verdict\n1,A,fakee\n", {}, "Line 2: “fakee” is none of fake, unsure, real."),
        ("image,reader\n1,A\n", {}, "The file has no column verdict."),
        ("image,reader,verdict\n1,A,fake\n1,A,real\n", {}, "Lines 2 and 3 both hold reader A on image 1."),
        (b"\x89PNG\xff\xfe", {}, "The file is no text in UTF-8."),
        ("image,reader,verdict\n1,A,fake\n", {"categories": "fake"}, "Name two categories or more"),
        ("image,reader,verdict\n1,A,fake\n", {"categories": "fake, real, fake"}, "A category is named twice."),
        ("image,reader,verdict\n1,A,fake\n", {"name": "study.xlsx"}, "Save the readings as CSV, then choose that."),
        ("image,reader,verdict\n1,A,fake\n", {"weights": "heavy"}, "heavy is not one of the available choices"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(send, text, fields, sentence):
    refused = send(text, **fields)

    assert refused.status_code == 400
    assert re.search(rf'class="refusal" id="id_\w+_error">[^<]*{re.escape(sentence)}', refused.content.decode())
    fragment = send(text, headers={"HX-Request": "true"}, **fields)
    assert fragment.status_code == 200  # htmx swaps nothing else
    assert sentence in fragment.content.decode() and "<html" not in fragment.content.decode()


def test_a_file_beyond_the_limits_is_refused_with_what_to_do(send, monkeypatch):
    text = "image,reader,verdict\n" + "".join(f"{i},A,fake\n" for i in range(30))
    monkeypatch.setattr(readings_file, "MOST_LINES", 30)
    assert "more than 30 lines. Use “manage.py analyse”" in send(text).content.decode()
    monkeypatch.setattr(readings_file, "MOST_BYTES", 100)
    assert "MB that this page takes" in send(text).content.decode()


def test_no_file_is_refused(client):
    client.force_login(ResearcherFactory())

    assert "Choose the file with the readings." in client.post(ADDRESS).content.decode()


def test_names_in_a_file_are_words_and_never_markup_or_formulas(send):
    text = "image,reader,verdict\n1,<b>A</b>,fake\n1,=1+1,fake\n2,<b>A</b>,real\n2,=1+1,unsure\n"

    assert b"<b>A</b>" not in send(text).content
    lines = csv.reader(io.StringIO(send(text, **{"as": "csv"}).content.decode()))
    assert not [cell for line in lines for cell in line if cell.startswith("=")]


def test_a_page_of_many_pairs_shows_some_and_says_how_many_are_left(send):
    lines = [
        f"{image},R{reader},{'fake' if (image + reader) % 2 else 'real'}" for image in (1, 2) for reader in range(26)
    ]
    page = send("\n".join(["image,reader,verdict", *lines])).content.decode()

    assert "25 more pairs are in the downloads." in page  # 26 readers make 325


def test_the_template_can_be_analysed():
    data = readings_from(Path(finders.find("reader/analyse/readings.csv")).read_text().splitlines())

    assert len(data.images) == 6 and data.groups == ("residents", "specialists")
