"""Print a report: HTML that stands alone, or PDF by typst, both from the same blocks."""

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from reader.reports.document.blocks import Block, Figure, Gap, Heading, Paragraph, Table
from reader.reports.document.content import report_blocks
from reader.reports.document.source import ReportSource

SET_UP = """#set page(paper: "a4", margin: 20mm, numbering: "1 / 1")
#set text(size: 9.5pt, font: "Libertinus Serif", lang: "en")
#set par(justify: false)
#set heading(numbering: none)
#show heading: set block(above: 1.4em, below: 0.8em)
#set table(stroke: none, inset: (x: 4pt, y: 2.5pt))
#show figure: set block(breakable: true)
#show figure.where(kind: table): set figure.caption(position: top)
#let gap(body) = block(fill: luma(235), inset: 6pt, radius: 2pt, width: 100%)[*For the authors:* #body]
"""
MOST_COLUMNS = 5
"""Columns up to which a table is set in the size of notes."""
SHORT_NAME = 12
"""Letters of a row's name that need no room of their own."""
STYLE = Path(__file__).with_name("report.css")
VIEW_BOX = re.compile(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"')
XML_HEAD = re.compile(rb"^.*?(?=<svg)", re.DOTALL)


def write_report(source: ReportSource, path: Path) -> None:
    """Write HTML or PDF, by the name's ending.

    Raises
    ------
    ValueError
        The name ends otherwise.
    """
    if path.suffix.lower() == ".pdf":
        path.write_bytes(as_pdf(source))
    elif path.suffix.lower() in (".html", ".htm"):
        path.write_text(as_html(source), encoding="utf-8")
    else:
        raise ValueError(f"A report is HTML or PDF: name it .html or .pdf, not “{path.name}”.")


def as_html(source: ReportSource) -> str:
    """One file with its pictures and style inside."""
    blocks = [(type(block).__name__.lower(), block, picture(block)) for block in report_blocks(source)]
    style = mark_safe(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")  # noqa: S308 - our own file
    return render_to_string("reader/report.html", {"title": source.title, "blocks": blocks, "style": style})


def picture(block: Block) -> str:
    """A figure's SVG as part of a page; it is ours, drawn by matplotlib from numbers and escaped words."""
    if not isinstance(block, Figure):
        return ""
    return mark_safe(XML_HEAD.sub(b"", block.svg).decode())  # noqa: S308


def as_pdf(source: ReportSource) -> bytes:
    """Typeset by typst, pictures as vectors."""
    import typst  # only where a report is printed, to keep the web process small

    with TemporaryDirectory() as folder:
        root = Path(folder)
        lines = [SET_UP, f"#set document(title: {quoted(source.title)})"]
        for at, block in enumerate(report_blocks(source)):
            lines += typeset(block, at, root)
        (root / "report.typ").write_text("\n".join(lines), encoding="utf-8")
        printed: bytes = typst.compile(root / "report.typ", root=root, ignore_system_fonts=True)
    return printed


def typeset(block: Block, at: int, root: Path) -> Iterable[str]:
    """Typst's lines of one block; words go in as strings, so that none of them is taken for markup."""
    if isinstance(block, Heading):
        return [f"#heading(level: {block.level}, {quoted(block.text)})"]
    if isinstance(block, Paragraph):
        return [f"#par({quoted(block.text)})"]
    if isinstance(block, Gap):
        return [f"#gap({quoted(block.text)})"]
    if isinstance(block, Table):
        return [table(block)]
    (root / f"figure-{at}.svg").write_bytes(block.svg)
    return [f'#figure(image("figure-{at}.svg", {size_of(block.svg)}), caption: {quoted(block.caption)})']


def size_of(svg: bytes) -> str:
    """As wide as suits a page, or as high as one where the picture is long."""
    found = VIEW_BOX.search(svg)
    width, height = (float(number) for number in found.groups()) if found else (1.0, 1.0)
    return "height: 205mm" if height > 1.35 * width else "width: 88%"


def table(block: Table) -> str:
    """A table whose header comes again on every page; names take what numbers leave, and many columns are set small."""
    n = len(block.header)
    align = ", ".join("right" if column >= block.first_number else "left" for column in range(n))
    has_names = block.first_number < n and max(len(row[0]) for row in block.rows) > SHORT_NAME
    columns = "1fr, " + "auto, " * (n - 1) if has_names else "auto, " * n
    header = ", ".join(f"strong({quoted(cell)})" for cell in block.header)
    cells = ",\n".join(", ".join(quoted(cell) for cell in row) for row in block.rows)
    size = "7pt" if n > MOST_COLUMNS else "9pt"
    return (
        f"#figure(kind: table, caption: {quoted(block.caption)}, text(size: {size}, table(columns: ({columns}), "
        f"align: ({align},), table.hline(), table.header({header}), table.hline(stroke: 0.5pt),\n{cells}, "
        "table.hline())))"
    )


def quoted(text: str) -> str:
    """A typst string."""
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
