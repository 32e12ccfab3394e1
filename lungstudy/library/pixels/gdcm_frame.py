"""Ask GDCM, in a process of its own, for the first frame of a compressed DICOM."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

PROGRAM = Path(__file__).with_name("gdcm_process.py")
MAX_SECONDS = 120


class GdcmError(Exception):
    """GDCM refused the picture, crashed on it, or took too long."""


class GdcmProcess:
    """One process at a time, started when it is first needed and again after a crash; it ends with its asker."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asker = 0
        self._one_at_a_time = Lock()

    def first_frame(self, data: bytes) -> NDArray[Any]:
        """Stored numbers of the first frame; what pydicom makes of GDCM's answer."""
        with self._one_at_a_time:
            process = self._running()
            clock = Timer(MAX_SECONDS, process.kill)
            clock.start()
            try:
                return _ask(process, data)
            except (OSError, EOFError) as error:
                process.kill()
                process.wait()
                raise GdcmError from error
            finally:
                clock.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork the pipes belong to the parent: a worker must not read its answers.
        if self._process is None or self._process.poll() is not None or self._asker != os.getpid():
            command = [sys.executable, "-I", str(PROGRAM)]  # -I: nothing of the caller's folder is imported
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere)  # noqa: S603 - our own
            self._asker = os.getpid()
        return self._process


def _ask(process: subprocess.Popen[bytes], data: bytes) -> NDArray[Any]:
    questions, answers = _pipe(process.stdin), _pipe(process.stdout)
    questions.write(len(data).to_bytes(8, "big") + data)
    questions.flush()
    line = answers.readline()
    if not line:
        raise EOFError("GDCM crashed")
    if (head := json.loads(line)) is None:
        raise GdcmError("GDCM cannot decode the picture")
    dtype, shape = np.dtype(head[0]), tuple(head[1])
    body = answers.read(dtype.itemsize * int(np.prod(shape)))
    return np.frombuffer(body, dtype).reshape(shape)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError("the process has no pipe")
    return pipe


GDCM = GdcmProcess()
