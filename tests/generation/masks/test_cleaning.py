"""The largest parts of a mask, without holes."""

import numpy as np
import pytest

from generation.masks.cleaning import cleaned


def scattered() -> np.ndarray:
    mask = np.zeros((20, 20), dtype=bool)
    mask[1:9, 1:9] = True
    mask[3:5, 3:5] = False  # a hole
    mask[1:8, 12:18] = True
    mask[15:17, 15:17] = True
    return mask


@pytest.mark.parametrize(("parts", "area"), [(1, 64), (2, 64 + 42), (3, 64 + 42 + 4), (9, 64 + 42 + 4)])
def test_the_largest_parts_stay_and_their_holes_are_filled(parts, area):
    assert cleaned(scattered(), parts).sum() == area


def test_no_number_of_parts_leaves_the_mask_as_it_is():
    assert np.array_equal(cleaned(scattered(), 0), scattered())


def test_an_empty_mask_stays_empty():
    assert not cleaned(np.zeros((5, 5), dtype=bool), 2).any()


def test_a_negative_number_of_parts_is_refused():
    with pytest.raises(ValueError, match="-1 parts"):
        cleaned(scattered(), -1)
