"""Import every real file into an empty site: counts, images per second and peak memory, printed as a table.

Run it with: python -m tests.bench.import_films (LUNGSTUDY_SHARED names the folder of real films).
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("LUNGSTUDY_SHARED", REPOSITORY.parent / "shared"))
SUMMARY = re.compile(
    r"(\d+) added \((\d+) flagged\), (\d+) already there, (\d+) not imported, (\d+) to look at; (\d+) of"
)
SOURCES = {
    "492 films with CSV": ("images", "metadata.csv"),
    "the same, a second time": ("images", "metadata.csv"),
    "40 DICOMs": ("dicom", None),
    "20 originals": ("originals", None),
    "37 derived": ("originals/derived", None),
    "19 negatives": ("negatives", None),
}


@dataclass(frozen=True)
class Outcome:
    """What one import said and took."""

    counts: tuple[str, ...]
    seconds: float
    megabytes: float


def import_once(name: str, folder: str, csv: str | None, environment: dict[str, str]) -> Outcome:
    """One run of the command, as a person would type it, in a process of its own."""
    films = SHARED / "data" / "cxr"
    dataset = "films" if folder == "images" else name
    command = [sys.executable, "manage.py", "import_images", str(films / folder), "--dataset", dataset]
    command += ["--licence", "see LICENSES.md", "--citation", "see LICENSES.md"]
    command += ["--metadata", str(films / csv)] if csv else []
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, _, usage = os.wait4(process.pid, 0)
    found = SUMMARY.search(output)
    if found is None:
        raise SystemExit(output or "The import said nothing.")
    return Outcome(found.groups(), time.monotonic() - started, peak_megabytes(usage))


def peak_megabytes(usage: resource.struct_rusage) -> float:
    """Linux counts kilobytes, macOS bytes."""
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> None:
    """Import all sources one after the other into one new site, and print a row for each."""
    with tempfile.TemporaryDirectory() as stores:
        environment = {**os.environ, "LUNGSTUDY_VAR": stores, "LUNGSTUDY_LOG_LEVEL": "ERROR"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=environment, check=True)
        print("| source | added | flagged | there | refused | to look at | files | s | files/s | peak MB |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for name, (folder, csv) in SOURCES.items():
            outcome = import_once(name, folder, csv, environment)
            rate = int(outcome.counts[-1]) / outcome.seconds
            cells = [*outcome.counts, f"{outcome.seconds:.1f}", f"{rate:.1f}", f"{outcome.megabytes:.0f}"]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
