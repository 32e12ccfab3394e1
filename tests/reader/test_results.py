"""Results and exports: only after unblinding, and equal to a second library's numbers."""

import csv
import io

import pytest
from django.urls import reverse
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from lungstudy.audit.models import Event
from lungstudy.library.models import Dataset, Origin
from reader.exports.columns import TABLES
from reader.models import Reading, Study
from reader.reports.results import results_of
from reader.reports.truth import StillBlindError, readings_of
from reader.stats.cohen import pairwise_agreement
from tests.factories import AdminFactory, ReadingFactory, ResearcherFactory, UserFactory
from tests.reader.played_study import VERDICTS, played_study

pytestmark = pytest.mark.django_db
BLIND_STATES = [state for state in Study.State if state not in (Study.State.DRAFT, Study.State.UNBLINDED)]


def download(client, study, name):
    response = client.get(reverse("reader:export_table", args=[study.token, name, "csv"]))
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@pytest.fixture
def researcher(client):
    study = played_study()
    client.force_login(study.created_by)
    return client, study


@pytest.mark.parametrize("state", BLIND_STATES)
def test_truth_is_joined_to_readings_only_after_unblinding(client, state):
    study = played_study(state)
    client.force_login(study.created_by)

    with pytest.raises(StillBlindError):
        readings_of(study)
    page = client.get(reverse("reader:results", args=[study.token]))
    assert b"still blind" in page.content
    for table in TABLES:
        assert client.get(reverse("reader:export_table", args=[study.token, table, "csv"])).status_code == 409
    for kind in ("zip", "xlsx"):
        assert client.get(reverse("reader:export_whole", args=[study.token, kind])).status_code == 409
    assert client.get(reverse("reader:figure", args=[study.token, "agreement", "light"])).status_code == 404


def test_kappa_of_the_pair_is_that_of_scikit_learn(researcher):
    _, study = researcher
    both = [(first, second) for _, first, second in VERDICTS if second]
    [pair] = results_of(study).named("cohen_kappa")

    assert pair.estimate.value == pytest.approx(cohen_kappa_score(*zip(*both, strict=True)), abs=1e-12)
    assert pair.estimate.n == len(both)


def test_truth_by_verdict_counts_every_verdict_once(researcher):
    _, study = researcher
    first, second = results_of(study).tables()

    assert first.table == [[2, 1, 1], [1, 1, 3]]
    assert second.table == [[2, 1, 1], [0, 1, 3]]
    assert (first.n_read, second.n_read) == (9, 8)


def test_the_readings_export_gives_back_the_same_kappa_in_statsmodels(researcher):
    client, study = researcher
    rows = [row for row in download(client, study, "readings") if row["current"] == "1"]
    said = {(row["reader"], row["case"]): row["verdict"] for row in rows}
    order = ["fake", "unsure", "real"]
    table = [[0] * 3 for _ in order]
    for case in {case for _, case in said}:
        if ("1", case) in said and ("2", case) in said:
            table[order.index(said["1", case])][order.index(said["2", case])] += 1
    exported = download(client, study, "statistics")
    [pair] = [row for row in exported if (row["name"], row["weights"]) == ("cohen_kappa", "identity")]
    reference = cohens_kappa(table)

    assert float(pair["estimate"]) == pytest.approx(reference.kappa, abs=1e-12)
    assert float(pair["low"]) == pytest.approx(reference.kappa_low, abs=1e-9)
    assert all(row["protocol_sha256"] == study.protocol_sha256 for row in rows)


def test_fleiss_kappa_on_images_that_all_read_is_that_of_statsmodels():
    codes = readings_of(played_study()).codes
    complete = codes[(codes >= 0).all(axis=1)]
    counts = [[(row == code).sum() for code in range(3)] for row in complete]
    [everybody] = results_of(Study.objects.get()).named("fleiss_kappa")

    Reading.objects.filter(slot__trial__number=9).delete()
    [complete_only] = results_of(Study.objects.get()).named("fleiss_kappa")
    assert complete_only.estimate.value == pytest.approx(fleiss_kappa(counts), abs=1e-12)
    assert everybody.estimate.n == complete_only.estimate.n == len(complete)


def test_a_revision_counts_once_and_every_version_is_exported(researcher):
    client, study = researcher
    slot = Reading.objects.filter(verdict="real").first().slot
    ReadingFactory(slot=slot, verdict="fake", sequence=10_000)
    rows = [row for row in download(client, study, "readings") if row["position"] == str(slot.position)]
    versions = [row for row in rows if row["reader"] == str(slot.assignment.number)]

    assert [(row["verdict"], row["current"]) for row in versions] == [("real", "0"), ("fake", "1")]


def test_a_late_reading_is_exported_as_not_counted_and_is_in_no_number(researcher):
    client, study = researcher
    before = list(results_of(study).tables())[1].table
    slot = study.assignments.get(number=2).slots.get(trial__number=9)
    ReadingFactory(slot=slot, verdict="fake", counted=False, why_apart="closed")

    assert list(results_of(study).tables())[1].table == before
    assert results_of(study).n_late == 1
    late = [row for row in download(client, study, "readings") if row["counted"] == "0"]
    assert [(row["case"], row["current"]) for row in late] == [("9", "0")]


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(researcher):
    client, study = researcher
    Dataset.objects.filter(origin=Origin.REAL).update(name="=HYPERLINK()")
    names = {row["dataset"] for row in download(client, study, "readings") if row["truth"] == "real"}

    assert names == {"'=HYPERLINK()"}


def test_exports_are_logged(researcher):
    client, study = researcher
    download(client, study, "readings")

    assert Event.objects.about(study).get().verb == "exported readings"


@pytest.mark.parametrize(("somebody", "status"), [(UserFactory, 403), (ResearcherFactory, 404), (AdminFactory, 200)])
@pytest.mark.parametrize("page", [("results",), ("export_table", "readings", "csv"), ("export_whole", "xlsx")])
def test_results_open_to_the_studys_researchers_and_admins_only(client, somebody, status, page):
    study = played_study()
    client.force_login(somebody())

    name, *more = page
    assert client.get(reverse(f"reader:{name}", args=[study.token, *more])).status_code == status


def test_pairs_come_in_the_order_of_reader_numbers():
    codes = readings_of(played_study()).codes

    assert [(pair.first, pair.second) for pair in pairwise_agreement(codes, 3)] == [(0, 1)]
