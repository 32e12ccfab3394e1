"""Start the whole site on this machine: web, workers and beat under one supervisor."""

import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from lungstudy.site.demonstration import may_be_made, only_demonstration_data
from lungstudy.site.demonstration_study import is_complete
from lungstudy.site.supervisor import Child, Supervisor


class Command(BaseCommand):
    """`manage.py up`: what `make run` ends in."""

    help = "Start web, workers and beat; prepares the database, static files and the demonstration first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of `up`."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-demonstration", action="store_true", help="start with an empty site")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, say where to go, supervise."""
        host, port = options["host"], options["port"]
        refuse_taken_port(host, port)
        prepare_stores()
        if not options["no_demonstration"] and may_be_made() and not is_complete():
            # In a process of its own: drawing needs torch, and the supervisor should stay small.
            subprocess.run([sys.executable, "manage.py", "demo"], cwd=settings.BASE_DIR, check=True)
        self.stdout.write(self.welcome(host, port))
        self.stdout.flush()
        connections.close_all()
        Supervisor(children(host, port)).run()

    def welcome(self, host: str, port: int) -> str:
        """The address and how to get in."""
        lines = ["", f"  lungstudy is at http://{host}:{port}/   (stop with Ctrl-C; logs in {settings.VAR / 'log'})"]
        if only_demonstration_data():
            lines.append("  Sign in with one click as the demonstration reader, researcher or admin.")
            lines.append("  The first real account or import ends the demonstration:")
        lines.append(f"  make an admin with: {Path(sys.executable)} manage.py create_admin NAME")
        return "\n".join([*lines, ""])


def refuse_taken_port(host: str, port: int) -> None:
    """Say so at once when something already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise CommandError(
                f"Port {port} on {host} is taken. Stop what uses it, or start with another: make run PORT={port + 1}"
            ) from exc


def prepare_stores() -> None:
    """Bring database and static files up to date, doing nothing when they are."""
    for folder in ("broker", "broker-control", "media", "uploads", "log"):
        (settings.VAR / folder).mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    if static_is_stale():
        call_command("collectstatic", verbosity=0, interactive=False)


def static_is_stale() -> bool:
    """Whether any static source is newer than the collected manifest."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists():
        return True
    collected = manifest.stat().st_mtime
    folders = [settings.BASE_DIR / part for part in ("lungstudy", "reader", "generation")]
    sources = (path for folder in folders for path in folder.glob("**/static/**/*") if path.is_file())
    return any(path.stat().st_mtime > collected for path in sources)


def children(host: str, port: int) -> list[Child]:
    """The processes of one machine: generation has a worker of its own, so that imports never wait for it."""
    python = sys.executable
    log = settings.VAR / "log"
    celery = [python, "-m", "celery", "-A", "lungstudy"]
    worker = [*celery, "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    served = ["--config", str(settings.BASE_DIR / "gunicorn.conf.py"), "--bind", f"{host}:{port}"]
    return [
        Child("web", [python, "-m", "gunicorn", "lungstudy.wsgi", *served, "--no-control-socket"], log / "web.log"),
        Child("worker", [*worker, "-Q", "default", "-n", "default@%h"], log / "worker.log"),
        Child("generation worker", [*worker, "-Q", "generate", "-n", "generate@%h"], log / "generate.log"),
        # Of its own too: a training takes hours, and nobody's drawing should wait for it.
        Child("training worker", [*worker, "-Q", "train", "-n", "train@%h"], log / "train.log"),
        Child("beat", [*celery, "beat", "--pidfile", "", "--loglevel", "WARNING"], log / "beat.log"),
    ]
