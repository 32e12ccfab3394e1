"""Walks over affinities, against dense matrices and closed forms."""

import numpy as np
import pytest

from generation.masks.random_walk import offsets, transition, walk, walk_with_restart

SHAPE = (9, 11)


@pytest.fixture
def affinities():
    rng = np.random.default_rng(0)
    return [rng.random(SHAPE).astype(np.float32) for _ in offsets()]


@pytest.fixture
def start():
    return np.random.default_rng(1).random(SHAPE).astype(np.float32)


def mirrored(affinities):
    """The same links between the nodes of the mirrored grid: an offset's partner turns to the other side."""
    by_offset = dict(zip(offsets(), affinities, strict=True))
    turned = []
    for dy, dx in offsets():
        if dy == 0:
            plane = np.zeros(SHAPE, np.float32)
            plane[:, : SHAPE[1] - dx] = by_offset[0, dx][:, : SHAPE[1] - dx][:, ::-1]
        else:
            plane = by_offset[dy, -dx][:, ::-1]
        turned.append(np.ascontiguousarray(plane))
    return turned


def test_radius_five_has_the_34_neighbours_of_psas_half_plane_each_pair_once():
    places = set(offsets(5))
    assert len(places) == 34
    assert not places & {(-dy, -dx) for dy, dx in places}


def test_each_row_of_the_matrix_sums_to_one_and_is_linked_to_its_neighbours_only(affinities):
    matrix = transition(affinities, 8)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(99), abs=1e-5)
    assert np.diff(matrix.indptr).max() <= 69


def test_a_walk_equals_the_power_of_the_dense_matrix(affinities, start):
    dense = np.linalg.matrix_power(transition(affinities, 8).toarray().astype(np.float64), 256)
    assert walk(transition(affinities, 8), start, 256).ravel() == pytest.approx(dense @ start.ravel(), abs=5e-6)


def test_a_walk_with_restart_tends_to_its_closed_form(affinities, start):
    matrix = transition(affinities, 8)
    closed = 0.2 * np.linalg.solve(np.eye(99) - 0.8 * matrix.toarray().astype(np.float64), start.ravel())
    assert walk_with_restart(matrix, start, 0.8, 60).ravel() == pytest.approx(closed, abs=5e-6)


@pytest.mark.parametrize("spread", [walk, walk_with_restart])
def test_a_mirrored_map_over_mirrored_links_gives_a_mirrored_result(spread, affinities, start):
    ours = spread(transition(affinities, 8), start)
    other = spread(transition(mirrored(affinities), 8), np.ascontiguousarray(start[:, ::-1]))
    assert other[:, ::-1] == pytest.approx(ours, abs=1e-5)


@pytest.mark.parametrize("spread", [walk, walk_with_restart])
def test_a_map_of_one_value_stays_as_it_is(spread, affinities):
    assert spread(transition(affinities, 8), np.full(SHAPE, 0.3, np.float32)) == pytest.approx(0.3, abs=1e-5)


def test_nothing_crosses_where_affinity_is_zero(start):
    """Two halves without links: each tends to a value of its own."""
    links = []
    for _, dx in offsets():
        columns = np.arange(SHAPE[1])
        same = (columns < 5) == (columns + dx < 5)
        links.append(np.broadcast_to(same, SHAPE).astype(np.float32))
    spread = walk(transition(links, 1), start, 4000)
    assert np.ptp(spread[:, :5]) < 1e-3 and np.ptp(spread[:, 5:]) < 1e-3
    assert abs(spread[0, 0] - spread[0, 10]) > 1e-3
