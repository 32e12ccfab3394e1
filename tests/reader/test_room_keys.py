"""A reader's own keys over HTTP: kept, merged, and never two meanings for one press."""

import json
from itertools import combinations

import pytest
from django.urls import reverse

from reader.actions.keys import ALL, TOGETHER, actions_of, keys_for, printed
from reader.models import Confidence, Design, KeyMap, Marking, Revising
from tests.factories import StudyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = UserFactory()
    client.force_login(user)
    return user


def remap(client, **keys):
    return client.post(reverse("reader:room_keys"), {"keys": json.dumps(keys)})


def names(study):
    return [action.name for action in actions_of(study)]


def test_no_two_usual_keys_mean_two_things_in_any_study():
    usual = {action.name: action for action in ALL}
    for one, other in combinations(usual.values(), 2):
        if any({one.group, other.group} <= groups for groups in TOGETHER):
            assert one.usual != other.usual, (one.name, other.name)


def test_what_was_changed_is_kept_beside_what_was_changed_before(client, reader):
    remap(client, real="x")
    reply = remap(client, fake="Shift+ArrowLeft", **{"pan-left": "d"}).json()

    assert reply["saved"] is True
    assert (reply["keys"]["real"], reply["keys"]["fake"], reply["keys"]["unsure"]) == ("x", "Shift+ArrowLeft", "u")
    assert KeyMap.objects.get(reader=reader).keys == {"real": "x", "fake": "Shift+ArrowLeft", "pan-left": "d"}


def test_two_keys_may_change_places(client, reader):
    assert remap(client, real="f", fake="r").json()["saved"] is True


def test_places_and_points_may_share_keys_with_confidence_but_verdicts_may_not(client, reader):
    assert remap(client, **{"choice-1": "q", "rating-1": "q", "confidence-1": "q"}).json()["saved"] is True
    refused = remap(client, real="2")

    assert refused.status_code == 409
    assert refused.json()["sentence"].startswith("2 would do two things: “Real” and “Confidence 2”.")


@pytest.mark.parametrize("key", ["Enter", "Escape", "Tab", " ", "", "F5", "R", "Shift+r", "rr", "Control"])
def test_a_key_that_the_room_or_the_browser_needs_is_refused(client, reader, key):
    response = remap(client, real=key)

    assert response.status_code == 409
    assert "Press a letter, a digit, a sign or an arrow key." in response.json()["sentence"]
    assert not KeyMap.objects.exists()


def test_an_action_that_is_none_is_refused(client, reader):
    assert remap(client, answer_all="x").status_code == 409


@pytest.mark.parametrize("body", ["", "{", "[]", '{"real": 1}', '"r"', json.dumps({"real": "x" * 30})])
def test_rubbish_is_refused_with_a_sentence(client, reader, body):
    response = client.post(reverse("reader:room_keys"), {"keys": body})

    assert response.status_code == 400
    assert "set them again" in response.json()["sentence"]


def test_one_reader_s_keys_are_no_other_s(client, reader):
    remap(client, real="x")

    assert keys_for(UserFactory())["real"] == "r"


def test_strangers_are_sent_to_sign_in(client):
    assert remap(client, real="x").status_code == 302


def test_the_room_lists_what_its_study_asks_and_nothing_else():
    plain = names(StudyFactory.build(revising=Revising.NEVER, allow_unsure=False))
    full = names(
        StudyFactory.build(
            design=Design.TUPLE, tuple_size=3, confidence=Confidence.KEYS, allow_flip=True, marking=Marking.BOX,
            allow_comment=True,
        )
    )  # fmt: skip

    assert plain[:3] == ["real", "fake", "preset"]
    assert not {"back", "on", "unsure", "flip", "mark", "comment"} & set(plain)
    assert full[:10] == [
        "unsure",
        *(f"choice-{n}" for n in (1, 2, 3)),
        *(f"confidence-{n}" for n in range(1, 6)),
        "back",
    ]
    assert full[-4:] == ["flip", "mark", "comment", "help"]


def test_keys_are_printed_as_a_keyboard_shows_them():
    assert [printed(key) for key in ("r", "ArrowLeft", "Shift+ArrowUp", "+", "Home")] == ["R", "←", "⇧ ↑", "+", "Home"]
