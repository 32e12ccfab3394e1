"""What besides method, options and seed may change the last bits of a mask."""

from importlib.metadata import version

import torch


def versions() -> dict[str, str]:
    """Of the libraries that compute masks, and the number of threads that they use."""
    names = ("torch", "monai", "numpy", "scipy")
    return {**{name: version(name) for name in names}, "threads": str(torch.get_num_threads())}
