"""Exports: every table in its dictionary's columns, in every format, and a script that computes all again."""

import csv
import io
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from lungstudy.library.models import Dataset
from reader.exports.columns import TABLES
from reader.exports.csv_lines import table_csv
from reader.exports.licences import licence_notes, warnings_of
from reader.exports.package import write_package
from reader.exports.tables import ROWS
from reader.models import Assignment, Reading, Sitting
from tests.reader.played_study import played_study

pytestmark = pytest.mark.django_db
AGREED = datetime(2026, 3, 20, 12, tzinfo=UTC)


def filled_study():
    study = played_study()
    study.protocol = {
        "asked": {"design": "single", "answers": study.verdicts, "target": "real"}, "schedule": {"sessions": 1},
    }  # fmt: skip
    study.save()
    reader = study.assignments.get(number=1)
    screen = {"screen_width": 2560, "screen_height": 1440, "window_width": 2560, "window_height": 1300}
    Sitting.objects.create(
        assignment=reader, pixel_ratio=1.5, user_agent="=cmd()", monitor_check={"dark": True}, **screen
    )
    Assignment.objects.filter(pk=reader.pk).update(consented_at=AGREED)
    return study


@pytest.fixture
def study():
    return filled_study()


@pytest.fixture(scope="module")
def package(django_db_setup, django_db_blocker, tmp_path_factory):
    """Written once, since its report draws every figure; whoever changes it takes a copy."""
    folder = tmp_path_factory.mktemp("package")
    with django_db_blocker.unblock(), transaction.atomic():
        write_package(filled_study(), folder / "study.zip")
        transaction.set_rollback(True)
    with zipfile.ZipFile(folder / "study.zip") as found:
        found.extractall(folder / "study")
    return folder / "study"


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_the_columns_of_the_dictionary(study, table):
    rows = list(ROWS[table](study))

    assert rows
    assert {len(row) for row in rows} == {len(TABLES[table])}
    assert {row[0] for row in rows} == {study.protocol_sha256}


def test_the_screen_and_the_monitor_check_of_every_visit_are_exported(study):
    header, *visits = csv.reader(table_csv(study, "visits"))
    visit = dict(zip(header, *visits, strict=True))

    assert (visit["reader"], visit["session"], visit["screen_width"], visit["pixel_ratio"]) == ("1", "1", "2560", "1.5")
    assert visit["monitor_check"] == '{"dark": true}'
    assert visit["browser"] == "'=cmd()"


def test_when_a_reader_agreed_is_exported(study):
    header, *readers = csv.reader(table_csv(study, "readers"))

    assert [reader[header.index("consented_at_utc")] for reader in readers] == ["2026-03-20T12:00:00.000+00:00", ""]


def test_the_script_computes_every_statistic_again_without_django(package):
    ran = subprocess.run([sys.executable, "-I", "recompute.py"], cwd=package, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "0 numbers differ" in ran.stdout


def test_the_script_finds_a_changed_verdict(package, tmp_path):
    changed = Path(shutil.copytree(package, tmp_path / "changed"))
    readings = changed / "data" / "readings.csv"
    readings.write_text(readings.read_text().replace(",fake,", ",real,", 1))
    ran = subprocess.run([sys.executable, "-I", "recompute.py"], cwd=changed, capture_output=True, text=True)

    assert ran.returncode == 1
    assert "again" in ran.stderr


@pytest.mark.parametrize("table", TABLES)
def test_parquet_holds_what_the_csv_holds(package, table):
    found = pq.read_table(package / "data" / f"{table}.parquet")
    header, *rows = csv.reader((package / "data" / f"{table}.csv").open(newline="", encoding="utf-8-sig"))

    assert found.column_names == header == [column.name for column in TABLES[table]]
    assert found.num_rows == len(rows)
    assert found.schema.field(1).metadata[b"meaning"].decode() == TABLES[table][1].meaning


def test_the_workbook_has_a_sheet_for_each_table_and_no_formula(study, client):
    Dataset.objects.update(citation="=1+1")
    client.force_login(study.created_by)
    response = client.get(reverse("reader:export_whole", args=[study.token, "xlsx"]))
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))

    assert book.sheetnames == ["dictionary", *TABLES]
    assert book["readings"].max_row == Reading.objects.count() + 1
    assert {cell.data_type for row in book["images"].iter_rows() for cell in row} <= {"s", "n"}


def test_readers_are_numbers_and_never_names(package):
    text = "".join(path.read_text() for path in (package / "data").glob("*.csv"))

    assert "person" not in text


@pytest.mark.parametrize(
    ("licence", "forbidden"), [("CC BY-NC 4.0", 1), ("CC BY-NC-ND 4.0", 2), ("CC BY 4.0", 0), ("CC0 1.0", 0)]
)
def test_a_licence_that_forbids_something_is_warned_of(licence, forbidden):
    assert len(warnings_of(licence)) == forbidden


def test_every_data_set_is_in_the_notes_with_what_to_cite(study):
    Dataset.objects.update(licence="CC BY-NC 4.0")
    notes = licence_notes(study)

    assert all(dataset.name in notes for dataset in Dataset.objects.all())
    assert notes.count("WARNING") == 2
