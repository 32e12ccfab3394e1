"""The results page: the planned result first, every number that of its row, and every empty section in words."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from django.urls import reverse

from lungstudy.library.models import Origin
from reader.models import Case, Endpoint, Marking, Reading, Study, UnsureRule
from reader.reports.figures import FIGURES
from reader.reports.lead import NO_CHANCE, NOT_GIVEN, lead_of
from reader.reports.results import kept_results_of, results_of
from reader.reports.sections import sections_of
from reader.stats.analysis import analyse
from reader.stats.counts import NO_VERDICTS
from reader.stats.estimate import Estimate
from reader.stats.mrmc import FEW_READERS
from reader.templatetags.estimates import cell
from tests.factories import PresentationFactory, ReadingFactory, SlotFactory
from tests.reader.played_study import played_study
from tests.reader.results_of_designs import CASES

TAGS = re.compile(r"<[^>]+>")


def words_of(response):
    """What a page says, without its markup."""
    return " ".join(html.unescape(TAGS.sub(" ", response.content.decode())).split())


def sections(case):
    return {section.slug: section for section in sections_of(CASES[case]())}


@pytest.fixture
def study(db):
    return played_study()


def page_of(client, study):
    client.force_login(study.created_by)
    response = client.get(reverse("reader:results", args=[study.token]))
    assert response.status_code == 200
    return response


def test_the_planned_result_comes_first_with_its_interval_its_population_and_the_warning(client, study):
    study.version, study.unsure_rule = 3, UnsureRule.HALF
    study.save()
    said = words_of(page_of(client, study))
    row = results_of(study).row("or_accuracy", "random readers, random images")
    sentence = f"{row.estimate.value:.3f}, 95 % interval {row.estimate.low:.3f} to {row.estimate.high:.3f}"

    assert sentence in said
    assert said.index(sentence) < said.index("Can they tell fake from real?", said.index("Planned before"))
    assert "readers like these, images like these" in said
    assert f"p = {row.estimate.p:.3f}" in said
    assert FEW_READERS in said
    assert f"Protocol version 3, SHA-256 {study.protocol_sha256}" in said


@pytest.mark.parametrize("endpoint", Endpoint.values)
def test_every_endpoint_is_told_or_said_not_to_be_given(study, endpoint):
    study.primary_endpoint = endpoint
    lead = lead_of(study, results_of(study))

    assert Endpoint(endpoint).label in lead.planned
    assert (lead.found == NOT_GIVEN) == (endpoint == Endpoint.CHOICE)


def test_a_figure_without_a_chance_value_is_said_not_to_be_tested(study):
    study.unsure_rule = UnsureRule.WRONG

    assert NO_CHANCE in lead_of(study, results_of(study)).found


def test_every_number_of_the_tables_is_on_the_page_as_its_row_has_it(client, study):
    said = words_of(page_of(client, study))
    found = results_of(study)
    tables = [table for section in sections_of(found) for table in section.tables]
    shown = [value for table in tables for _, cells in table.rows for value in cells]
    estimates = [value for value in shown if isinstance(value, Estimate)]

    assert len(estimates) > 40
    assert {id(one) for one in estimates} <= {id(row.estimate) for row in found.rows}
    for one in estimates:
        assert " ".join(html.unescape(TAGS.sub(" ", str(cell(one)))).split()) in said


def test_the_pooled_binomial_is_folded_away_and_called_anticonservative():
    [pooled] = [table for table in sections("three readers")["tell"].tables if "Pooled" in table.title]

    assert pooled.folded
    assert "anticonservative" in pooled.title
    assert "independent" in pooled.note


def test_the_planned_handling_of_unsure_is_marked_among_all_of_them():
    mean, each = sections("three readers")["unsure"].tables

    assert [label for label, _ in mean.rows if "planned" in label] == ["Right, unsure as half (planned)"]
    assert [column.title for column in each.columns if column.planned] == ["Unsure as half"]
    assert len(each.columns) == 5


@pytest.mark.parametrize(
    ("case", "slug", "words"),
    [
        ("no unsure", "unsure", "Unsure was no answer"),
        ("no truth", "unsure", "What was right is not known"),
        ("no truth", "tell", "What was right is not known"),
        ("one reader", "agree", "two readers or more"),
        ("pairs", "fool", "did not say fake or real"),
        ("ratings", "order", "order of reading is not known"),
        ("three readers", "marks", "took no marks"),
    ],
)
def test_an_empty_section_says_why_in_one_sentence(case, slug, words):
    section = sections(case)[slug]

    assert words in section.why_empty
    assert section.why_empty.endswith(".")
    assert not section.pictures


@pytest.mark.parametrize("case", CASES)
def test_a_section_has_numbers_or_a_reason(case):
    for section in sections_of(CASES[case]()):
        assert section.tables or section.why_empty, section.slug
        assert all(len(row) == len(table.columns) for table in section.tables for _, row in table.rows)


@pytest.mark.parametrize(
    ("case", "question"),
    [("pairs", "Can they find the right image?"), ("ratings", "Do fakes look less real to them?")],
)
def test_the_question_is_that_of_the_design(case, question):
    assert sections(case)["tell"].question == question


def test_ratings_have_holms_correction_and_intraclass_correlations():
    titles = {table.title for section in sections("ratings").values() for table in section.tables}

    assert {"Reals rated above fakes", "Intraclass correlations of the ratings", "Realism by kind of image"} <= titles


def test_ratings_are_not_said_to_get_better_since_none_is_right_or_wrong():
    found = CASES["ratings"]()
    timed = replace(found.data, positions=np.tile(np.arange(1.0, 41), (4, 1)).T, seconds=np.full((40, 4), 3.0))

    names = {row.name for row in analyse(timed)}
    assert "median_seconds" in names and "learning_per_100" not in names


def test_of_many_pairs_the_lowest_and_highest_are_shown():
    [pairs] = [table for table in sections("many readers")["agree"].tables if "pairs" in table.title]
    values = [row[0].value for _, row in pairs.rows]

    assert len(values) == 10
    assert values == sorted(values)
    assert "Of 561 pairs" in pairs.note


def test_a_study_that_nobody_read_has_results_in_words(client, study):
    Reading.objects.all().delete()
    said = words_of(page_of(client, study))

    assert "undefined" in said
    assert NO_VERDICTS in said
    assert client.get(reverse("reader:figure", args=[study.token, "said", "light"])).status_code == 200


def test_a_study_that_nobody_joined_has_no_empty_boxes(client, study):
    study.assignments.all().delete()
    response = page_of(client, study)

    assert "Nobody joined this study" in words_of(response)
    assert b"<figure" not in response.content


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_pictures_that_run_nothing(client, study, name):
    client.force_login(study.created_by)
    response = client.get(reverse("reader:figure", args=[study.token, name, "dark"]))

    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"<script" not in response.content


@pytest.mark.parametrize(("name", "theme"), [("no_such", "light"), ("said", "no_such")])
def test_an_unknown_figure_is_not_found(client, study, name, theme):
    client.force_login(study.created_by)

    assert client.get(reverse("reader:figure", args=[study.token, name, theme])).status_code == 404


def test_kept_results_are_computed_once_until_another_answer_arrives(study):
    first = kept_results_of(study)
    assert kept_results_of(study) is first

    slot = study.assignments.get(number=2).slots.get(trial__number=9)
    ReadingFactory(slot=slot, verdict="fake", counted=False, why_apart="closed")
    assert kept_results_of(study).n_late == 1


def test_marks_are_counted_by_truth_and_reason_at_the_first_showing(client, study):
    Study.objects.update(marking=Marking.BOTH, mark_reasons=["edges"])
    study.refresh_from_db()
    mark = {"place": 1, "x": 0.4, "y": 0.4, "w": 0, "h": 0, "reason": "edges"}
    Reading.objects.filter(slot__trial__number__in=(1, 5)).update(marks=[mark, {**mark, "reason": ""}])
    for case in Case.objects.all():
        PresentationFactory(case=case)
    shown_again = SlotFactory(
        assignment=study.assignments.get(number=1), case=Case.objects.get(number=1), position=10, occasion=2
    )
    ReadingFactory(slot=shown_again, verdict="fake", marks=[mark])
    found = results_of(study)

    assert found.marked.counted() == [("edges", 2, 2), ("no reason chosen", 2, 2)]
    assert set(found.marked.behind) == {"fake", "real"}
    assert Case.objects.get(number=1).image.dataset.origin == Origin.SYNTHETIC
    assert "no reason chosen" in words_of(page_of(client, study))
