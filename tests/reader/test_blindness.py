"""Nothing a reader receives tells a real image from a synthetic one: a sealed pair, compared byte by byte and query by
query."""

import re
import uuid

import grimp
import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lungstudy.library.models import Dataset, Image, Origin, Provenance
from lungstudy.library.pixels.encoding import encode_png
from reader.actions.presentations import store_presentation
from reader.models import Assignment, Reading
from tests.factories import AssignmentFactory, CaseFactory, DatasetFactory, GeneratedImageFactory, SlotFactory

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
VALUE = re.compile(r"""'[^']*'|"s\d+_x\d+"|\b\d[\d.]*\b|\b[0-9a-f]{32}\b""")
# The clock of the server, to the millisecond, and the token of a form are fresh in every page.
CSRF = re.compile(r'data-now="\d+"|data-csrf-token="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"')


def film() -> np.ndarray:
    """A grainy 12-bit film that is not square."""
    return np.random.default_rng(1).integers(0, 4096, (300, 251)).astype(np.uint16)


def drawing() -> np.ndarray:
    """A smooth 8-bit square, as an upsampling network draws; it compresses to a fraction of the film."""
    return np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)


@pytest.fixture
def pair(client):
    """Slots of a real and a synthetic image in one study, rendered as sealing renders; their reader is signed in."""
    assignment = AssignmentFactory(study__image_size=256)
    sources = [(Origin.REAL, film(), "film-of-mueller.dcm"), (Origin.SYNTHETIC, drawing(), "seed-7.png")]
    slots = []
    for position, (origin, pixels, name) in enumerate(sources, start=1):
        dataset = DatasetFactory(origin=origin)
        file = ContentFile(encode_png(pixels), name="image.png")
        case = CaseFactory(
            study=assignment.study, image__dataset=dataset, image__file=file, image__source_name=name, number=position
        )
        store_presentation(case)
        slots.append(SlotFactory(assignment=assignment, case=case, position=position))
    synthetic = slots[1].trial.cases.get().image
    GeneratedImageFactory(image=synthetic, recipe={"prompt": "pneumonia"})
    Provenance.objects.create(image=synthetic, generator="starter", prompt="pneumonia", seed=7, steps=20, guidance=3)
    client.force_login(assignment.reader)
    return slots


def image(slot):
    return reverse("reader:slot_image", args=[slot.token, 1])


def without_tokens(headers):
    """Headers with each slot's random token replaced, which is all that may differ."""
    """Without what differs between any two requests: a slot's token, and the second at which it is asked."""
    return [(name, TOKEN.sub("TOKEN", value)) for name, value in headers.items() if name != "Expires"]


def test_images_have_the_same_length_header_chunks_and_response_headers(client, pair):
    real, synthetic = (client.get(image(slot)) for slot in pair)
    one, other = real.getvalue(), synthetic.getvalue()

    assert real.status_code == synthetic.status_code == 200
    assert without_tokens(real.headers) == without_tokens(synthetic.headers)
    assert real.headers["Content-Length"] == str(len(one)) == str(len(other))
    assert one[:33] == other[:33]  # signature and IHDR: size, depth, colour
    assert re.findall(rb"IHDR|IDAT|IEND|tEXt|pHYs|gAMA|tIME|eXIf", one) == [b"IHDR", b"IDAT", b"IEND"]
    assert one != other


def test_neither_image_sets_a_cookie_or_is_compressed_on_the_way(client, pair):
    for slot in pair:
        response = client.get(image(slot), headers={"accept-encoding": "gzip, br"})

        assert not response.cookies
        assert "Content-Encoding" not in response.headers


def test_both_images_and_both_answers_cost_the_same_queries(client, pair):
    first, second = pair
    questions_of(client, first)  # a connection to Postgres is told every question once, at the first asking

    assert questions_of(client, first) == questions_of(client, second)


def questions_of(client, slot) -> list[str]:
    """The SQL of looking at an image and answering, without the values in it."""
    body = {"client_key": uuid.uuid4(), "sequence": 1, "answer": "real", "seconds_open": 2}
    Reading.objects.all().delete()
    Assignment.objects.update(started_at=None)
    with CaptureQueriesContext(connection) as queries:
        client.get(image(slot)).getvalue()
        assert client.post(reverse("reader:slot_reading", args=[slot.token]), body).status_code == 200
    return [VALUE.sub("?", query["sql"]) for query in queries]


@pytest.mark.parametrize("page", ["room", "thanks"])
def test_pages_stay_the_same_when_the_images_change_origin(client, pair, page):
    address = reverse(f"reader:{page}", args=[pair[0].assignment.token])
    before = client.get(address)
    real, synthetic = Origin.REAL, Origin.SYNTHETIC
    for dataset in Dataset.objects.all():
        dataset.origin = synthetic if dataset.origin == real else real
        dataset.save(update_fields=["origin"])
    after = client.get(address)

    assert CSRF.sub("", before.content.decode()) == CSRF.sub("", after.content.decode())
    assert without_tokens(before.headers) == without_tokens(after.headers)


def test_no_header_or_page_holds_a_name_hash_or_key_of_either_image(client, pair):
    received = [client.get(reverse("reader:room", args=[pair[0].assignment.token]))]
    received += [client.get(image(slot)) for slot in pair]
    text = " ".join(f"{response.headers}" for response in received) + received[0].content.decode()
    images = Image.objects.filter(cases__trial__slots__in=pair)
    presentations = [slot.trial.cases.get().presentation for slot in pair]
    secrets = [secret for one in images for secret in (one.source_name, one.pixel_sha256, one.source_sha256, one.token)]
    secrets += [secret for one in presentations for secret in (one.sha256, one.file.name.rsplit("/")[-1])]

    assert len(secrets) == 12
    assert [secret for secret in secrets if str(secret) in text] == []


def test_nothing_that_the_room_imports_knows_how_an_image_was_made():
    graph = grimp.build_graph("reader", "lungstudy", "generation")
    reached = graph.find_upstream_modules("reader.views.room")

    assert {"reader.models.slot", "lungstudy.library.actions.serving"} <= reached
    assert [name for name in reached if name.startswith(("generation", "reader.reports", "reader.exports"))] == []
