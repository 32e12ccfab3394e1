"""All tables as one workbook, written row by row in constant memory."""

from pathlib import Path
from typing import Any

from lungstudy.csv_lines import plain
from reader.exports.columns import TABLES, dictionary_rows
from reader.exports.tables import ROWS
from reader.models import Study

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet can hold; what is more stands in the CSV alone."""
CUT = "This sheet is full. The rest of this table is in its CSV and Parquet files."


def write_workbook(study: Study, path: Path) -> None:
    """A sheet for each table, and the data dictionary first."""
    import xlsxwriter  # only where a workbook is written, to keep the web process small

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("dictionary")
        write_rows(sheet, ("table", "column", "kind", "meaning"), dictionary_rows(), bold)
        for table, columns in TABLES.items():
            sheet = book.add_worksheet(table)
            write_rows(sheet, [column.name for column in columns], ROWS[table](study), bold)


def write_rows(sheet: Any, header: Any, rows: Any, bold: Any) -> None:
    """Header and rows; a last line says so where a sheet is full."""
    sheet.write_row(0, 0, header, bold)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows, start=1):
        if at == MOST_ROWS:
            sheet.write(at, 0, CUT)
            return
        sheet.write_row(at, 0, [plain(value) for value in row])
