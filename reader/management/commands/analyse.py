"""`manage.py analyse FILE.csv`: the statistics of any reader study from a CSV of its readings."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reader.reports.document.printing import write_report
from reader.reports.document.source import ReportSource, report_source_of_file
from reader.stats.reading_file import ReadingFileError, readings_from
from reader.stats.rows import Row
from reader.stats.weights import Weights


class Command(BaseCommand):
    """Reads a file, prints statistics, and writes a report where one is asked for."""

    help = "Agreement and accuracy of a reader study from a CSV with columns image, reader, verdict[, truth, ...]."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("file", type=Path, help="CSV: image, reader, verdict, and perhaps truth, confidence, ...")
        parser.add_argument("--categories", default="fake,unsure,real", help="In their order (default: %(default)s).")
        parser.add_argument("--weights", choices=[str(one) for one in Weights], default=str(Weights.IDENTITY))
        parser.add_argument("--json", action="store_true", help="Print a list of rows as JSON.")
        parser.add_argument("--report", type=Path, metavar="OUT.html|OUT.pdf", help="Write a report, too.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Analyse and print."""
        refuse_other_reports(options["report"])
        categories = [name.strip() for name in options["categories"].split(",") if name.strip()]
        try:
            with options["file"].open(newline="", encoding="utf-8-sig") as lines:
                data = readings_from(lines, categories)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read as text in UTF-8 ({error}).") from error
        except ReadingFileError as error:
            raise CommandError(str(error)) from error
        source = report_source_of_file(options["file"].stem, data, Weights(options["weights"]))
        rows = source.results.rows
        self.stdout.write(as_json(rows) if options["json"] else as_table(rows))
        if options["report"]:
            written(source, options["report"])


def refuse_other_reports(path: Path | None) -> None:
    """Say before the work, and not after it, that there is no such kind of report."""
    if path is not None and path.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise CommandError(f"A report is HTML or PDF: name it .html or .pdf, not “{path.name}”.")


def written(source: ReportSource, path: Path) -> None:
    """The report as a file."""
    try:
        write_report(source, path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}). Choose another place.") from error


def as_json(rows: list[Row]) -> str:
    """A list of rows, one on each line."""
    return "[\n" + ",\n".join(json.dumps(row.as_json(), allow_nan=False) for row in rows) + "\n]"


def as_table(rows: list[Row]) -> str:
    """Columns for a terminal."""
    return "\n".join(f"{row.name:28} {row.weights:10} {row.group:32} {number(row)}" for row in rows)


def number(row: Row) -> str:
    """An estimate with its interval, or why there is none."""
    one = row.estimate
    if not one.is_defined:
        return f"undefined: {one.reason}"
    return f"{one.value:8.3f}" + (f" [{one.low:.3f}, {one.high:.3f}]" if one.has_interval else f" ({one.reason})")
