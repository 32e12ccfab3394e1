"""A training whose worker is killed at once (SIGKILL) is gone on with by another process, to the same weights."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.faults.killed_site import Site
from tests.generation.diffusion.tiny_models import save_tiny

STEPS = 60
QUEUE = f"""
import sys, uuid
from django.core.management import call_command
from generation.actions.registering import Registration, register_generator
from generation.actions.training_orders import TrainingOrder
from generation.actions.training_queueing import queue_training
from generation.actions.training_running import train_run
from generation.diffusion.learning.plan import LearningPlan
from generation.tasks import train
from lungstudy.library.models import Dataset
model = register_generator(wanted=Registration(name="tiny", source="FOLDER"), by=None)
call_command("draw_phantoms", dataset="phantoms", count=6, size=64, stdout=sys.stderr)
plan = LearningPlan(kind="lora", size=64, steps={STEPS}, batch=2, rate=1e-3, rank=2, alpha=2, caption_dropout=0.1)
runs = [
    queue_training(
        order=TrainingOrder(name=name, plan=plan, generator=model, datasets=[Dataset.objects.get()],
                            template="chest radiograph, {{finding}}", held_out_share=0.2),
        request_key=uuid.uuid4(), by=None)
    for name in ("whole", "killed")
]
train_run(runs[0].pk)
train.delay(runs[1].pk)
print("0")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """With one training done in one go, and another sent to whichever worker comes."""
    folder = tmp_path_factory.mktemp("killed")
    site = Site(folder / "var", LUNGSTUDY_CHECKPOINT_SECONDS="0")
    model = save_tiny(folder / "tiny", version="2.1", channels=1)
    site.python(QUEUE.replace("FOLDER", str(model)))
    yield site
    site.stop()


def killed(site: Site, columns: str) -> tuple:
    """Of the training whose worker is killed."""
    (row,) = site.ask(f"SELECT {columns} FROM generation_trainingrun WHERE name = 'killed'")
    return row


def losses(site: Site, name: str, upto: int = STEPS) -> list[tuple]:
    return site.ask(
        "SELECT l.id, l.step, l.held_out_loss FROM generation_trainingloss l JOIN generation_trainingrun r "
        f"ON l.run_id = r.id WHERE r.name = '{name}' AND l.step <= {upto} AND l.held_out_loss NOT NULL ORDER BY l.step"
    )


def weights(site: Site, name: str) -> dict[str, np.ndarray]:
    ((file,),) = site.ask(f"SELECT file FROM generation_adapter WHERE name = '{name}'")
    return load_file(site.folder / "media" / file)


def test_a_training_whose_worker_is_killed_ends_with_the_weights_of_one_that_was_left_alone(site):
    worker = site.celery("worker", "--pool", "solo", "-Q", "train")
    site.wait_for(lambda: killed(site, "checkpoint_step")[0] >= STEPS // 4, every=0.002)
    worker.kill()
    worker.wait()
    state, done, step = killed(site, "state, done, checkpoint_step")
    assert state == "running"
    assert step <= done < STEPS, "the worker was killed too late to show anything"
    before = losses(site, "killed", upto=step)
    assert before

    # Its lease of three seconds has to end before anybody else may have the run.
    site.wait_for(lambda: killed(site, "lease_until < strftime('%Y-%m-%d %H:%M:%f', 'now')")[0], every=0.1)
    site.manage("train", "--kind", "lora", "--name", "killed", "--resume")

    assert killed(site, "state, done") == ("done", STEPS)
    assert losses(site, "killed", upto=step) == before  # it went on from the checkpoint, not from the beginning
    assert [row[1:] for row in losses(site, "killed")] == [row[1:] for row in losses(site, "whole")]
    ours, theirs = weights(site, "killed"), weights(site, "whole")
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(value, theirs[name]) for name, value in ours.items())
