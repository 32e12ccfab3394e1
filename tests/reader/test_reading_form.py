"""What is said beside a verdict is taken as the protocol asks for it; anything else is refused in one sentence."""

import json
import uuid

import pytest

from reader.forms.reading import ReadingForm
from reader.models import Study
from tests.factories import SlotFactory

WHOLE = {"place": 1, "x": 0.2, "y": 0.3, "w": 0, "h": 0, "reason": ""}
BOX = WHOLE | {"w": 0.5, "h": 0.25}
VIEWING = {"zoom_max": 2.5, "window_changes": 3}


def form(protocol=None, **sent):
    always = {"client_key": uuid.uuid4(), "sequence": 5, "answer": "real", "seconds_open": "2.25"}
    return ReadingForm({**always, **sent}, study=Study(**(protocol or {})))


def marks(*marks, **protocol):
    return form({"marking": "both", "mark_reasons": ["ribs", "text"], **protocol}, marks=json.dumps(marks))


def taken(checked):
    assert checked.is_valid(), checked.errors
    return checked.cleaned_data


def test_a_verdict_alone_is_enough_where_nothing_else_is_asked():
    said = taken(form())

    assert (said["confidence"], said["comment"], said["marks"], said["viewing"]) == (None, "", [], {})


@pytest.mark.parametrize(("asked", "low", "high"), [("keys", 1, 5), ("slider", 0, 100)])
def test_confidence_is_needed_where_it_is_asked_and_stays_in_its_range(asked, low, high):
    for right in (low, high):
        assert taken(form({"confidence": asked}, confidence=right))["confidence"] == right
    for wrong in (low - 1, high + 1, "", "2.5", "much"):
        assert not form({"confidence": asked}, confidence=wrong).is_valid()
    assert form({"confidence": asked}).sentence == f"Say how sure you are, from {low} to {high}, and answer again."


def test_confidence_is_refused_where_it_is_not_asked():
    assert form(confidence=3).sentence == (
        "This study does not ask how sure you are. Reload the page and answer again."
    )


def test_a_comment_is_kept_as_it_was_written():
    said = "Ribs <cross> & “fade”.\nAlso: café 肺"
    assert taken(form({"allow_comment": True}, comment=said))["comment"] == said


@pytest.mark.parametrize(
    ("allowed", "comment", "sentence"),
    [
        (False, "odd", "This study takes no comments. Reload the page and answer again."),
        (True, "x" * 2001, "The comment is longer than 2000 characters. Shorten it and answer again."),
        (True, "a\0b", "The comment holds a character that cannot be stored. Write it anew, then answer."),
    ],
)
def test_a_comment_that_cannot_be_taken_is_refused(allowed, comment, sentence):
    assert form({"allow_comment": allowed}, comment=comment).sentence == sentence


def test_points_and_boxes_are_taken_with_reasons_from_the_list():
    sent = [WHOLE, BOX | {"reason": "ribs"}, WHOLE | {"x": 0, "y": 1}, BOX | {"x": 0.5, "w": 0.5000001}]
    assert taken(marks(*sent))["marks"] == sent


@pytest.mark.parametrize(
    ("protocol", "mark", "sentence"),
    [
        ({"marking": "none"}, WHOLE, "This study takes no marks. Reload the page and answer again."),
        ({"marking": "box"}, WHOLE, "Mark 1 is a point; this study takes none. Remove it and answer again."),
        ({"marking": "point"}, BOX, "Mark 1 is a box; this study takes none. Remove it and answer again."),
        ({}, WHOLE | {"place": 2}, "Mark 1 lies on no image. Remove it and answer again."),
        ({"design": "pair"}, WHOLE | {"place": 0}, "Mark 1 lies on no image. Remove it and answer again."),
        ({}, WHOLE | {"reason": "bones"},
         "The reason of mark 1 is not on the list. Choose another and answer again."),
    ],
)  # fmt: skip
def test_marks_that_the_protocol_does_not_take_are_refused_by_number(protocol, mark, sentence):
    assert marks(mark, **protocol).sentence == sentence


