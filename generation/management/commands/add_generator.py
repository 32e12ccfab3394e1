"""`manage.py add_generator`: register a model from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.actions.registering import register_generator
from generation.diffusion.errors import DiffusionError


class Command(BaseCommand):
    """Thin shell over `register_generator`."""

    help = "Register a Stable-Diffusion-shaped folder in safetensors, or a hub id where downloads are allowed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name and source."""
        parser.add_argument("name", help="as it should appear in lists and reports")
        parser.add_argument("source", help="the model's folder, or owner/name on the hub")
        parser.add_argument("--licence", default="", help="of the model; read from its card if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and register."""
        try:
            generator = register_generator(
                name=options["name"], source=options["source"], licence=options["licence"], by=None
            )
        except DiffusionError as exc:
            raise CommandError(str(exc)) from exc
        weights = generator.weights_sha256[:12] or "downloaded at the first job"
        self.stdout.write(self.style.SUCCESS(f"{generator} is registered (weights: {weights})."))
