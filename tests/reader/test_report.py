"""The report: one content in HTML and PDF, with the hash, every gap marked, and words never taken for markup."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from lungstudy.audit.models import Event
from reader.models import Reading
from reader.reports.document.blocks import Gap, Heading, Table
from reader.reports.document.content import report_blocks
from reader.reports.document.printing import as_html, as_pdf, write_report
from reader.reports.document.source import report_source_of, report_source_of_file
from reader.reports.sections import sections_of
from reader.reports.truth import StillBlindError
from reader.stats.reading_file import readings_from
from tests.reader.played_study import played_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return played_study()


@pytest.fixture(scope="module")
def plain_report(django_db_setup, django_db_blocker):
    """Source and blocks of one study that no test changes, made once: making them draws every figure."""
    with django_db_blocker.unblock(), transaction.atomic():
        source = report_source_of(played_study())
        made = source, report_blocks(source)
        transaction.set_rollback(True)
    return made


def words_of(study):
    return re.sub(r"<[^>]+>", " ", as_html(report_source_of(study)))


def test_the_hash_the_plan_and_the_number_of_answers_are_in_it(study):
    Reading.objects.filter(slot__assignment__number=1).first().slot.readings.create(
        client_key="0" * 32, sequence=99, verdict="fake", seconds_open=1, counted=False, why_apart="closed"
    )
    words = words_of(study)

    assert study.protocol_sha256 in words
    assert "Planned: Accuracy against chance" in words
    assert "1: it arrived after the study had closed" in words


def test_pdf_is_a_pdf_and_html_stands_alone(study, tmp_path):
    source = report_source_of(study)

    assert as_pdf(source).startswith(b"%PDF-")
    html = as_html(source)
    assert "<svg" in html
    assert not re.search(r'(src|href)="(?!#|data:)', html.replace('xlink:href="#', ""))
    with pytest.raises(ValueError, match="HTML or PDF"):
        write_report(source, tmp_path / "report.docx")


def test_words_are_never_taken_for_markup(study):
    study.title = 'A "study" <b>of</b> #lungs $x$ \\ [ok] *all*'
    source = report_source_of(study)

    assert "<b>of</b>" not in as_html(source)
    assert as_pdf(source).startswith(b"%PDF-")


def test_it_answers_the_questions_of_the_results_page_with_the_same_numbers(plain_report):
    source, blocks = plain_report
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    [means] = [block for block in blocks if isinstance(block, Table) and block.header[0] == "Statistic"][:1]
    row = source.results.row("or_auc", "random readers, random images").estimate

    assert [section.question for section in sections_of(source.results)] == [
        text for text in headings if text.endswith("?")
    ]
    assert f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]" in [line[1] for line in means.rows]


def test_every_guideline_item_is_there_filled_or_marked_for_the_author(plain_report):
    _, blocks = plain_report
    texts = [getattr(block, "text", "") for block in blocks]

    assert [sum(text.startswith(f"{item}. ") for text in texts) for item in range(1, 16)] == [1] * 15
    assert any(isinstance(block, Gap) and block.text.startswith("3. ") for block in blocks)


def test_the_appendix_has_every_image_with_every_readers_verdict(plain_report):
    _, blocks = plain_report
    appendix = [block for block in blocks if isinstance(block, Table)][-1]

    assert len(appendix.rows) == 9
    assert appendix.rows[8] == ("9", "real", "real", "–")


def test_a_report_of_a_file_needs_no_study():
    data = readings_from(["image,reader,verdict,truth", *(f"{i},{r},fake,fake" for i in range(4) for r in "AB")])

    assert as_pdf(report_source_of_file("Elsewhere", data)).startswith(b"%PDF-")


def test_a_blind_study_has_no_report(client):
    blind = played_study("closed")
    with pytest.raises(StillBlindError):
        report_source_of(blind)
    client.force_login(blind.created_by)

    assert client.get(reverse("reader:export_whole", args=[blind.token, "pdf"])).status_code == 409


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_it_is_downloaded_from_the_results_and_logged(client, study, kind):
    client.force_login(study.created_by)
    response = client.get(reverse("reader:export_whole", args=[study.token, kind]))

    assert b"".join(response.streaming_content)
    assert response["Content-Disposition"].startswith("attachment")
    assert Event.objects.about(study).filter(verb=f"exported {kind}").exists()
