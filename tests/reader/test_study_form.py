"""The form of a draft: a title is enough, a design asks only what it needs, and every refusal stands at its field."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reader.actions.drafts import edit_study
from reader.forms.parts import PARTS
from reader.forms.protocol import StudyForm
from reader.models import Study
from tests.factories import ResearcherFactory, StudyFactory
from tests.reader.builder import draft_with_pools, drawn_draft

pytestmark = pytest.mark.django_db


def typed(study=None, **changes):
    """What the browser sends of the form as it is offered, with these changes."""
    form = StudyForm(instance=study)
    offered = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in offered.items() if value is not None and value is not False}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def cleaned(study=None, **changes):
    form = StudyForm(typed(study, **changes), instance=study)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def errors(**changes):
    form = StudyForm(typed(title="A study", **changes))
    form.is_valid()
    return form.errors


def test_a_title_is_enough(client):
    researcher = ResearcherFactory()
    client.force_login(researcher)
    client.post(reverse("reader:new_study"), typed(title="A study"))
    study = Study.objects.get()

    assert (study.title, study.design, study.question) == ("A study", "single", "Is this image real or fake?")
    assert study.order_seed > 0
    assert (study.allow_unsure, study.one_per_patient, study.marking, study.mark_reasons) == (True, True, "none", [])


def test_the_seed_of_the_orders_is_never_typed():
    assert "order_seed" not in StudyForm().fields
    assert "order_seed" not in cleaned(title="A study", order_seed="5")


@pytest.mark.parametrize(
    ("design", "target", "question"),
    [
        ("single", "real", "Is this image real or fake?"),
        ("rating", "real", "How real does this image look?"),
        ("pair", "real", "Which image is real?"),
        ("tuple", "fake", "Which image is fake?"),
    ],
)
def test_the_question_follows_the_design_until_somebody_writes_another(design, target, question):
    endpoint = {"single": "accuracy", "rating": "realism"}.get(design, "choice")
    chosen = {"title": "A study", "design": design, "target": target, "primary_endpoint": endpoint}

    assert cleaned(**chosen)["question"] == question
    assert cleaned(**chosen, question="")["question"] == question
    assert cleaned(**chosen, question="Made or taken?")["question"] == "Made or taken?"


def test_what_the_design_does_not_ask_goes_back_to_its_usual_value_and_refuses_nothing():
    other = {"tuple_size": "99", "scale_points": "0", "scale_low": "x" * 99, "target": "fake", "mark_reasons": "A\nB"}
    data = cleaned(title="A study", **other, match_finding="on")

    assert (data["tuple_size"], data["scale_points"], data["target"]) == (2, 5, "real")
    assert (data["match_finding"], data["mark_reasons"]) == (False, [])


def test_reasons_are_one_per_line_without_empty_or_double_ones():
    data = cleaned(title="A study", marking="box", mark_reasons=" Texture \n\nRibs\nTexture\n")

    assert data["mark_reasons"] == ["Texture", "Ribs"]
    assert "longer than 60" in errors(marking="box", mark_reasons="x" * 61)["mark_reasons"][0]
    assert "Keep 20 or fewer" in errors(marking="box", mark_reasons="\n".join(map(str, range(21))))["mark_reasons"][0]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"exposure_ms": "16"}, "exposure_ms", "Ask for 17 ms or more, or leave it empty."),
        ({"exposure_ms": "-1"}, "exposure_ms", "one frame"),
        ({"design": "rating", "primary_endpoint": "realism", "scale_points": "11"}, "scale_points", "10"),
        ({"design": "tuple", "primary_endpoint": "choice", "tuple_size": "2"}, "tuple_size", "3"),
        ({"design": "pair"}, "primary_endpoint", "Choose one of: Share of right choices against chance; Agreement"),
        ({"read_until": "2020-02-03"}, "read_until", "3 February 2020 is over"),
        ({"sessions": "0"}, "sessions", "1"),
        ({"blocks": "0"}, "blocks", "1"),
        ({"repeat_distance": "0"}, "repeat_distance", "1"),
        ({"break_every": "0"}, "break_every", "1"),
        ({"design": "mosaic"}, "design", "mosaic"),
    ],
)
def test_a_number_that_cannot_be_is_refused_at_its_field(changes, field, sentence):
    found = errors(**changes)

    assert list(found) == [field]
    assert sentence in found[field][0]


def test_washouts_that_end_after_the_last_day_name_the_days_that_would_fit():
    soon = (timezone.localdate() + timedelta(days=20)).isoformat()

    assert "Ask for 10 days of washout or fewer" in errors(read_until=soon, sessions="3")["washout_days"][0]
    assert errors(read_until=soon, sessions="3", washout_days="10") == {}


@pytest.mark.parametrize(("design", "endpoint"), [("single", "auc"), ("pair", "choice"), ("rating", "realism")])
def test_saving_the_form_as_it_is_offered_changes_nothing_and_keeps_the_draw(design, endpoint):
    study = drawn_draft(
        design=design, primary_endpoint=endpoint, question="Made or taken?", marking="box", mark_reasons=["Ribs"],
        exposure_ms=500, read_until=timezone.localdate(), break_every=10,
    )  # fmt: skip
    before = {name: getattr(study, name) for part in PARTS for name in part.names}

    assert edit_study(study=study, **cleaned(study)) == ""
    study.refresh_from_db()
    assert {name: getattr(study, name) for name in before} == before
    assert study.cases.count() == 6


def test_a_refused_field_in_a_fold_opens_it(client):
    client.force_login(ResearcherFactory())
    page = client.post(reverse("reader:new_study"), typed(title="A study", exposure_ms="5"))
    open_folds = [section["part"].title for section in page.context["form"].parts if section["open"]]

    assert open_folds == ["How every image is shown"]
    assert "Nothing is stored yet: 1 field needs another value" in page.text


@pytest.fixture
def check(client):
    """What stands beside the form while it is typed."""

    def checking(study, **changes):
        client.force_login(study.created_by)
        return client.post(reverse("reader:check_study", args=[study.token]), typed(study, **changes)).text

    return checking


def test_what_is_typed_is_refused_beside_the_form_and_stored_nowhere(check):
    study = draft_with_pools(n_real=9, n_fake=9, per_pool=9)
    said = check(study, repeats="19", blocks="2", exposure_ms="5")

    assert "19 hidden repeats cannot be chosen among the 9 trials of the smallest block. Ask for 9 or fewer" in said
    assert "5 ms is less than one frame" in said
    study.refresh_from_db()
    assert (study.repeats, study.blocks, study.exposure_ms) == (0, 1, None)


def test_what_a_reader_is_asked_for_follows_what_is_typed(check):
    study = draft_with_pools(n_real=30, n_fake=30, per_pool=30)
    said = check(study, repeats="10", sessions="2", break_every="10", break_seconds="90")

    assert "<dt>Trials</dt><dd>60</dd>" in said
    assert "<dt>Answers of each reader</dt><dd>140</dd>" in said
    assert "<dt>Each of 2 sessions</dt><dd>about 23 min</dd>" in said  # 70 answers of 12 s, and 6 breaks of 90 s
    assert "<dt>Trials each reader meets</dt><dd>20</dd>" in check(study, blocks="3", repeat_distance="5")
    pairs = check(study, design="pair", primary_endpoint="choice")
    assert "<dt>Trials</dt><dd>30</dd>" in pairs
    assert "<dt>Images</dt><dd>60</dd>" in pairs


def test_pools_that_no_longer_fit_another_design_are_said_while_it_is_chosen(check):
    study = draft_with_pools(n_real=4, n_fake=4, per_pool=4)

    assert "let the synthetic pools draw 12" in check(study, design="tuple", tuple_size="4", primary_endpoint="choice")
    assert "alert" not in check(study, design="pair", primary_endpoint="choice")


def test_a_form_that_came_broken_is_no_error(client):
    study = StudyFactory()
    client.force_login(study.created_by)
    address = reverse("reader:check_study", args=[study.token])

    assert client.post(address, {}).status_code == 200
    assert client.post(address, {"seed": "x", "design": "x", "sessions": "-5", "read_until": "soon"}).status_code == 200
