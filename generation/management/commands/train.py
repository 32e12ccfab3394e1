"""`manage.py train`: the same training as the page's, in this process."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from generation.actions.registering import STARTER_NAME, register_starter
from generation.actions.training_orders import TrainingOrder
from generation.actions.training_queueing import queue_training, resume_training
from generation.actions.training_running import train_run
from generation.diffusion.errors import DiffusionError
from generation.diffusion.learning.plan import (
    DEVICES,
    EMBEDDING,
    KINDS,
    PRECISIONS,
    PREDICTIONS,
    SCHEDULES,
    SCRATCH,
    LearningPlan,
    sensible,
)
from generation.forms.training import TEMPLATES
from generation.models import Generator, TrainingRun
from generation.reports.training import TrainingProgress
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset

# Options of the command that are fields of the plan, and their types.
NUMBERS = {
    "seed": int, "steps": int, "batch": int, "accumulate": int, "rate": float, "warmup": int, "snr_limit": float,
    "variants": int, "caption_dropout": float, "average": float, "vectors": int, "rank": int, "alpha": int,
    "width": int, "autoencoder_steps": int, "autoencoder_rate": float,
}  # fmt: skip
HELP = {"autoencoder_steps": "it learns first, from scratch or before a fine-tuning; 0 keeps that of the model"}
CHOICES = {"schedule": SCHEDULES, "precision": PRECISIONS, "prediction": PREDICTIONS, "device": DEVICES}


class Command(BaseCommand):
    """Options to an order, an order to a run, the run to its end."""

    help = "Train an embedding, a LoRA or a model on images of the library, in this process, and register it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to train from what; left out, numbers are those that a fresh form offers."""
        parser.add_argument("--kind", choices=KINDS, required=True)
        parser.add_argument("--name", required=True, help="of the result; an embedding's word, such as <large-heart>")
        parser.add_argument("--model", default=STARTER_NAME, help="generator to start from (default: starter)")
        parser.add_argument("--dataset", action="append", default=[], metavar="NAME", help="may be given several times")
        parser.add_argument("--caption", help="template with {finding} {view} {sex} {age} {word}")
        parser.add_argument("--finding", default="", help="only images with this finding")
        parser.add_argument("--most-images", type=int)
        parser.add_argument("--held-out", type=float, default=0.1, help="share of the images (default: 0.1)")
        parser.add_argument("--sample-prompt", default="")
        parser.add_argument("--initial-words", default="", help="what an embedding begins as")
        parser.add_argument("--size", type=int, default=128, help="of a model from scratch (default: 128)")
        parser.add_argument("--text-encoder", action="store_true", help="fine-tune the text encoder too")
        parser.add_argument("--spare-memory", action="store_true", help="gradient checkpointing")
        for name, type_ in NUMBERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=type_, help=HELP.get(name))
        for name, known in CHOICES.items():
            parser.add_argument(f"--{name}", choices=known)
        parser.add_argument("--resume", action="store_true", help="go on with the unfinished run of this name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train to the end, with a line of progress."""
        try:
            run = self.stopped_run(options) if options["resume"] else self.new_run(options)
        except (DiffusionError, ValueError) as exc:
            raise CommandError(str(exc)) from exc
        for sentence in run.options["cautions"]:
            self.stderr.write(self.style.WARNING(sentence))
        try:
            train_run(run.pk, lambda step, _, loss: self.tell(run, step, loss))
        except KeyboardInterrupt:
            TrainingRun.objects.filter(pk=run.pk).update(state=JobState.CANCELLED)
            raise CommandError(f"Stopped; go on with: manage.py train {self.again(options)} --resume") from None
        self.stderr.write("")
        self.say_how_it_ended(run)

    def new_run(self, options: dict[str, Any]) -> TrainingRun:
        """Queued as the page does; this process takes it before any worker is told."""
        return queue_training(order=order_from(options), request_key=uuid4(), by=None)

    def stopped_run(self, options: dict[str, Any]) -> TrainingRun:
        """The newest run of this name and kind that is not done."""
        runs = TrainingRun.objects.filter(name=options["name"], kind=options["kind"]).exclude(state=JobState.DONE)
        run = runs.first()
        if run is None:
            raise CommandError(f"No unfinished training is called “{options['name']}”; leave --resume out.")
        if not run.is_open:
            resume_training(run=run, by=None)
        elif not TrainingRun.objects.claimable().filter(pk=run.pk).exists():
            raise CommandError(f"A worker trains “{run.name}” now; see its page, or cancel it there first.")
        return run

    def tell(self, run: TrainingRun, step: int, loss: float) -> None:
        """Over the line before."""
        run.refresh_from_db(fields=["state", "done", "started_at", "heartbeat_at"])
        left = TrainingProgress(run).time_left
        self.stderr.write(f"\rstep {step} of {run.total}, loss {loss:.4f}, {left or '?'} left    ", ending="")
        self.stderr.flush()

    def say_how_it_ended(self, run: TrainingRun) -> None:
        """What came of it, or why nothing did."""
        run.refresh_from_db()
        if run.state != JobState.DONE:
            raise CommandError(run.reason or f"The training is {run.get_state_display().lower()}.")
        result = run.adapter or run.trained_generator
        self.stdout.write(self.style.SUCCESS(f"{result} is registered after {run.total} steps."))

    @staticmethod
    def again(options: dict[str, Any]) -> str:
        """How this run is named on the command line."""
        return f"--kind {options['kind']} --name '{options['name']}'"


def order_from(options: dict[str, Any]) -> TrainingOrder:
    """The order that the options describe.

    Raises
    ------
    CommandError
        A model or a data set is not known.
    """
    kind = options["kind"]
    generator = None if kind == SCRATCH else named(options["model"])
    return TrainingOrder(
        name=options["name"],
        plan=plan_from_options(options, generator.native_size if generator else options["size"]),
        generator=generator,
        datasets=[dataset_named(name) for name in options["dataset"]],
        template=options["caption"] or TEMPLATES[kind],
        finding=options["finding"],
        most_images=options["most_images"],
        held_out_share=options["held_out"],
        sample_prompt=options["sample_prompt"],
    )


def plan_from_options(options: dict[str, Any], size: int) -> LearningPlan:
    """What a fresh form offers, with what was given in its place."""
    given = {name: options[name] for name in (*NUMBERS, *CHOICES) if options[name] is not None}
    switches = {name: options[name] for name in ("text_encoder", "spare_memory", "initial_words")}
    word = {"word": options["name"]} if options["kind"] == EMBEDDING else {}
    return replace(sensible(options["kind"], size), **given, **switches, **word)


def named(name: str) -> Generator:
    """The registered model."""
    if name == STARTER_NAME:
        register_starter()
    generator = Generator.objects.available().filter(name=name).first()
    if generator is None:
        known = ", ".join(Generator.objects.available().values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No generator is called “{name}” (registered: {known}).")
    return generator


def dataset_named(name: str) -> Dataset:
    """The library's data set."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is None:
        known = ", ".join(Dataset.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No data set is called “{name}” (there are: {known}).")
    return dataset
