"""A process that draws does not fetch the same pages from the kernel again and again."""

import subprocess
import sys

import pytest

COUNT_FAULTS = """
import resource, sys
import numpy as np
from generation.diffusion.freed_memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def step():
    parts = [np.ones(n) for n in (300_000, 1_000_000, 2_000_000, 700_000)]
    del parts
step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Pages that the kernel had to give while arrays of a few MB came and went."""
    ran = subprocess.run([sys.executable, "-c", COUNT_FAULTS, how], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="Only glibc can be told.")
def test_arrays_that_come_and_go_take_the_pages_that_are_there():
    assert faults("keep") < faults("as it is") / 3
