"""`manage.py make_masks`: the masks of one structure in a drawn batch, from its attention, in this process."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID, uuid4

from django.core.management.base import BaseCommand, CommandError

from generation.actions.mask_run_queueing import MaskOrder, MaskRunError, parts_of, queue_mask_run
from generation.actions.mask_run_running import run_masks
from generation.masks.methods import DEFAULT_METHOD, METHODS
from generation.models import Batch, MaskRun
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Definition

DEFINITIONS = [each.value for each in Definition if each != Definition.UNSTATED]


class Command(BaseCommand):
    """Options to an order, the order to a run, the run to its end."""

    help = "Make a set of masks of a drawn batch, from the attention that was kept while it was drawn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which images, of what, how, and what to call the set."""
        of = parser.add_mutually_exclusive_group(required=True)
        of.add_argument("--dataset", metavar="NAME", help="that the batch was drawn into, if it holds one batch")
        of.add_argument("--batch", metavar="TOKEN", help="of the batch: the last part of its page's address")
        parser.add_argument(
            "--phrase", action="append", required=True, help="whose attention is added up, such as 'left lung' (repeat)"
        )
        parser.add_argument("--structure", required=True, help="what is outlined: lungs, left lung, heart, ...")
        parser.add_argument(
            "--definition", choices=DEFINITIONS, default=Definition.NOT_APPLICABLE.value,
            help="where the outline of the lungs runs; lungs need it",
        )  # fmt: skip
        parser.add_argument("--method", choices=list(METHODS), default=DEFAULT_METHOD, help=f"default {DEFAULT_METHOD}")
        parser.add_argument("--parts", type=int, help="largest parts to keep, 0 for all (default: by structure)")
        parser.add_argument("--seed", type=int, default=0, help="of nets and of folds (default: 0)")
        parser.add_argument("--name", required=True, help="of the set of masks")

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the masks and say which images got none."""
        try:
            run = queue_mask_run(order=order_of(options), request_key=uuid4(), by=None)
        except MaskRunError as exc:
            raise CommandError(str(exc)) from exc
        try:
            run_masks(run.pk)
        except KeyboardInterrupt:
            MaskRun.objects.filter(pk=run.pk).update(state=JobState.CANCELLED)
            raise CommandError(f"Stopped; go on with it on its page: /generation/masks/{run.token}/") from None
        self.say_what_came_out(run)

    def say_what_came_out(self, run: MaskRun) -> None:
        """Images without a mask, then the count; or why there is none."""
        run.refresh_from_db()
        for problem in run.problems.all():
            self.stderr.write(problem.reason)
        if run.state != JobState.DONE:
            raise CommandError(run.reason or f"The run is {run.get_state_display().lower()}.")
        made = run.mask_set.masks.count()
        self.stdout.write(self.style.SUCCESS(f"{made} of {run.total} images have a mask in “{run.mask_set}”."))


def order_of(options: dict[str, Any]) -> MaskOrder:
    """What the options ask for."""
    parts = options["parts"]
    if (parts or 0) < 0 or options["seed"] < 0:
        raise CommandError("--parts is 0 or more, and so is --seed.")
    return MaskOrder(
        batch=batch_of(options),
        phrases=tuple(options["phrase"]),
        structure=options["structure"],
        definition=Definition(options["definition"]),
        method=options["method"],
        name=options["name"],
        parts=parts_of(options["structure"]) if parts is None else parts,
        seed=options["seed"],
    )


def batch_of(options: dict[str, Any]) -> Batch:
    """By its token, or the one batch of a data set."""
    batches = Batch.objects.select_related("dataset", "generator")
    if options["batch"]:
        found = batches.filter(token=token) if (token := token_in(options["batch"])) else batches.none()
        if batch := found.first():
            return batch
        raise CommandError(f"No batch has the token “{options['batch']}”; it is the last part of its page's address.")
    found = batches.filter(dataset__name=options["dataset"])
    if not found:
        raise CommandError(f"No batch was drawn into a data set called “{options['dataset']}”.")
    if len(found) > 1:
        listed = "; ".join(f"{batch.token} {batch.title}" for batch in found)
        raise CommandError(f"“{options['dataset']}” holds several batches; choose one with --batch: {listed}")
    return found[0]


def token_in(text: str) -> UUID | None:
    """The token that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
