"""`manage.py classification_study`: do synthetic images help a net to tell a finding? In this process."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from generation.actions.experiment_orders import ExperimentOrder
from generation.experiments.choices import CLASSIFIERS, CLASSIFYING
from generation.management.experiment_command import ExperimentCommand, dataset_named
from generation.models import Experiment


class Command(ExperimentCommand):
    """Adds the finding, and the synthetic images of an embedding from ten examples."""

    help = "Train classifiers on real, synthetic, and real and synthetic images; test on real ones."
    kind = Experiment.Kind.CLASSIFICATION
    nets = CLASSIFIERS
    learning = CLASSIFYING
    arms = ("real", "both", "synthetic", "ten")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is told from what."""
        super().add_arguments(parser)
        parser.add_argument("--finding", default="", help="what is to be told")
        parser.add_argument("--against", default="", help="from what (default: every other finding that is stated)")
        parser.add_argument("--synthetic-finding", default="", help="what synthetic images call it (default: the same)")
        parser.add_argument("--synthetic-against", default="", help="what they are told from (default: as --against)")
        parser.add_argument("--synthetic-ten", metavar="DATASET", help="for the arm “ten”")

    def order(self, options: dict[str, Any]) -> ExperimentOrder:
        """With the finding."""
        ten = options["synthetic_ten"]
        named = {name: options[name] for name in ("finding", "against", "synthetic_finding", "synthetic_against")}
        return replace(super().order(options), from_ten=dataset_named(ten) if ten else None, **named)
