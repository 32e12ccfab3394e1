"""A study of full-size presentations with its readers, in the database of the environment; and what it holds later.

Run as a process of its own: `python -m tests.bench.seeding study` prints the readers, `... readings` prints counts.
"""

import json
import sys

import django

django.setup()

import numpy as np  # noqa: E402 - tables exist only after the set-up above
from django.core.files.base import ContentFile  # noqa: E402

from lungstudy.library.pixels.encoding import encode_constant_length_png  # noqa: E402
from reader.models import Presentation, Reading  # noqa: E402
from tests.factories import (  # noqa: E402
    PASSWORD,
    AssignmentFactory,
    CaseFactory,
    ImageFactory,
    OpenStudyFactory,
    PoolFactory,
    SlotFactory,
)

READERS, IMAGES, SIZE = 8, 60, 768


def make_study() -> list[dict[str, str]]:
    """How each reader signs in, and the token of their place."""
    study = OpenStudyFactory(image_size=SIZE, protocol={"images": ["0" * 64] * IMAGES})
    pool = PoolFactory(study=study, count=IMAGES)
    cases = []
    for number in range(1, IMAGES + 1):
        image = ImageFactory(dataset=pool.dataset)
        cases.append(CaseFactory(study=study, pool=pool, image=image, number=number, trial__number=number))
        pixels = np.random.default_rng(number).integers(0, 256, (SIZE, SIZE), dtype=np.uint8)
        png = encode_constant_length_png(pixels)
        Presentation.objects.create(
            case=cases[-1], file=ContentFile(png, name="presentation.png"), sha256="0" * 64, byte_length=len(png)
        )
    places = [AssignmentFactory(study=study, number=number) for number in range(1, READERS + 1)]
    for place in places:
        for position, case in enumerate(cases, start=1):
            SlotFactory(assignment=place, case=case, position=position)
    return [{"username": place.reader.username, "password": PASSWORD, "token": str(place.token)} for place in places]


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
    print(json.dumps({"study": make_study, "readings": count_readings}[sys.argv[1]]()))
