"""Train a run: a worker does it, or a command in its own process; a killed one goes on from its checkpoint."""

from pathlib import Path
from typing import Any

from django.conf import settings

from generation.actions.ending import end_noted
from generation.actions.leasing import lease_kept
from generation.actions.pipelines import KEPT
from generation.actions.training_journal import Journal, OnProgress
from generation.actions.training_queueing import plan_of
from generation.actions.training_results import keep_result
from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import inspect_model
from generation.models import TrainingImage, TrainingRun
from lungstudy.library.pixels.decode import decode


def train_run(run_id: int, on_progress: OnProgress | None = None) -> None:
    """Take the run, train it to its end and keep the result; does nothing if another worker has it."""
    run = TrainingRun.objects.claim(run_id)
    if run is None:
        return
    with end_noted(run), lease_kept(run):
        train(run, on_progress)


def train(run: TrainingRun, on_progress: OnProgress | None) -> None:
    """From the checkpoint, or the beginning, to the registered result."""
    from generation.diffusion.loading import environment  # keeps torch out of the web process

    learner = learner_for(run)
    journal = Journal(run, learner, on_progress)
    journal.begin(environment())
    while not learner.is_done:
        journal.after_step(learner.take_step())
    journal.end()
    keep_result(run=run, learner=learner)
    journal.clear(kept_folder(run))


def learner_for(run: TrainingRun) -> Any:
    """The learner of a run at its first step.

    Raises
    ------
    DiffusionError
        The model is not here or has changed, or plan, model and images do not fit together.
    """
    from generation.diffusion.learning.beginning import learner_of  # keeps torch out of the web process
    from generation.diffusion.learning.examples import image_set
    from generation.diffusion.loading import refuse_missing_gpu

    refuse_missing_gpu(settings.DEVICE)
    KEPT.make_room(float("inf"))  # a training needs the memory of the models that this process drew with
    plan, images = plan_of(run), run.images.select_related("image")
    shown, held_out = (pictures(images.filter(held_out=side)) for side in (False, True))
    return learner_of(plan, base_folder(run), image_set(shown, held_out, plan), kept_folder(run))


def pictures(rows: Any) -> list[tuple[Any, str]]:
    """Grey levels and caption of each."""
    return [(pixels_of(row), row.caption) for row in rows]


def pixels_of(row: TrainingImage) -> Any:
    """The image as the library keeps it."""
    with row.image.file.open("rb") as stored:
        return decode(stored.read()).pixels


def base_folder(run: TrainingRun) -> Path | None:
    """The folder of the model to start from, with the very weights that were registered; None from scratch."""
    generator = run.generator
    if generator is None:
        return None
    folder = generator.local_folder()
    if inspect_model(folder).weights_sha256 != generator.weights_sha256:
        raise ModelError(
            f"The weights in {folder} are not those that were registered; register the folder under another name and "
            "train from that."
        )
    return folder


def kept_folder(run: TrainingRun) -> Path:
    """Where this machine keeps the latents of a run until it ends."""
    folder: Path = settings.VAR / "training" / run.token.hex
    folder.mkdir(parents=True, exist_ok=True)
    return folder
