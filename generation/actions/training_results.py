"""Keep what a run learned: a registered adapter, or a registered model; once, whatever is killed when."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction

from generation.actions.adapters import register_adapter
from generation.actions.registering import Registration, register_generator
from generation.actions.training_journal import store
from generation.diffusion.errors import ModelError
from generation.models import Adapter, Generator, TrainingRun
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState, LeaseLostError


def keep_result(*, run: TrainingRun, learner: Any) -> None:
    """Write what was learned, register it and end the run, all or nothing.

    Raises
    ------
    DiffusionError
        It cannot be registered.
    LeaseLostError
        Another worker has the run by now; nothing of this one is kept.
    """
    if run.kind in (TrainingRun.Kind.EMBEDDING, TrainingRun.Kind.LORA):
        keep_adapter(run, learner)
    else:
        keep_model(run, learner)


def keep_adapter(run: TrainingRun, learner: Any) -> None:
    """A file of a few megabytes at most, into the site's storage."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "learned.safetensors"
        with learner.as_kept() as subject:
            store(lambda: subject.export(path, card_of(run)))
        with transaction.atomic():
            end_run(run, adapter=store(lambda: adapter_from(run, path.read_bytes())))


def keep_model(run: TrainingRun, learner: Any) -> None:
    """A folder under the site's models; half a folder is never left under the model's name."""
    folder = model_folder(run)
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    for left in (unfinished, folder):  # by an attempt at this run that was killed before it registered the model
        shutil.rmtree(left, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    try:
        with learner.as_kept() as subject:
            store(lambda: subject.export(unfinished, card_of(run)))
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    try:
        with transaction.atomic():
            end_run(run, trained_generator=generator_from(run, folder))
    except BaseException:
        if not is_registered(folder):  # else another worker finished this run a moment earlier
            shutil.rmtree(folder, ignore_errors=True)
        raise


def model_folder(run: TrainingRun) -> Path:
    """Named as the run is, and by its token: no other run, and nobody else, ever wrote a folder of that name.

    Raises
    ------
    ModelError
        A registered model lies there.
    """
    folder: Path = settings.VAR / "models" / f"{run.name}-{run.token.hex}"
    if is_registered(folder):
        raise ModelError(f"There is a registered model in {folder} already; train again under another name.")
    return folder


def is_registered(folder: Path) -> bool:
    """Whether a generator draws with what lies there."""
    return Generator.objects.filter(source=str(folder.resolve())).exists()


def generator_from(run: TrainingRun, folder: Path) -> Generator:
    """The folder as a registered model."""
    n_images = run.images.filter(held_out=False).count()
    base = f", starting from {run.generator}" if run.generator else ", from scratch"
    names = ", ".join(run.datasets.values_list("name", flat=True))
    wanted = Registration(
        name=run.name,
        source=str(folder),
        licence=licence_of(run),
        trained_on=f"{n_images} images of {names}{base}.",
    )
    generator = register_generator(wanted=wanted, by=run.created_by)
    generator.phantoms = run.options["phantoms"]
    generator.save(update_fields=["phantoms"])
    return generator


def adapter_from(run: TrainingRun, content: bytes) -> Adapter:
    """The file as an adapter of the model that the run started from."""
    if run.generator is None:
        raise ValueError(f"{run} has no generator to learn an adapter for.")
    return register_adapter(
        generator=run.generator,
        kind=run.kind,
        name=run.name,
        content=content,
        by=run.created_by,
        licence=licence_of(run),
        phantoms=run.options["phantoms"],
    )


def end_run(run: TrainingRun, **result: Any) -> None:
    """Tie the result to the run and end it."""
    TrainingRun.objects.filter(pk=run.pk).update(**result)
    record_event(verb="finished a training", by=run.created_by, target=run, steps=run.total)
    if not run.release(state=JobState.DONE):
        raise LeaseLostError(f"{run} is no longer held by this worker")


def licence_of(run: TrainingRun) -> str:
    """Of the model it started from and of the images; a person who publishes it decides."""
    of_model = [run.generator.licence] if run.generator else []
    licences = dict.fromkeys([*of_model, *run.datasets.order_by("name").values_list("licence", flat=True)])
    return "; ".join(filter(None, licences))[:200]


def card_of(run: TrainingRun) -> dict[str, str]:
    """What the file itself says of where it comes from."""
    plan, images, base = run.options["plan"], run.images, run.generator
    facts = {
        "name": run.name,
        "kind": run.get_kind_display(),
        "model": base.name if base else "",
        "model weights sha256": base.weights_sha256 if base else "",
        "data sets": "; ".join(run.datasets.values_list("name", flat=True)),
        "licences of model and images": licence_of(run),
        "images learned from": str(images.filter(held_out=False).count()),
        "images held out": str(images.filter(held_out=True).count()),
        "caption template": run.options["template"],
        "learned from phantoms only": "yes" if run.options["phantoms"] else "no",
        "steps": str(run.total),
        "made with": "lungstudy, for research, not for diagnosis",
    }
    return {**facts, **{f"plan {name}": str(value) for name, value in plan.items()}}
