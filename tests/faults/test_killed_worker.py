"""A worker killed at any moment loses nothing and changes nothing: another one finishes with the same images."""

import pytest

from tests.faults.killed_site import Site
from tests.generation.diffusion.tiny_models import save_tiny

QUEUE = """
import json, uuid
from generation.actions.orders import NewDataset, Order, OrderLine
from generation.actions.queueing import queue_batch
from generation.actions.drawing import draw_now
from generation.models import Generator
from generation.tasks import run_job
line = OrderLine(prompt="chest radiograph, normal", count=6, first_seed=40)
order = Order(generator=Generator.objects.get(), lines=(line,), steps=80, guidance=3.0, scheduler="ddim", width=64,
              height=64)
target = NewDataset(name=str(uuid.uuid4()), licence="none")
batch = queue_batch(order=order, dataset=target, request_key=uuid.uuid4(), by=None)
"""
SEND = "[run_job.delay(job.pk) for job in batch.jobs.all()]; print(batch.pk)"
DRAW = "draw_now(batch); print(batch.pk)"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    site = Site(folder / "var")
    site.manage("add_generator", "tiny", str(save_tiny(folder / "tiny", version="2.1", channels=1)))
    yield site
    site.stop()


@pytest.fixture(scope="module")
def undisturbed(site) -> list[str]:
    """The pixels of the batch drawn in one go."""
    return drawn(site, site.python(QUEUE + DRAW))


def drawn(site: Site, batch: int) -> list[tuple]:
    """Index, seed and pixels of what is stored, in the batch's order."""
    return site.ask(
        "SELECT g.'index', json_extract(g.recipe, '$.seed'), i.pixel_sha256 FROM generation_generatedimage g "
        "JOIN generation_job j ON g.job_id = j.id JOIN library_image i ON g.image_id = i.id "
        f"WHERE j.batch_id = {batch} ORDER BY 1"
    )


def is_in_the_middle_of_the_steps(site: Site, batch: int) -> bool:
    running = f"SELECT 1 FROM generation_job WHERE batch_id = {batch} AND state = 'running' AND step > 0"
    return bool(site.ask(running))


def has_stored_some_of_a_job(site: Site, batch: int) -> bool:
    return bool(drawn(site, batch))


@pytest.mark.parametrize("moment", [is_in_the_middle_of_the_steps, has_stored_some_of_a_job])
def test_a_batch_whose_worker_is_killed_is_finished_with_the_same_images(site, undisturbed, moment):
    batch = site.python(QUEUE + SEND)
    first = site.worker()
    site.wait_for(lambda: moment(site, batch), every=0.002)
    first.kill()
    first.wait()
    before = drawn(site, batch)
    assert len(before) < 6, "the worker was killed too late to show anything"

    second, beat = site.worker(), site.celery("beat", "--pidfile", "", "--loglevel", "WARNING")
    site.wait_for(lambda: len(drawn(site, batch)) == 6, every=0.2)
    states = f"SELECT DISTINCT state FROM generation_job WHERE batch_id = {batch}"
    site.wait_for(lambda: site.ask(states) == [("done",)], every=0.2)
    for process in (second, beat):
        process.kill()
        process.wait()

    assert drawn(site, batch) == undisturbed
    assert drawn(site, batch)[: len(before)] == before
    stored = site.ask("SELECT file FROM library_image UNION SELECT thumbnail FROM library_image")
    assert all((site.folder / "media" / name).stat().st_size for (name,) in stored)
