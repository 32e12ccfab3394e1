"""A study of full-size presentations with its readers, in the database of the environment; and what it holds later.

Run as a process of its own: `python -m tests.bench.seeding study 8 60` prints 8 readers of 60 images, `... readings`
prints counts.
"""

import json
import sys

import django

django.setup()

import numpy as np  # noqa: E402 - tables exist only after the set-up above
from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection  # noqa: E402

from lungstudy.library.pixels.encoding import encode_constant_length_png  # noqa: E402
from reader.models import Presentation, Reading, Slot, Study  # noqa: E402
from tests.factories import (  # noqa: E402
    PASSWORD,
    AssignmentFactory,
    CaseFactory,
    ImageFactory,
    OpenStudyFactory,
    PoolFactory,
)

SIZE = 768


def make_study(readers: int, images: int) -> list[dict[str, str]]:
    """How each reader signs in, and the token of their place."""
    study = OpenStudyFactory(image_size=SIZE, protocol={"images": ["0" * 64] * images})
    cases = make_cases(study, images)
    places = [AssignmentFactory(study=study, number=number) for number in range(1, readers + 1)]
    for place in places:
        Slot.objects.bulk_create(
            Slot(assignment=place, trial=case.trial, position=position, arrangement=[1])
            for position, case in enumerate(cases, start=1)
        )
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")  # which its autovacuum does within a minute
    return [{"username": place.reader.username, "password": PASSWORD, "token": str(place.token)} for place in places]


def make_cases(study: Study, images: int) -> list:
    """Cases with presentations of noise, which no encoder makes small."""
    pool = PoolFactory(study=study, count=images)
    cases = []
    for number in range(1, images + 1):
        image = ImageFactory(dataset=pool.dataset)
        cases.append(CaseFactory(study=study, pool=pool, image=image, number=number, trial__number=number))
        pixels = np.random.default_rng(number).integers(0, 256, (SIZE, SIZE), dtype=np.uint8)
        png = encode_constant_length_png(pixels)
        Presentation.objects.create(
            case=cases[-1], file=ContentFile(png, name="presentation.png"), sha256="0" * 64, byte_length=len(png)
        )
    return cases


def count_readings() -> dict[str, int]:
    """How many verdicts are stored, under how many keys and slots, and how many count now."""
    stored = Reading.objects.values("client_key").distinct()
    slots = Reading.objects.order_by().values("slot").distinct()
    return {
        "verdicts": Reading.objects.count(),
        "keys": stored.count(),
        "slots": slots.count(),
        "current": Reading.objects.latest_per_slot().count(),
    }


if __name__ == "__main__":
    what, *sizes = sys.argv[1:]
    print(json.dumps({"study": make_study, "readings": count_readings}[what](*map(int, sizes))))
