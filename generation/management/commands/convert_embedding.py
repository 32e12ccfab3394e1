"""`manage.py convert_embedding`: an embedding of AUTOMATIC1111's as safetensors."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LONGEST = 120


class Command(BaseCommand):
    """The pickle is opened in a process of its own, with limits, and for its numbers alone."""

    help = "Convert an embedding of AUTOMATIC1111's web interface (.pt) into safetensors, to add it to a generator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where to where."""
        parser.add_argument("source", type=Path, help="the .pt file")
        parser.add_argument("out", type=Path, help="the .safetensors file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Convert, or say why not; the old file stays as it is."""
        source, out = options["source"].resolve(), options["out"].resolve()
        if not source.is_file():
            raise CommandError(f"There is no file {source}.")
        if out.suffix != ".safetensors" or out.exists():
            raise CommandError(f"{out} must be a new file whose name ends in .safetensors.")
        said = converted(source, out)
        self.stdout.write(self.style.SUCCESS(f"{out.name} is written: {said}. Add it on a generator's page."))


def converted(source: Path, out: Path) -> str:
    """What the other process says of it."""
    command = [sys.executable, "-m", "generation.diffusion.unpickling", str(source), str(out)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and two paths
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        out.unlink(missing_ok=True)
        raise CommandError(f"{source.name} took too long to read; it was given up.") from None
    if done.returncode:
        out.unlink(missing_ok=True)
        lines = done.stderr.strip().splitlines()
        raise CommandError(lines[-1] if lines else f"{source.name} cannot be read within this machine's limits.")
    return done.stdout.strip()
