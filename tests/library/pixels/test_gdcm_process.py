"""A picture on which GDCM crashes costs one sentence and not the importing process."""

import os
import signal
from threading import Timer

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless

from lungstudy.library.pixels.gdcm_frame import GdcmError, GdcmProcess
from tests.library.pixels.made import compressed, film, saved

FILM = film()
J2K = compressed(FILM, JPEG2000Lossless, saved(FILM, "JPEG2000", no_jp2=True))


@pytest.fixture
def gdcm():
    process = GdcmProcess()
    yield process
    process._process.kill()
    process._process.wait()


def test_the_first_frame_comes_back(gdcm):
    assert (gdcm.first_frame(J2K) == FILM).all()


def test_a_refused_picture_leaves_the_process_at_work(gdcm):
    with pytest.raises(GdcmError):
        gdcm.first_frame(b"no picture")
    worker = gdcm._process.pid
    assert (gdcm.first_frame(J2K) == FILM).all() and gdcm._process.pid == worker


def test_a_crash_is_told_and_the_next_picture_is_decoded_by_a_new_process(gdcm):
    gdcm.first_frame(J2K)
    os.kill(gdcm._process.pid, signal.SIGSTOP)  # so that it dies with the question in hand
    killer = Timer(0.2, os.kill, [gdcm._process.pid, signal.SIGKILL])
    killer.start()
    with pytest.raises(GdcmError):
        gdcm.first_frame(J2K)
    assert np.array_equal(gdcm.first_frame(J2K), FILM)


def test_a_forked_worker_does_not_read_its_parents_answers(gdcm):
    gdcm.first_frame(J2K)
    parents = gdcm._process
    gdcm._asker = -1  # what a fork looks like from inside the child
    assert (gdcm.first_frame(J2K) == FILM).all() and gdcm._process is not parents
    parents.kill()
    parents.wait()
