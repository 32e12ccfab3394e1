"""Turns an embedding of AUTOMATIC1111's web interface (.pt) into safetensors; run in a process of its own.

`python -m generation.diffusion.unpickling IN.pt OUT.safetensors`. A pickle can hold more than numbers, so it is opened
with torch's reader for weights alone, in a process that may take little memory and time and write one small file.
"""

import resource
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from generation.diffusion.adapter_files import MOST_VECTORS
from generation.diffusion.errors import ModelError

MOST_FILE_BYTES = 4 << 20
MOST_SECONDS = 30
# Above what torch has mapped by itself, most of it never touched.
MORE_MEMORY = 1 << 30


def limit_resources() -> None:
    """Little time, little memory, small files."""
    limits = {resource.RLIMIT_CPU: MOST_SECONDS, resource.RLIMIT_FSIZE: MOST_FILE_BYTES}
    mapped = Path("/proc/self/statm")
    if mapped.exists():  # elsewhere than on Linux there is no telling what torch itself needs
        limits[resource.RLIMIT_AS] = int(mapped.read_text().split()[0]) * resource.getpagesize() + MORE_MEMORY
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def vectors_in(file: Path) -> torch.Tensor:
    """The one table of vectors, shape (k, width), under `string_to_param`.

    Raises
    ------
    ModelError
        The file is too large, holds more than numbers, or no such table.
    """
    if file.stat().st_size > MOST_FILE_BYTES:
        raise ModelError(f"{file.name} is larger than any embedding; is it a whole model?")
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever the reader meets in rubbish or in a pickle that holds more than numbers
        raise ModelError(f"{file.name} holds more than numbers, or is damaged; it was not opened further.") from error
    tables = list(held.get("string_to_param", {}).values()) if isinstance(held, dict) else []
    if len(tables) != 1 or not isinstance(tables[0], torch.Tensor) or tables[0].ndim != 2:
        raise ModelError(f"{file.name} is no embedding of AUTOMATIC1111's: it has no single table of vectors.")
    vectors = tables[0].detach().float().contiguous()
    if not 1 <= len(vectors) <= MOST_VECTORS or not torch.isfinite(vectors).all():
        raise ModelError(f"{file.name} has {len(vectors)} vectors; an embedding has 1 to {MOST_VECTORS}, all finite.")
    return vectors


def main(source: Path, out: Path) -> str:
    """Convert; what to say of it."""
    vectors = vectors_in(source)
    save_file({"vectors": vectors}, out)
    return f"{len(vectors)} vectors, {vectors.shape[1]} numbers wide"


if __name__ == "__main__":
    limit_resources()
    try:
        sys.stdout.write(main(Path(sys.argv[1]), Path(sys.argv[2])))
    except ModelError as exc:
        sys.exit(str(exc))
