"""What a researcher would ask for on the pages of the production site: one import and one small batch.

python manage.py shell -c "from tests.production.orders import place_orders; place_orders()"
"""

import uuid
from pathlib import Path

from django.conf import settings

from generation.actions.orders import NewDataset, Order, OrderLine
from generation.actions.queueing import queue_batch
from generation.actions.registering import register_starter
from lungstudy.library.actions.datasets import create_dataset
from lungstudy.library.actions.runs import start_import
from lungstudy.library.models import Modality, Origin
from tests.factories import ResearcherFactory, grey_png

IMAGES = 2


def place_orders() -> None:
    """Store the orders and wake nobody: beat has to find them, as after a lost wake-up."""
    researcher = ResearcherFactory(username="researcher")
    film = Path(settings.UPLOADS) / "film.png"
    film.write_bytes(grey_png(1, size=512))
    facts = {"licence": "CC0", "citation": "Drawn for this test.", "modality": Modality.RADIOGRAPH}
    dataset = create_dataset(name="Films", origin=Origin.REAL, by=researcher, **facts)
    start_import(dataset=dataset, source=film, metadata_csv=None, window="lung", uploaded=False, by=researcher)
    starter = register_starter()
    size = starter.native_size
    order = Order(
        generator=starter,
        lines=(OrderLine(prompt="chest radiograph", count=IMAGES, first_seed=1),),
        steps=2,
        guidance=3.0,
        scheduler="ddim",
        width=size,
        height=size,
    )
    drawn = NewDataset(name="Drawn", licence="CC0")
    queue_batch(order=order, dataset=drawn, request_key=uuid.uuid4(), by=researcher)
