"""`manage.py segmentation_study`: do synthetic images with masks help a net to outline? In this process."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from generation.actions.experiment_orders import ExperimentOrder
from generation.experiments.choices import SEGMENTERS, SEGMENTING, may_be_mirrored
from generation.management.experiment_command import ExperimentCommand
from generation.models import Experiment
from lungstudy.library.models import MaskSet


class Command(ExperimentCommand):
    """Adds the outlines to what both kinds share."""

    help = "Train segmentation nets on real, synthetic, and real and synthetic images; test on people's outlines."
    kind = Experiment.Kind.SEGMENTATION
    nets = SEGMENTERS
    learning = SEGMENTING
    arms = ("real", "both", "synthetic")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which outlines."""
        super().add_arguments(parser)
        parser.add_argument(
            "--masks", action="append", default=[], metavar="SET", help="mask set, of one definition (repeat)"
        )

    def order(self, options: dict[str, Any]) -> ExperimentOrder:
        """With the outlines; left and right change places only where the structure has no side."""
        sets = [mask_set_named(name) for name in options["masks"]]
        mirrored = bool(sets) and may_be_mirrored(sets[0].structure)
        order = super().order(options)
        return replace(order, mask_sets=sets, learning=replace(order.learning, mirrored=mirrored))


def mask_set_named(name: str) -> MaskSet:
    """The library's mask set."""
    found = MaskSet.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(MaskSet.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No mask set is called “{name}” (there are: {known}).")
    return found
