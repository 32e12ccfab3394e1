"""The content of a report, block by block."""

import json

from reader.models import Study
from reader.reports.document.answers import answer_blocks
from reader.reports.document.blocks import Block, Gap, Heading, Paragraph, Table
from reader.reports.document.flow import flow_blocks
from reader.reports.document.guidelines import guideline_blocks
from reader.reports.document.methods import methods_paragraphs
from reader.reports.document.source import ReportSource
from reader.reports.lead import found, lead_of
from reader.reports.results import Results
from reader.stats.verdicts import MISSING

MOST_APPENDIX_ROWS = 500
MOST_APPENDIX_READERS = 12


def report_blocks(source: ReportSource) -> list[Block]:
    """The whole report."""
    results, study = source.results, source.study
    return [
        Heading(source.title, 1),
        *protocol_blocks(study),
        Heading("Result that was planned first" if study else "Primary result"),
        Paragraph(primary_sentence(results, study)),
        Heading("Methods"),
        *(Paragraph(text) for text in methods_paragraphs(results, study)),
        *([Heading("Flow of images and readers"), *flow_blocks(study)] if study else []),
        Heading("Results"),
        *answer_blocks(results),
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
    """The primary result in words and numbers: as the protocol planned it, or the usual one of a file."""
    if study is not None:
        lead = lead_of(study, results)
        return f"Planned: {lead.planned} {lead.found} {lead.warning}".strip()
    row = results.primary_row
    if row is None:
        return "The usual primary result, the mean area under the ROC curve, needs the truth, which the file has not."
    return f"Mean area under the ROC curve: {found(results, row.estimate, row.n_readers, row.n_images)}"


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
