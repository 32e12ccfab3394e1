"""Two devices of one reader, as the room's outbox behaves on them, and a network that loses, repeats and reorders."""

import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from reader.models import Reading, Revising, Study
from tests.factories import AssignmentFactory, SlotFactory

SLOTS = 3
ANSWERS = st.sampled_from(["real", "fake", "unsure"])
DEVICES = st.integers(0, 1)
FATES = ["told", "told", "told", "reply lost", "lost", "signed out"]


@dataclass
class Device:
    """What one browser knows: its waiting answers in order, and what it takes for said in each slot."""

    queue: list[dict[str, Any]] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)

    def may_answer(self, position: int, rule_of_study: str) -> bool:
        """Whether the room of this device lets its reader answer here."""
        if rule_of_study == Revising.ANY or position not in self.said:
            return True
        return rule_of_study == Revising.LAST and position == max(self.said)


class TwoDevices(RuleBasedStateMachine):
    """Answers, deliveries, losses, repeats, sign-outs, sessions and closing, in any order."""

    revising = Revising.ANY
    computers = 2

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        study = {"revising": self.revising, "confidence": "keys", "marking": "point", "sessions": 2}
        self.assignment = AssignmentFactory(**{f"study__{name}": value for name, value in study.items()})
        places = range(1, SLOTS + 1)
        self.slots = {
            session: [SlotFactory(assignment=self.assignment, session=session, position=place) for place in places]
            for session in (1, 2)
        }
        self.client, self.stranger = Client(), Client()
        self.client.force_login(self.assignment.reader)
        self.devices = [Device(), Device()]
        self.clock = itertools.count(1_000)
        self.sent: list[dict[str, Any]] = []
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.arrived: dict[str, str] = {}  # by client key, in the order of arrival: why it comes too late, or nothing
        self.session, self.closed = 1, False

    # ---- the reader

    @rule(device=DEVICES, place=st.integers(1, SLOTS), answer=ANSWERS, confidence=st.integers(1, 5))
    def say(self, device: int, place: int, answer: str, confidence: int) -> None:
        """A key is pressed, if the room of this device takes it; a page of an ended session may still be open."""
        device %= self.computers
        if not self.devices[device].may_answer(place, self.revising):
            return
        self.devices[device].said[place] = answer
        mark = f'[{{"place": 1, "x": 0.{confidence}, "y": 0.5, "w": 0, "h": 0, "reason": ""}}]'
        self.devices[device].queue.append(
            {
                "slot": self.slots[self.session][place - 1], "device": device, "client_key": str(uuid.uuid4()),
                "sequence": next(self.clock), "answer": answer, "confidence": confidence, "seconds_open": 1.5,
                "comment": "", "marks": mark, "viewing": '{"zooms": 1}',
            }
        )  # fmt: skip

    @rule(device=DEVICES)
    def reload(self, device: int) -> None:
        """The page is opened anew: what the server counts, and above it what still waits on this device."""
        slots = {slot.pk: slot.position for slot in self.slots[self.session]}
        current = {reading.slot_id: reading.answer for reading in Reading.objects.latest_per_slot()}
        waiting = {one["slot"].pk: one["answer"] for one in self.devices[device].queue}
        self.devices[device].said = {slots[pk]: said for pk, said in (current | waiting).items() if pk in slots}

    # ---- the network

    def arrive(self, answer: dict[str, Any], client: Client) -> dict[str, Any] | None:
        """The server gets it; its reply, unless the sign-in page is."""
        fields = {name: value for name, value in answer.items() if name not in ("slot", "device")}
        reply = client.post(f"/read/slots/{answer['slot'].token}/reading", fields)
        if reply.status_code == 302:
            return None
        late = "closed" if self.closed else "session" if answer["slot"].session < self.session else ""
        self.arrived.setdefault(answer["client_key"], late)
        return reply.json()

    @rule(device=DEVICES, choked=st.sampled_from([0, 0, 1, 2]), fate=st.sampled_from(FATES))
    def send(self, device: int, choked: int, fate: str) -> None:
        """The outbox sends its first, or another slot's where the server chokes on the first."""
        queue = self.devices[device % self.computers].queue
        by_slot = {answer["slot"].pk: answer for answer in reversed(queue)}
        firsts = sorted(by_slot.values(), key=lambda answer: answer["sequence"])
        if firsts:
            self.try_to_send(queue, firsts[choked % len(firsts)], fate)

    def try_to_send(self, queue: list[dict[str, Any]], answer: dict[str, Any], fate: str) -> None:
        self.sent.append(answer)
        if fate == "lost":
            return
        reply = self.arrive(answer, self.stranger if fate == "signed out" else self.client)
        if reply and fate == "told":
            assert reply["saved"], reply
            assert reply["client_key"] == answer["client_key"]
            self.acknowledged[answer["client_key"]] = reply
            queue.remove(answer)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """Something sent long ago turns up, perhaps for the second time."""
        self.arrive(data.draw(st.sampled_from(self.sent)), self.client)

    # ---- the study

    @precondition(lambda self: self.session == 1 and len(self.sent) > 6)
    @rule()
    def begin_next_session(self) -> None:
        """The washout is over and the reader came back, on both devices; answers may still wait on them."""
        self.session = self.assignment.session = 2
        self.assignment.save()
        for device in self.devices:
            device.said = {}

    @precondition(lambda self: not self.closed and len(self.sent) > 9)
    @rule()
    def close(self) -> None:
        """The researcher ends the reading."""
        self.closed = True
        Study.objects.update(state=Study.State.CLOSED)

    # ---- what must hold

    def teardown(self) -> None:
        """The network heals and every device sends what it has; all is looked at, and the database is as it was."""
        try:
            for device in self.devices:
                while device.queue:
                    self.try_to_send(device.queue, device.queue[0], "told")
            self.check()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def check(self) -> None:
        """To be said by each test."""
        raise NotImplementedError
