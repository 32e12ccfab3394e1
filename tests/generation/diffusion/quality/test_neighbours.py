"""Precision, recall, density and coverage on points that can be counted by hand."""

import numpy as np
import pytest

from generation.diffusion.quality.neighbours import balls_around, kth_distances, neighbourhoods

LINE = np.arange(10.0)[:, None]


def test_the_kth_neighbour_is_counted_without_the_point_itself():
    assert kth_distances(LINE, 1).tolist() == [1.0] * 10
    assert kth_distances(LINE, 3)[[0, 1, 4]].tolist() == [3.0, 2.0, 2.0]


def test_balls_hold_the_points_they_should():
    balls = balls_around(LINE, np.array([[0.5], [4.0], [30.0]]), k=1)
    assert balls.of_points.tolist() == [2, 3, 0]
    assert balls.of_centres.tolist() == [1, 1, 0, 1, 1, 1, 0, 0, 0, 0]


def test_a_set_beside_itself_is_precise_complete_and_covered():
    points = np.random.default_rng(0).standard_normal((60, 4))
    found = neighbourhoods(points, points)
    assert (found.precision.value, found.recall.value, found.coverage.value) == (1.0, 1.0, 1.0)
    assert found.density.value == pytest.approx(6 / 5, abs=0.2)  # its five neighbours' balls, about, and its own


def test_one_image_drawn_again_and_again_is_precise_and_covers_little():
    draw = np.random.default_rng(1)
    real = draw.standard_normal((200, 2))
    found = neighbourhoods(real[:1] + 1e-3 * draw.standard_normal((200, 2)), real)
    assert found.precision.value == 1.0
    assert found.recall.value < 0.05
    assert found.coverage.value < 0.1


def test_far_away_images_are_neither():
    real = np.random.default_rng(2).standard_normal((50, 3))
    found = neighbourhoods(real + 100, real)
    assert (found.precision.value, found.recall.value, found.density.value, found.coverage.value) == (0, 0, 0, 0)
    assert found.precision.high == pytest.approx(0.0714, abs=1e-3)  # Wilson 1927: 0 of 50
    assert (found.precision.n_synthetic, found.precision.n_reference) == (50, 50)


def test_two_samples_of_one_distribution_have_a_density_of_one():
    draw = np.random.default_rng(3)
    found = neighbourhoods(draw.standard_normal((400, 3)), draw.standard_normal((400, 3)))
    assert found.density.low < 1 < found.density.high
    assert found.coverage.value == pytest.approx(1 - 0.5**5, abs=0.03)  # Naeem et al. 2020, section 3.2.3: about .97
