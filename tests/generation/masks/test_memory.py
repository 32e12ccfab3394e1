"""Memory of a batch: what has a picture's size is there for one picture at a time, however many there are."""

import json
import subprocess
import sys

import pytest

from generation.masks.methods import DEFAULT_METHOD
from generation.masks.one_by_one import OneByOne
from tests.conftest import REPOSITORY

SIDE, FEW, MANY = 512, 32, 62
# Peak memory of the process: numpy's and torch's own alike. The few go first, so the many can only add to it; they
# fill the batches that a net takes at once.
MEASURE = """
import json, sys
from resource import RUSAGE_SELF, getrusage

import numpy as np
import torch

from generation.masks.one_by_one import OneByOne
from generation.masks.refining import Options, refine_each
from tests.generation.masks.scenes import phantom_scene

method, side, few, many = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(1)
scene = phantom_scene(2, 64)
large = lambda place: np.kron(scene.pictures[place % 2], np.ones((side // 64, side // 64), np.uint8))

def peak(count):
    pictures = OneByOne(count, large)
    maps = [scene.maps[place % 2] for place in range(count)]
    made = sum(one.mask.size for one in refine_each(pictures, maps, method, Options(parts=2)))
    assert made == count * side**2
    return getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

print(json.dumps([peak(few), peak(many)]))
"""


def test_thirty_pictures_more_take_less_memory_than_two_planes_of_each_where_keeping_all_takes_five():
    asked = [sys.executable, "-c", MEASURE, DEFAULT_METHOD, str(SIDE), str(FEW), str(MANY)]
    said = subprocess.run(asked, capture_output=True, text=True, cwd=REPOSITORY, check=True).stdout
    few, many = json.loads(said.splitlines()[-1])
    assert many - few < 2 * (MANY - FEW) * SIDE**2 * 4


def test_an_entry_is_made_when_it_is_asked_for_and_only_the_last_one_is_kept():
    made: list[int] = []

    def square(place: int) -> int:
        made.append(place)
        return place * place

    squares = OneByOne(3, square)
    assert (squares[1], squares[1], made) == (1, 1, [1])
    assert (list(squares), made) == ([0, 1, 4], [1, 0, 1, 2])
    assert squares[-3:2] == [0, 1]
    with pytest.raises(IndexError):
        squares[3]
