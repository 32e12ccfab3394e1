"""Lets a process that draws keep the memory that it frees, since the next step asks for the same again."""

import ctypes

# Of glibc's malloc.h: parameter and value. Without them each step gives its pages back to the kernel and takes new
# ones, which on a processor costs more than a tenth of the time to draw with a small model.
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = (-1, 2**31 - 1), (-2, 2**28), (-3, 2**25)


def keep_freed_memory() -> None:
    """Tell the C library so, where it is one that can be told (glibc); elsewhere nothing changes."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        for parameter, value in (TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD):
            mallopt(parameter, value)
