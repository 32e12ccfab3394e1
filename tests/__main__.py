"""What `make test` runs: every check and the whole suite on both databases, in two lanes, with one summary.

python -m tests
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.services.packages import ensure_services

BIN = Path(sys.executable).parent
PYTHON = sys.executable
PRODUCTION = {
    "LUNGSTUDY_MODE": "production",
    "LUNGSTUDY_SECRET_KEY": secrets.token_urlsafe(48),
    "LUNGSTUDY_DATABASE_URL": "postgres://lungstudy@postgres/lungstudy",
    "LUNGSTUDY_BROKER_URL": "redis://redis:6379/0",
    "LUNGSTUDY_ALLOWED_HOSTS": "reading.example.org",
    "LUNGSTUDY_BASE_URL": "https://reading.example.org",
}
# Two lanes share the machine, so neither may take all its cores for torch.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Check:
    """One command that must succeed."""

    name: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of a check."""

    check: Check
    passed: bool
    seconds: float
    output: str

    @property
    def line(self) -> str:
        """One line of the summary, with the tests' own count where there is one."""
        last = self.output.strip().splitlines()[-1:] if self.check.command[0].endswith("pytest") else []
        return f"{'ok    ' if self.passed else 'FAILED'} {self.seconds:6.1f} s  {self.check.name}  {''.join(last)}"


def tool(name: str) -> str:
    """A program of this environment."""
    return str(BIN / name)


QUICK = (
    Check("ruff", (tool("ruff"), "check", ".")),
    Check("format", (tool("ruff"), "format", "--check", ".")),
    Check("import contracts", (tool("lint-imports"),)),
    Check("types", (tool("mypy"),)),
    Check("no missing migration", (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")),
    Check(
        "check --deploy", (PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"), (*PRODUCTION.items(),)
    ),
    Check("packages agree", (PYTHON, "-m", "pip", "check")),
)
POSTGRES = Check("tests on Postgres", (tool("pytest"), "-q", "--postgres", "-m", "not browser"))
SQLITE = Check("tests on SQLite", (tool("pytest"), "-q", "-m", "not browser"))
BROWSER = Check("tests in Chromium", (tool("pytest"), "-q", "-m", "browser"))
ROOM = ("durability", "faults")
ROOM_ON_POSTGRES = Check(
    "the reading room's faults in Chromium, on Postgres",
    (tool("pytest"), "-q", "--postgres", *(f"tests/browser/test_reading_room_{name}.py" for name in ROOM)),
)
# Two at a time: whoever is done takes the next. The longest come early, so that none of them is waited for at the end.
LANES = (QUICK, (BROWSER,), (SQLITE,), (POSTGRES,), (ROOM_ON_POSTGRES,))


def run(check: Check) -> Outcome:
    """Run one check with its output kept, and say at once how it went."""
    say(f"  ...            {check.name}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lungstudy-check-") as folder:
        log = Path(folder) / "log"
        environment = {**os.environ, **ONE_THREAD, "LUNGSTUDY_VAR": folder, **dict(check.environment)}
        with log.open("wb") as output:
            process = subprocess.Popen(check.command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        wait_for(process, check.name, log)
        text = log.read_text(errors="replace")
    if process.returncode < 0:
        text += f"\nended from outside by {signal.Signals(-process.returncode).name}"
    outcome = Outcome(check, process.returncode == 0, time.monotonic() - started, text)
    say(outcome.line if outcome.passed else f"{outcome.output}\n{outcome.line}")
    return outcome


def wait_for(process: subprocess.Popen, name: str, log: Path) -> None:
    """Wait for a check; say once a minute how far it is."""
    while True:
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            say(f"  ...            {name}  {''.join(last)}")
        else:
            return


def run_lane(checks: tuple[Check, ...]) -> list[Outcome]:
    """Run checks one after the other."""
    return [run(check) for check in checks]


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def remarks(outcomes: list[Outcome]) -> list[str]:
    """Figures measured on the way, and what was skipped with its reason, each once."""
    lines = [line for outcome in outcomes for line in outcome.output.splitlines()]
    return sorted({line for line in lines if line.startswith(("SKIPPED", "NOTE"))})


def main() -> int:
    """Run both lanes and print the summary."""
    started = time.monotonic()
    services = ensure_services()
    say("\n".join(services))
    with ThreadPoolExecutor(2) as lanes:
        outcomes = [outcome for lane in lanes.map(run_lane, LANES) for outcome in lane]
    failed = [outcome.check.name for outcome in outcomes if not outcome.passed]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "Everything passed."
    minutes = f"{verdict} {(time.monotonic() - started) / 60:.1f} minutes."
    say("\n".join(["", "Summary", *[o.line for o in outcomes], *remarks(outcomes), *services, minutes]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
