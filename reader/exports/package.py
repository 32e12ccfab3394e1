"""Everything of an unblinded study in one zip: tables, protocol, statistics, report, and how to compute them again."""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from lungstudy.csv_lines import as_csv
from reader.actions.protocol import canonical
from reader.exports.columns import TABLES, dictionary_rows
from reader.exports.csv_lines import table_csv
from reader.exports.licences import licence_notes
from reader.exports.parquet import write_parquet
from reader.exports.workbook import write_workbook
from reader.models import Study
from reader.reports.document.printing import write_report
from reader.reports.document.source import report_source_of
from reader.reports.results import results_of
from reader.reports.truth import refuse_while_blind

STATS = Path(__file__).resolve().parents[1] / "stats"
RECOMPUTE = Path(__file__).with_name("recompute.py")
README = """Everything of this study.

data/          every table as CSV and Parquet, and all as one workbook; dictionary.csv says what each column means
report.pdf     the report, also as HTML
protocol.json  the sealed protocol; its SHA-256 is in every table
statistics.json every statistic
licences.txt   what may be done with the images
recompute.py   computes every statistic again from data/readings.csv and data/images.csv:
               pip install numpy scipy, then: python recompute.py
reader/stats/  the code of the statistics, as it was

Times are in UTC. An empty cell is missing or undefined. For research, not for diagnosis.
"""


def write_package(study: Study, path: Path) -> None:
    """Write the zip, file by file, in memory that does not grow with the readings.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package, TemporaryDirectory() as folder:
        package.writestr("README.txt", README)
        package.writestr("protocol.json", canonical(study.protocol))
        package.writestr("statistics.json", statistics_json(study))
        package.writestr("licences.txt", licence_notes(study))
        write_lines(package, "data/dictionary.csv", as_csv(("table", "column", "kind", "meaning"), dictionary_rows()))
        for table in TABLES:
            write_lines(package, f"data/{table}.csv", table_csv(study, table))
            write_parquet(study, table, Path(folder) / f"{table}.parquet")
            package.write(Path(folder) / f"{table}.parquet", f"data/{table}.parquet")
        write_workbook(study, Path(folder) / "study.xlsx")
        package.write(Path(folder) / "study.xlsx", "data/study.xlsx")
        source = report_source_of(study)
        for name in ("report.html", "report.pdf"):
            write_report(source, Path(folder) / name)
            package.write(Path(folder) / name, name)
        add_code(package)


def statistics_json(study: Study) -> str:
    """Every statistic as a list of rows, under the protocol's hash."""
    rows = [row.as_json() for row in results_of(study).rows]
    return json.dumps({"protocol_sha256": study.protocol_sha256, "rows": rows}, indent=1, allow_nan=False)


def write_lines(package: zipfile.ZipFile, name: str, lines: Iterable[str]) -> None:
    """A text file, line by line."""
    with package.open(name, "w", force_zip64=True) as target:
        for line in lines:
            target.write(line.encode())


def add_code(package: zipfile.ZipFile) -> None:
    """The script and the statistics that it runs, which need numpy and scipy alone."""
    package.write(RECOMPUTE, "recompute.py")
    package.writestr("reader/__init__.py", "")
    for source in sorted(STATS.glob("*.py")):
        package.write(source, f"reader/stats/{source.name}")
