"""The audit log: only ever added to, and readable by admins."""

from datetime import UTC, datetime

import pytest
from django.db.models import ProtectedError
from django.urls import reverse

from lungstudy.audit.actions import record_event
from lungstudy.audit.models import Event, LogIsFinalError
from tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return record_event(verb="sealed a study", by=None, seed=7)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.save(update_fields=["verb"]),
        lambda event: event.save_base(force_update=True),
        lambda event: event.delete(),
        lambda event: Event(pk=event.pk, at=event.at, verb="nothing").save(),
        lambda event: Event.objects.update(verb="nothing"),
        lambda event: Event.objects.filter(pk=event.pk).update(verb="nothing"),
        lambda event: Event.objects.all().delete(),
        lambda event: Event.objects.bulk_update([event], ["verb"]),
        lambda event: Event.objects.update_or_create(pk=event.pk, defaults={"verb": "nothing"}),
        lambda event: Event._base_manager.update(verb="nothing"),
        lambda event: Event._base_manager.all().delete(),
        lambda event: Event._base_manager.all()._raw_delete("default"),
    ],
)
def test_no_way_of_the_orm_changes_or_deletes_an_event(event, change, transactional_db):
    event.verb = "nothing"
    with pytest.raises(Exception) as refusal:
        change(event)
    assert isinstance(refusal.value, LogIsFinalError) or "UNIQUE" in str(refusal.value).upper()
    assert list(Event.objects.values_list("verb", flat=True)) == ["sealed a study"]


def test_a_person_who_did_something_cannot_be_deleted_from_under_the_log():
    admin = AdminFactory()
    record_event(verb="sealed a study", by=admin)
    with pytest.raises(ProtectedError):
        admin.delete()


@pytest.fixture
def admin(client):
    admin = AdminFactory(username="anna", time_zone="America/New_York")
    client.force_login(admin)
    return admin


def log(client, query: str = ""):
    return client.get(reverse("audit:log") + query)


def test_newest_comes_first_in_the_viewers_zone(client, admin, monkeypatch):
    for verb, at in [("first", datetime(2026, 3, 1, 2, tzinfo=UTC)), ("second", datetime(2026, 7, 1, 12, tzinfo=UTC))]:
        monkeypatch.setattr("django.utils.timezone.now", lambda at=at: at)
        record_event(verb=verb, by=admin)
    monkeypatch.undo()
    response = log(client)
    assert [event.verb for event in response.context["page"]] == ["second", "first"]
    assert "28 Feb 2026, 21:00:00" in response.text
    assert "1 Jul 2026, 08:00:00" in response.text
    assert "America/New_York" in response.text


def test_the_log_is_filtered_by_what_happened_and_by_person(client, admin):
    rita = UserFactory(username="rita")
    record_event(verb="invited", by=admin)
    record_event(verb="changed a role", by=admin, target=rita)
    record_event(verb="signed in", by=rita)

    def verbs(query: str) -> set[str]:
        return {event.verb for event in log(client, query).context["page"]}

    assert verbs("?verb=invited") == {"invited"}
    assert verbs(f"?person={rita.pk}") == {"changed a role", "signed in"}
    assert verbs(f"?person={rita.pk}&verb=invited") == set()


def test_a_filter_that_names_nothing_shows_everything_and_says_so(client, admin):
    record_event(verb="invited", by=admin)
    response = log(client, "?verb=stolen&person=9999&page=x")
    assert "everything is shown" in response.text
    assert len(response.context["page"]) == 1


def test_a_thousand_events_are_paged_and_read_with_few_queries(client, admin, django_assert_max_num_queries):
    Event.objects.bulk_create([Event(verb=f"verb {n % 3}", actor=admin, detail={"n": n}) for n in range(1000)])
    with django_assert_max_num_queries(9):
        first = log(client)
    assert "1 to 100 of 1000" in first.text
    assert "?page=2" in first.text
    last = log(client, "?verb=verb+0&page=99")
    assert len(last.context["page"]) == 34
    assert "verb=verb+0&amp;page=3" in last.text


def test_detail_is_shown_as_letters_whatever_it_holds(client, admin):
    record_event(verb="imported", by=admin, items=["<b>bold</b>"], removed_tags=2)
    text = log(client).text
    assert "<b>bold" not in text
    assert "removed tags</span> 2" in text


def test_an_empty_log_says_what_to_do(client, admin):
    assert "Nothing matches" in log(client, "?person=" + str(UserFactory().pk)).text
