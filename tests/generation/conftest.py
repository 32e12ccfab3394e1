"""A tiny random model, registered; its images mean nothing and are the same each time."""

from pathlib import Path

import pytest

from generation.actions.pipelines import pipeline_of
from generation.actions.registering import Registration, register_generator
from generation.models import Generator
from lungstudy.library.models import Origin
from tests.factories import DatasetFactory, ResearcherFactory

LINE = ("prompt", "negative_prompt", "finding", "count", "first_seed")


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory) -> Path:
    """Read only: a test that changes a folder copies it first."""
    from tests.generation.diffusion.tiny_models import save_tiny

    return save_tiny(tmp_path_factory.mktemp("generators") / "tiny", version="2.1", channels=1)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Files of each test go to a folder of its own."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "media"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture(autouse=True)
def no_starter(settings, tmp_path):
    """The shipped model is another test's business."""
    settings.STARTER_MODEL = tmp_path / "no starter"


@pytest.fixture
def researcher(db):
    return ResearcherFactory()


@pytest.fixture
def generator(db, model_folder) -> Generator:
    return register_generator(wanted=Registration(name="tiny", source=str(model_folder)), by=None)


@pytest.fixture
def new_batch(generator, researcher):
    """Queue a batch as the page does."""
    from uuid import uuid4

    from generation.actions.orders import Order, OrderLine
    from generation.actions.queueing import queue_batch

    def queue(*, dataset=None, request_key=None, **wanted):
        plain = {"prompt": "chest radiograph, normal", "count": 4, "first_seed": 100}
        line = {name: wanted.pop(name, plain.get(name, "")) for name in LINE}
        settings = {"steps": 2, "guidance": 3.0, "scheduler": "ddim", "width": 64, "height": 64, **wanted}
        order = Order(**{"lines": (OrderLine(**line),), **settings}, generator=generator)
        dataset = dataset or DatasetFactory(origin=Origin.SYNTHETIC)
        return queue_batch(order=order, dataset=dataset, request_key=request_key or uuid4(), by=researcher)

    return queue


@pytest.fixture
def batch_form(generator) -> dict[str, object]:
    """The form that queues a batch, as a browser sends it."""
    from uuid import uuid4

    return {
        "request_key": str(uuid4()),
        "generator": str(generator.token),
        "prompt": "chest radiograph, normal",
        "count": 5,
        "first_seed": 7,
        "steps": 2,
        "guidance": 3,
        "scheduler": "ddim",
        "new_dataset": "mine",
        "licence": "none",
    }


@pytest.fixture
def breaking(generator):
    """The tiny model, of which the pictures of these numbers come out as no numbers, counted over all that it draws."""
    hooks, seen = [], []

    def break_pictures(*numbers: int) -> None:
        def refuse(_convolution, inputs):
            seen.append(len(seen) + 1)
            return (inputs[0] * float("nan"),) if seen[-1] in numbers else None

        hooks.append(pipeline_of(generator).vae.post_quant_conv.register_forward_pre_hook(refuse))

    yield break_pictures
    for hook in hooks:
        hook.remove()
