"""The content of a report, block by block."""

import json
from collections.abc import Callable

from reader.models import Study
from reader.reports.document.blocks import Block, Figure, Gap, Heading, Paragraph, Table
from reader.reports.document.flow import flow_blocks
from reader.reports.document.guidelines import guideline_blocks
from reader.reports.document.methods import methods_paragraphs
from reader.reports.document.source import ReportSource
from reader.reports.figures import pictures_of
from reader.reports.results import Results
from reader.stats.rows import Row
from reader.stats.verdicts import MISSING
from reader.stats.weights import Weights

PRINT = "print"
OF_READER = (
    "coverage", "accuracy", "accuracy_decided", "accuracy_half_credit", "accuracy_worst", "accuracy_best",
    "sensitivity", "specificity", "dprime", "criterion_c", "auc", "share_found", "rank_sum_holm", "learning_per_100",
    "median_seconds",
)  # fmt: skip
MOST_APPENDIX_ROWS = 500
MOST_APPENDIX_READERS = 12
SECTIONS: dict[str, Callable[[Row], bool]] = {
    "Agreement between readers": lambda row: row.group == "all" and not row.name.startswith("pooled"),
    "Readers as a sample, images as a sample (primary tests)": lambda row: row.name.startswith("or_"),
    "Each reader": lambda row: row.name in OF_READER and row.group != "mean",
    "Pairs of readers": lambda row: row.name in ("cohen_kappa", "mcnemar") and row.weights == Weights.IDENTITY,
    "Readers against themselves": lambda row: row.name.startswith("intra_"),
    "What fools whom": lambda row: row.name.startswith("fool_rate"),
    "Intraclass correlations": lambda row: row.name == "icc",
    "What others report (anticonservative)": lambda row: row.name.startswith("pooled"),
}


def report_blocks(source: ReportSource) -> list[Block]:
    """The whole report."""
    results, study = source.results, source.study
    return [
        Heading(source.title, 1),
        *protocol_blocks(study),
        Heading("Result that was planned first"),
        Paragraph(primary_sentence(results, study)),
        Heading("Methods"),
        *(Paragraph(text) for text in methods_paragraphs(results, study)),
        *([Heading("Flow of images and readers"), *flow_blocks(study)] if study else []),
        Heading("Results"),
        *figure_blocks(results),
        *(block for title, belongs in SECTIONS.items() for block in table_of(title, results, belongs)),
        *guideline_blocks(results, study),
        *appendix(results),
    ]


def protocol_blocks(study: Study | None) -> list[Block]:
    """The protocol's name in numbers, and what is still to be written."""
    if study is None:
        return [Gap("Name the study that these readings come from, its protocol and its ethics approval.")]
    when = f"{study.sealed_at:%Y-%m-%d %H:%M} UTC" if study.sealed_at else "unknown"
    unblinded = f"{study.unblinded_at:%Y-%m-%d %H:%M} UTC" if study.unblinded_at else "unknown"
    sentence = (
        f"Protocol version {study.version}, sealed {when}, SHA-256 {study.protocol_sha256}; unblinded {unblinded}. "
        f"Seed {study.seed}."
    )
    blocks: list[Block] = [Paragraph(sentence), Gap("Authors, institutions, ethics approval, funding.")]
    if study.amendment_reason:
        changes = "; ".join(f"{what}: {short(before)} → {short(now)}" for what, before, now in changes_of(study))
        blocks.append(Paragraph(f"This version amends version {study.version - 1}: {study.amendment_reason} {changes}"))
    return blocks


def changes_of(study: Study) -> list[list[object]]:
    """What an amendment changed."""
    return list(study.protocol.get("changes", []))


def short(value: object) -> str:
    """A value in a line."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"


def primary_sentence(results: Results, study: Study | None) -> str:
    """The planned primary result in words and numbers."""
    row = results.primary_row
    name, group = results.primary
    planned = f"{study.get_primary_endpoint_display()} ({name}, {group})" if study else f"{name}, {group}"
    if row is None:
        return f"Planned: {planned}. These readings do not give it."
    return (
        f"Planned: {planned}. Found: {number(row)}. It speaks about {row.estimate.population}. {row.estimate.warning}"
    )


def figure_blocks(results: Results) -> list[Block]:
    """Every figure that these results have, drawn for paper."""
    return [Figure(picture.caption, picture.draw(results, PRINT)) for picture in pictures_of(results)]


def table_of(title: str, results: Results, belongs: Callable[[Row], bool]) -> list[Block]:
    """One table of rows; nothing where there is none."""
    rows = [row for row in results.rows if belongs(row)]
    if not rows:
        return []
    header = ("Statistic", "Of", "Weights", "Estimate [95 % interval]", "p", "Images", "Readers")
    cells = [
        (row.name.replace("_", " "), row.group, str(row.weights), number(row), p_value(row), str(row.n_images),
         str(row.n_readers))
        for row in rows
    ]  # fmt: skip
    return [Table(title, header, cells, first_number=3), *notes(rows)]


def notes(rows: list[Row]) -> list[Block]:
    """About whom the intervals speak, and every reason and warning once."""
    populations = sorted({str(row.estimate.population) for row in rows})
    words = sorted({text for row in rows for text in (row.estimate.reason, row.estimate.warning) if text})
    return [Paragraph(f"Intervals speak about: {'; '.join(populations)}. {' '.join(words)}")]


def number(row: Row) -> str:
    """Three decimals and the interval, or the reason in words."""
    one = row.estimate
    if not one.is_defined:
        return "undefined"
    return f"{one.value:.3f}" + (f" [{one.low:.3f}, {one.high:.3f}]" if one.has_interval else "")


def p_value(row: Row) -> str:
    """As papers print it."""
    p = row.estimate.p
    if p != p:
        return ""
    return "<.001" if p < 0.001 else f"{p:.3f}"


def appendix(results: Results) -> list[Block]:
    """Every image with every verdict, as far as paper allows."""
    data = results.data
    if len(data.readers) > MOST_APPENDIX_READERS or len(data.images) > MOST_APPENDIX_ROWS:
        return [Heading("Appendix"), Paragraph("The study is too large for a table of every image; see the export.")]
    said = [*data.categories, ""]
    truths = ["" if data.is_fake is None else ("fake" if fake else "real") for fake in truth_of(results)]
    rows = [
        (image, truth, *("–" if code == MISSING else said[code] for code in codes))
        for image, truth, codes in zip(data.images, truths, data.codes, strict=True)
    ]
    header = ("Image", "Truth", *(f"Reader {reader}" for reader in data.readers))
    return [Heading("Appendix"), Table("Every image and every reader's first answer", header, rows, first_number=99)]


def truth_of(results: Results) -> list[bool]:
    """Whether each image is fake; no truth counts as real and is not shown."""
    is_fake = results.data.is_fake
    return [False] * len(results.data.images) if is_fake is None else [bool(fake) for fake in is_fake]
