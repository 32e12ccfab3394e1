"""What besides method, options and seed may change the last bits of a mask."""

from importlib.metadata import version


def versions() -> dict[str, str]:
    """Of the libraries that compute masks; runs make them on one thread, whatever the machine has."""
    names = ("torch", "monai", "numpy", "scipy")
    return {**{name: version(name) for name in names}, "threads": "1"}
