"""A study's readings streamed as CSV: lines, seconds and what the process holds beyond its start, small and large.

Run it with: python -m tests.bench.export_readings (on SQLite in a folder of its own; the large study holds a million
readings and takes minutes to write).
"""

import os
import subprocess
import sys
import tempfile
import time

import django

SIZES = [(50, 2_000), (50, 21_000)]
MEGABYTE = 1024**2


def write(readers: int, images: int) -> None:
    """Fill the database of the environment."""
    from django.core.management import call_command

    from tests.bench.read_study import read_study

    call_command("migrate", verbosity=0)
    read_study(readers, images)


def export() -> None:
    """Stream the readings to nowhere; a process of its own, so that its memory is the export's."""
    import psutil

    from reader.exports.csv_lines import table_csv
    from reader.models import Study

    def held() -> int:
        """Without pages of the database's own file, which SQLite maps and the system takes back at will."""
        memory = psutil.Process().memory_info()
        return int(memory.rss - memory.shared)

    study, before, most, lines, began = Study.objects.get(), held(), 0, 0, time.perf_counter()
    for lines, _ in enumerate(table_csv(study, "readings")):
        if lines % 10_000 == 0:
            most = max(most, held())
    print(f"| {lines:,} | {time.perf_counter() - began:.1f} | {(most - before) / MEGABYTE:.0f} |", flush=True)


def in_process(*arguments: str) -> None:
    """This module in a process of its own."""
    subprocess.run([sys.executable, "-m", "tests.bench.export_readings", *arguments], check=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lungstudy.settings")
    if len(sys.argv) > 1:
        django.setup()
        {"write": write, "export": export}[sys.argv[1]](*map(int, sys.argv[2:]))
    else:
        print("| readings | seconds | most memory beyond the start (MB) |\n|---|---|---|", flush=True)
        for readers, images in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["LUNGSTUDY_VAR"] = folder
                in_process("write", str(readers), str(images))
                in_process("export")
