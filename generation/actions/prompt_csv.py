"""Prompts from a CSV: one row is one prompt, with its number of images and its first seed if these are given."""

import csv
import io
from collections.abc import Iterator

from generation.actions.orders import HIGHEST_SEED, MOST_IMAGES, OrderLine
from generation.actions.prompt_lines import LinesError, Seeds, within_limits

FIELD = "prompts_csv"
COLUMNS = ("prompt", "negative_prompt", "finding", "count", "seed")
MOST_BYTES = 2_000_000
MOST_PROBLEMS = 5
LONGEST = {"prompt": 4000, "negative_prompt": 4000, "finding": 120}


def lines_from_csv(content: bytes, seeds: Seeds) -> tuple[OrderLine, ...]:
    """A line for each row; where a row has no count or seed, as many as `seeds` says, from where the last row ended.

    Raises
    ------
    LinesError
        With the rows that cannot be used, numbered as a spreadsheet numbers them, and why.
    """
    rows = table_of(content)
    problems: list[str] = []
    lines: list[OrderLine] = []
    following = seeds.first
    for number, row in rows:
        try:
            lines.append(line_from(row, Seeds(first=following, count=seeds.count)))
            following = seeds.first if seeds.same else lines[-1].first_seed + lines[-1].count
        except ValueError as problem:
            problems.append(f"Row {number}: {problem}")
    if problems:
        more = f" And {len(problems) - MOST_PROBLEMS} more rows." if len(problems) > MOST_PROBLEMS else ""
        raise LinesError(FIELD, " ".join(problems[:MOST_PROBLEMS]) + more)
    if not lines:
        raise LinesError(FIELD, "The table has no rows below its heading; write one prompt to a row.")
    try:
        return within_limits(lines)
    except LinesError as error:
        raise LinesError(FIELD, str(error)) from error


def table_of(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that are not empty, each with its number in the file."""
    if len(content) > MOST_BYTES:
        raise LinesError(FIELD, "The table is larger than 2 MB; a batch of 2,000 images needs far less. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LinesError(FIELD, "The table is not in UTF-8; save it as “CSV UTF-8” and send it again.") from None
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [name.strip().lower() for name in next(table, [])]
        check_heading(heading)
        return iter([(table.line_num, named(heading, row, table.line_num)) for row in table if any(row)])
    except csv.Error as error:
        raise LinesError(FIELD, f"Row {table.line_num}: {error}; check the quotation marks.") from error


def check_heading(heading: list[str]) -> None:
    """Refuse a table whose columns nobody would read."""
    if "prompt" not in heading:
        raise LinesError(FIELD, "The first row must name the columns, with one called prompt.")
    if strange := [name for name in heading if name not in COLUMNS]:
        raise LinesError(FIELD, f"There is no column “{strange[0]}”; a table has: {', '.join(COLUMNS)}.")
    if len(set(heading)) < len(heading):
        raise LinesError(FIELD, "A column is there twice; keep one.")


def named(heading: list[str], row: list[str], number: int) -> dict[str, str]:
    """The row's cells by column; a short row's last cells are empty."""
    if len(row) > len(heading):
        raise LinesError(
            FIELD,
            f"Row {number}: there are {len(row)} cells under {len(heading)} columns; put a text with commas into "
            "quotation marks.",
        )
    return dict(zip(heading, [cell.strip() for cell in row] + [""] * (len(heading) - len(row)), strict=True))


def line_from(row: dict[str, str], seeds: Seeds) -> OrderLine:
    """One row as a line; raises ValueError with the sentence that follows the row's number."""
    if not row["prompt"]:
        raise ValueError("the prompt is empty.")
    texts = {name: row.get(name, "") for name in LONGEST}
    if long := [name for name, text in texts.items() if len(text) > LONGEST[name]]:
        raise ValueError(f"{long[0]} is longer than {LONGEST[long[0]]} characters.")
    count = whole(row, "count", 1, MOST_IMAGES, seeds.count)
    return OrderLine(**texts, count=count, first_seed=whole(row, "seed", 0, HIGHEST_SEED, seeds.first))


def whole(row: dict[str, str], column: str, least: int, most: int, otherwise: int) -> int:
    """A whole number of a cell, `otherwise` where the cell is empty."""
    text = row.get(column, "")
    if not text:
        return otherwise
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ValueError(f"{column} must be a whole number from {least} to {most}, not “{text[:20]}”.")
    return int(text)
