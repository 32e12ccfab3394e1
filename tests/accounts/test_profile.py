"""A person's own name and time zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.urls import reverse

from lungstudy.accounts.time_zones import time_zone_names
from lungstudy.audit.models import Event
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_name_and_time_zone_are_saved(client):
    reader = UserFactory()
    client.force_login(reader)
    page = reverse("accounts:profile")
    response = client.post(page, {"name": "Rita R. Reader", "time_zone": "Asia/Tokyo"}, follow=True)
    assert "Your profile is saved" in response.text
    reader.refresh_from_db()
    assert (str(reader), reader.time_zone) == ("Rita R. Reader", "Asia/Tokyo")
    assert Event.objects.get().verb == "changed their profile"


def test_times_are_shown_in_the_persons_own_zone(client):
    client.force_login(UserFactory(time_zone="Asia/Tokyo"))
    # Tokyo is nine hours ahead all year; the minute may turn between the two looks at the clock.
    now = datetime.now(UTC) + timedelta(hours=9)
    around = {f"It is {moment:%H:%M} in Asia/Tokyo" for moment in (now, now + timedelta(minutes=1))}
    assert any(sentence in client.get(reverse("accounts:profile")).text for sentence in around)


def test_a_zone_that_this_machine_does_not_know_locks_nobody_out(client):
    client.force_login(UserFactory(time_zone="Moon/Tycho"))
    assert "UTC" in client.get(reverse("accounts:profile")).text


def test_a_zone_that_does_not_exist_is_not_saved(client):
    reader = UserFactory()
    client.force_login(reader)
    response = client.post(reverse("accounts:profile"), {"name": "Rita", "time_zone": "Moon/Tycho"})
    assert response.context["form"].errors["time_zone"]
    reader.refresh_from_db()
    assert reader.time_zone == "UTC"


def test_a_name_that_is_code_is_shown_as_letters(client):
    client.force_login(UserFactory(first_name="<script>alert(1)</script>"))
    assert "<script>alert" not in client.get(reverse("accounts:profile")).text


def test_every_zone_on_offer_can_be_shown():
    names = time_zone_names()
    assert {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"} <= set(names)
    each = "{% timezone zone %}{% now 'H:i' %}{% endtimezone %}"
    template = Template("{% load tz %}{% for zone in zones %}" + each + "{% endfor %}")
    assert len(template.render(Context({"zones": names}))) == 5 * len(names)
