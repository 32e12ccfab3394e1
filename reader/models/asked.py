"""The reading room's two questions, asked for every image and every answer."""

import uuid
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile

from lungstudy.prepared import Given, Prepared
from reader.models.case import Presentation
from reader.models.slot import Slot

OWN = Slot.objects.filter(
    assignment__reader=Given("reader", models.BigIntegerField()), token=Given("token", models.UUIDField())
).order_by()
TO_FILE = Prepared(OWN.with_what_filing_needs())
# The slot once for each case of its trial, with that case's place and file.
TO_SHOW: Prepared[Any] = Prepared(
    OWN.readable()
    .only("arrangement")
    .annotate(case_place=models.F("trial__cases__place"), file=models.F("trial__cases__presentation__file"))
)


def slot_to_file(*, reader: int, token: uuid.UUID) -> Slot | None:
    """This reader's slot with all that decides whether an answer is taken, whatever the study's state."""
    return TO_FILE.first(reader=reader, token=token)


def shown_in_slot(*, reader: int, token: uuid.UUID, place: int) -> FieldFile | None:
    """The file at one place of this reader's slot, in a study and a session that take readings."""
    for slot in TO_SHOW.all(reader=reader, token=token):
        if slot.arrangement[place - 1 : place] == [slot.case_place]:
            return Presentation(file=slot.file).file
    return None
