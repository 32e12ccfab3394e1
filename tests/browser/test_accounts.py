"""The three small scripts of the accounts pages, in a real Chromium under the site's own content policy."""

import pytest
from django.urls import reverse

from lungstudy.accounts.models import User
from tests.factories import PASSWORD, AdminFactory, InvitationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium, live_server):
    context = chromium.new_context(
        base_url=live_server.url, timezone_id="Asia/Tokyo", permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()


def test_an_invitation_link_is_copied_by_its_button(page):
    AdminFactory(username="anna")
    page.goto(reverse("accounts:sign_in") + "?next=" + reverse("accounts:people"))
    page.fill("#id_username", "anna")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.get_by_role("button", name="Make an invitation link").click()
    link = page.get_by_label("Invitation link").input_value()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "/invitation/" in link
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert page.complaints == []


def test_a_double_click_makes_one_account_in_the_browsers_time_zone(page):
    InvitationFactory(token="t")
    page.goto(reverse("accounts:invitation", args=["t"]))
    page.get_by_label("Your name").fill("Nina Nowak")
    page.get_by_label("Username").fill("nina")
    page.get_by_label("Password", exact=True).fill("a plain passphrase")
    page.get_by_label("Password confirmation").fill("a plain passphrase")
    page.get_by_role("button", name="Make my account").dblclick()
    page.get_by_role("heading", name="Your studies").wait_for()
    assert User.objects.get(username="nina").time_zone == "Asia/Tokyo"
    assert page.complaints == []


def test_a_choice_of_time_zone_outlives_a_mistake_elsewhere_in_the_form(page):
    InvitationFactory(token="t")
    page.goto(reverse("accounts:invitation", args=["t"]))
    page.get_by_label("Time zone").select_option("Europe/Oslo")
    page.get_by_role("button", name="Make my account").click()
    page.get_by_text("This field is required.").first.wait_for()
    assert page.get_by_label("Time zone").input_value() == "Europe/Oslo"
