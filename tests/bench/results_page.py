"""The results page of a large study: time to compute its results, to render the page, and to draw each figure.

Run it with: python -m tests.bench.results_page (50 readers of 2,000 images, on SQLite in a folder of its own).
"""

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

READERS, IMAGES = 50, 2000


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor milliseconds; the second says more where others use the machine too."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - own)


def main(readers: int, images: int) -> None:
    """Print one line for each step."""
    # Tables and settings exist only after the set-up in `__main__` below.
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from reader.reports.figures import FIGURES
    from reader.reports.results import kept_results_of, results_of
    from tests.bench.read_study import read_study

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    study = read_study(readers, images)
    client = Client()
    client.force_login(study.created_by)
    client.get(reverse("reader:study", args=[study.token]))  # what a first page of a process costs is not ours
    gc.collect()
    gc.freeze()  # as the web server's configuration has it
    page = reverse("reader:results", args=[study.token])
    steps: dict[str, Callable[[], object]] = {
        "first page of a process": lambda: client.get(page),
        "results alone, not kept": lambda: results_of(study),
        "page, results kept": lambda: client.get(page),
    }
    print(f"{readers} readers x {images} images; wall ms, processor ms")
    for name, work in steps.items():
        print("{:28} {:8.0f} {:8.0f}".format(name, *timed(work)))
    results = kept_results_of(study)
    for name, figure in FIGURES.items():
        figure(results, "light")  # matplotlib's first import
        print("figure {:21} {:8.0f} {:8.0f}".format(name, *timed(partial(figure, results, "light"))))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LUNGSTUDY_VAR"] = str(Path(folder))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lungstudy.settings")
        django.setup()
        main(*map(int, sys.argv[1:3] or (READERS, IMAGES)))
