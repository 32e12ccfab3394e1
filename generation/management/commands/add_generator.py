"""`manage.py add_generator`: register a model from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.actions.downloading import bring_model
from generation.actions.registering import Registration, register_generator
from generation.diffusion.errors import DiffusionError


class Command(BaseCommand):
    """Thin shell over `register_generator`; a download or conversion is done at once, in this process."""

    help = "Register a Stable-Diffusion-shaped folder or single file in safetensors, or a hub id where that is allowed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What a `Registration` holds."""
        parser.add_argument("name", help="as it should appear in lists and reports")
        parser.add_argument("source", help="the model's folder, a single .safetensors file, or owner/name on the hub")
        parser.add_argument("--revision", default="", help="branch, tag or commit of a hub model; pinned as a commit")
        parser.add_argument(
            "--config", default="", dest="config_source",
            help="of a single file: a model folder of its shape, or a registered generator",
        )  # fmt: skip
        parser.add_argument("--licence", default="", help="of the model; read from its card if left out")
        parser.add_argument("--trained-on", default="", help="which images it learned from")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, register, and bring what is not here."""
        names = ("name", "source", "revision", "config_source", "licence", "trained_on")
        try:
            generator = register_generator(wanted=Registration(**{name: options[name] for name in names}), by=None)
        except DiffusionError as exc:
            raise CommandError(str(exc)) from exc
        if not generator.is_here:
            self.stdout.write(f"Bringing {generator.source} here…")
            bring_model(generator.download.pk)
            generator.refresh_from_db()
        if not generator.is_here:
            raise CommandError(f"{generator.download.reason} It stays registered: try again on its page.")
        self.stdout.write(self.style.SUCCESS(f"{generator} is registered (weights: {generator.weights_sha256[:12]})."))
