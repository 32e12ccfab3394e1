"""Whatever is played on two devices and a bad network: nothing lost, nothing doubled, and the last word counts."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from reader.models import Reading, Revising
from tests.reader.reading_devices import TwoDevices

pytestmark = pytest.mark.django_db
PLAYS = settings(
    max_examples=20, stateful_step_count=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


class CheckedDevices(TwoDevices):
    """What must hold under every rule for revisions."""

    def check(self) -> None:
        stored = {str(reading.client_key): reading for reading in Reading.objects.select_related("slot")}
        said = {answer["client_key"]: answer for answer in self.sent}
        assert len(stored) == Reading.objects.count()
        assert set(stored) == set(said) == set(self.acknowledged)
        for key, reading in stored.items():
            self.check_kept_as_said(reading, said[key])
            self.check_apart(reading, late=self.arrived[key])
            assert self.acknowledged[key]["counted"] == reading.counted
        for slots in self.slots.values():
            for slot in slots:
                self.check_slot([stored[key] for key in self.arrived if stored[key].slot_id == slot.pk])

    def check_kept_as_said(self, reading: Reading, said: dict[str, Any]) -> None:
        assert (reading.slot_id, reading.sequence) == (said["slot"].pk, said["sequence"])
        assert (reading.answer, reading.confidence) == (said["answer"], said["confidence"])
        assert reading.marks == json.loads(said["marks"])

    def check_apart(self, reading: Reading, *, late: str) -> None:
        if late:
            assert (reading.counted, reading.why_apart) == (False, late)
        else:
            assert reading.why_apart in ("", "revision")
            assert reading.counted == (reading.why_apart == "")

    def check_slot(self, arrived: list[Reading]) -> None:
        """`arrived`: all of one slot in the order in which they came."""
        in_time = [reading for reading in arrived if not self.arrived[str(reading.client_key)]]
        current = Reading.objects.latest_per_slot().filter(slot__in={reading.slot_id for reading in arrived}).first()
        assert current == self.intended(in_time)

    def intended(self, in_time: list[Reading]) -> Reading | None:
        """The reader's last word by their own sequence."""
        return max(in_time, key=lambda reading: reading.sequence, default=None)


class AnyRevision(CheckedDevices):
    revising = Revising.ANY


class NoRevision(CheckedDevices):
    """The first word that arrives is the last."""

    revising = Revising.NEVER

    def intended(self, in_time: list[Reading]) -> Reading | None:
        return in_time[0] if in_time else None


class LastRevision(CheckedDevices):
    """Of two devices each may hold something else for the last answer; one of them always counts."""

    revising = Revising.LAST

    def intended(self, in_time: list[Reading]) -> Reading | None:
        counted = [reading for reading in in_time if reading.counted]
        assert not in_time or counted
        return super().intended(counted)


class LastRevisionOnOneDevice(LastRevision):
    """All that the room lets a reader say counts, in whatever order it arrives."""

    computers = 1

    def intended(self, in_time: list[Reading]) -> Reading | None:
        assert all(reading.counted for reading in in_time)
        return super().intended(in_time)


@pytest.mark.parametrize("devices", [AnyRevision, NoRevision, LastRevision, LastRevisionOnOneDevice])
def test_no_answer_is_lost_doubled_or_under_the_wrong_image_and_the_last_word_counts(devices):
    run_state_machine_as_test(devices, settings=PLAYS)
