"""The benchmarks whose tables the docs print, each in a process of its own so that none warms or crowds another.

Run it with: make bench.
"""

import subprocess
import sys

from tests.bench import import_films

OF_THE_DOCS = ["reading_room", "key_to_picture", "agreement", "mrmc", "results_page", "export_readings"]
"""The table of errors, tests.bench.type_one_error, takes many minutes and is run by itself."""


def run(name: str) -> None:
    """One benchmark, its table under its name; a failure ends all."""
    print(f"== tests.bench.{name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=True)
    print()


for each in OF_THE_DOCS:
    run(each)
if (import_films.SHARED / "data" / "cxr").is_dir():
    run("import_films")
else:
    print(f"The real films are not at {import_films.SHARED}, so their import is not measured; set LUNGSTUDY_SHARED.")
