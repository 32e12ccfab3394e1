"""A process of its own for GDCM, which damaged compressed pictures can crash: DICOM files in, first frames out.

Each question is its length in eight bytes and the file; each answer a line with dtype and shape, and the pixels.
"""

import json
import os
import resource
import sys
from io import BytesIO
from typing import BinaryIO

from pydicom import dcmread
from pydicom.pixels.utils import pixel_array

MAX_MEMORY_BYTES = 3 * 1024**3


def main() -> None:
    """Answer until the asking process closes its end."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the patient's picture
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the codecs print messages of their own
    while length := sys.stdin.buffer.read(8):
        answer(sys.stdin.buffer.read(int.from_bytes(length, "big")), answers)


def answer(data: bytes, answers: BinaryIO) -> None:
    """One answer: a line of `null` for what GDCM refuses."""
    try:
        pixels = pixel_array(dcmread(BytesIO(data), force=True), index=0, decoding_plugin="gdcm")
        answers.write(json.dumps([pixels.dtype.str, pixels.shape]).encode() + b"\n")
        answers.write(pixels.tobytes())
    except Exception:  # damaged files make the codecs raise whatever they like
        answers.write(b"null\n")
    answers.flush()


if __name__ == "__main__":
    main()
