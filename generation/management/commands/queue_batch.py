"""`manage.py queue_batch`: queue what `manage.py generate` would draw, for the site's workers."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from kombu.exceptions import OperationalError

from generation.actions.from_files import keep_given
from generation.actions.orders import NewDataset
from generation.actions.queueing import queue_batch
from generation.diffusion.errors import DiffusionError
from generation.management.drawing_options import add_drawing_options, asked_for
from generation.models import Batch
from generation.tasks import run_job
from lungstudy.accounts.models import User
from lungstudy.library.models import Dataset


class Command(BaseCommand):
    """Options to an order, the order to a batch."""

    help = "Queue images for the workers; they arrive in a synthetic data set of the library, as from the page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to draw, where the images go, and when."""
        add_drawing_options(parser)
        parser.add_argument("--dataset", required=True, help="name of a synthetic data set, or of a new one")
        parser.add_argument("--licence", default="", help="of a new data set (default: the model's own)")
        parser.add_argument("--priority", type=int, default=0, help="the higher, the sooner (default: 0)")
        parser.add_argument("--by", default="", metavar="USER", help="the researcher who asks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep the files that were given, queue the batch and wake the workers."""
        by = asked_by(options["by"])
        try:
            batch = self._queue(options, by)
        except (DiffusionError, ValueError) as exc:
            raise CommandError(str(exc)) from exc
        try:
            for job_id in batch.jobs.values_list("pk", flat=True):
                run_job.delay(job_id)
        except (OperationalError, OSError):
            self.stderr.write("The queue does not answer just now; the batch is stored and starts when it does.")
        self.stdout.write(self.style.SUCCESS(f"Queued {batch} into “{batch.dataset}”: /generation/{batch.token}/"))

    @transaction.atomic
    def _queue(self, options: dict[str, Any], by: User | None) -> Batch:
        order, given = asked_for(options, self.stderr.write, priority=options["priority"])
        keep_given(given=given, generator=order.generator, by=by)
        if given.start and not given.source:
            self.stderr.write(
                f"The library has no image with the pixels of {options['start']}, so what is drawn belongs to no "
                "patient there; to change a film of the library, use “Change this image” on its page."
            )
        name = options["dataset"]
        target: Dataset | NewDataset | None = Dataset.objects.filter(name=name).first()
        if target is None:
            licence = options["licence"] or order.generator.licence
            if not licence:
                raise CommandError(f"“{name}” is a new data set; say with --licence how its images may be used.")
            target = NewDataset(name=name, licence=licence)
        return queue_batch(order=order, dataset=target, request_key=uuid.uuid4(), by=by)


def asked_by(name: str) -> User | None:
    """The person of that name; None where the site itself asks."""
    if not name:
        return None
    found = User.objects.filter(username=name).first()
    if found is None or not found.is_researcher:
        raise CommandError(f"No researcher is called “{name}”; give the name that they sign in with.")
    return found
