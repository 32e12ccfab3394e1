"""`manage.py train_starter`: train the small model that ships with the project, on phantoms only."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.diffusion.training.plan import TrainingPlan, small_plan

REPORT_EVERY = 20


class Command(BaseCommand):
    """Thin shell: options to a plan, losses to the screen and to training.csv."""

    help = "Train the starter model on phantoms. Kill it at any time and give the same command to go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to write, how long, from which seed."""
        parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
        parser.add_argument("--work", type=Path, help="folder for checkpoints (default: OUT with .work added)")
        parser.add_argument("--vae-steps", type=int, help="steps of the autoencoder")
        parser.add_argument("--unet-steps", type=int, help="steps of the denoiser")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--snapshot", action="store_true", help="only write the model as its checkpoints have it")
        parser.add_argument("--small", action="store_true", help="seconds instead of hours; only to try the path")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, and say where the model lies."""
        from generation.diffusion.training import starter  # keeps torch out of the web process

        out: Path = options["out"]
        work: Path = options["work"] or out.with_name(out.name + ".work")
        work.mkdir(parents=True, exist_ok=True)
        plan = _plan(options)
        if options["snapshot"]:
            try:
                starter.write_snapshot(plan=plan, out=out, work=work)
            except ValueError as untrained:
                raise CommandError(str(untrained)) from untrained
        else:
            device, report = starter.device_here(), self._reporter(work / "training.csv")
            self.stdout.write(f"Training on: {device.type}")
            starter.train_starter(plan=plan, out=out, work=work, report=report, device=device)
        self.stdout.write(self.style.SUCCESS(f"The model lies in {out}; its losses in {work / 'training.csv'}."))

    def _reporter(self, path: Path) -> Callable[[str, int, float], None]:
        """Prints and files the mean loss of every 20 steps."""
        if not path.exists():
            path.write_text("phase,step,loss,seconds\n")
        started, losses = time.monotonic(), list[float]()

        def report(phase: str, step: int, loss: float) -> None:
            losses.append(loss)
            if (step + 1) % REPORT_EVERY:
                return
            mean, seconds = sum(losses) / len(losses), time.monotonic() - started
            losses.clear()
            with path.open("a") as log:
                log.write(f"{phase},{step + 1},{mean:.5f},{seconds:.0f}\n")
            self.stdout.write(f"{phase} step {step + 1}: loss {mean:.4f} after {seconds:.0f} s")

        return report


def _plan(options: dict[str, Any]) -> TrainingPlan:
    plan = small_plan(options["seed"]) if options["small"] else TrainingPlan(seed=options["seed"])
    steps = {name: options[name] for name in ("vae_steps", "unet_steps") if options[name] is not None}
    return replace(plan, **steps)