def test_each_image_of_a_tuple_may_be_marked():
    assert taken(marks(WHOLE | {"place": 3}, design="tuple", tuple_size=3))["marks"][0]["place"] == 3


def test_there_may_be_fifty_marks_and_not_one_more():
    assert len(taken(marks(*[WHOLE] * 50))["marks"]) == 50
    assert marks(*[WHOLE] * 51).sentence == "There are 51 marks; remove some until 50 are left."


@pytest.mark.parametrize(
    "mark",
    [
        WHOLE | {"x": -0.1}, WHOLE | {"y": 1.1}, BOX | {"x": 0.6}, BOX | {"y": 0.8}, BOX | {"w": -0.1},
        BOX | {"w": 0}, BOX | {"h": 0}, WHOLE | {"x": "0.2"}, WHOLE | {"x": True}, WHOLE | {"x": None},
        WHOLE | {"place": True}, WHOLE | {"place": 1.0}, WHOLE | {"reason": None}, WHOLE | {"colour": "red"},
        {"x": 0.1, "y": 0.1}, [], 3, None,
    ],
)  # fmt: skip
def test_a_mark_that_is_none_is_refused(mark):
    assert marks(mark).sentence == "The marks could not be read. Reload the page and mark again."


@pytest.mark.parametrize("field", ["marks", "viewing"])
@pytest.mark.parametrize(
    "text",
    [
        "{", "nonsense", '"text"', "7", "null", "true", "[" * 50_000, "x" * 70_000, '{"zoom": NaN}',
        '{"zoom": -Infinity}', '{"zoom": 1e999}', '[{"x": 1e999}]', "1" * 6000,
        '{"zoom": 1' + "0" * 400 + "}",
    ],
)  # fmt: skip
def test_what_is_no_plain_json_is_refused_and_breaks_nothing(field, text):
    assert not form({"marking": "both"}, **{field: text}).is_valid()


def test_how_an_image_was_looked_at_is_taken_as_names_and_numbers():
    assert taken(form(viewing=json.dumps(VIEWING)))["viewing"] == VIEWING


@pytest.mark.parametrize(
    "viewing",
    [
        {"zoom": "2"}, {"zoom": True}, {"zoom": None}, {"zoom": {"max": 2}}, {"Zoom max": 2}, {"": 2},
        {"z" * 31: 2}, {f"n{number}": 1 for number in range(21)}, [1, 2],
    ],
)  # fmt: skip
def test_any_other_record_of_looking_is_refused(viewing):
    assert form(viewing=json.dumps(viewing)).sentence == (
        "The answer could not be read. Reload the page and answer again."
    )


def test_a_verdict_that_cannot_be_read_comes_before_what_is_wrong_beside_it():
    wrong = form({"confidence": "keys"}, client_key="no key", confidence=9)
    assert wrong.sentence == "The answer could not be read. Reload the page and answer again."


@pytest.mark.django_db
def test_the_room_is_told_why_and_the_stored_reading_holds_all_that_was_said(client):
    protocol = {"confidence": "keys", "allow_comment": True, "marking": "box", "mark_reasons": ["ribs"]}
    slot = SlotFactory(**{f"assignment__study__{name}": value for name, value in protocol.items()})
    client.force_login(slot.assignment.reader)
    said = {"client_key": uuid.uuid4(), "sequence": 1, "answer": "fake", "seconds_open": 2}
    beside = {"comment": "here", "marks": json.dumps([BOX | {"reason": "ribs"}]), "viewing": json.dumps(VIEWING)}
    refused = client.post(f"/read/slots/{slot.token}/reading", said | beside)
    accepted = client.post(f"/read/slots/{slot.token}/reading", said | beside | {"confidence": 4})

    assert refused.status_code == 400
    assert refused.json() == {"saved": False, "sentence": "Say how sure you are, from 1 to 5, and answer again."}
    assert accepted.json()["saved"]
    reading = slot.readings.get()
    assert (reading.confidence, reading.comment) == (4, "here")
    assert (reading.marks, reading.viewing) == ([BOX | {"reason": "ribs"}], VIEWING)
