"""What is known of a mask without the truth."""

import numpy as np
import pytest

from generation.masks.errors import EmptyMaskError, MaskError, MaskSizeError
from generation.masks.refining import Options, refine
from generation.masks.scores import agreement, entropy_map, entropy_of, expected_dice, score_of
from tests.bench.mask_films import Film
from tests.bench.mask_measures import auc, column, overlaps
from tests.generation.masks.scenes import phantom_scene


def test_entropy_is_one_bit_at_one_half_and_none_where_a_pixel_is_sure():
    probability = np.array([[0.5, 0.0, 1.0, 0.25]], dtype=np.float32)
    assert entropy_map(probability)[0] == pytest.approx([1, 0, 0, 0.811278], abs=1e-5)
    assert entropy_of(probability) == pytest.approx(1.811278 / 4, abs=1e-5)


def test_the_expected_dice_is_what_masks_drawn_from_the_probabilities_reach():
    rng = np.random.default_rng(0)
    probability = rng.random((60, 60)).astype(np.float32)
    mask = probability >= 0.5
    drawn = [2 * (mask & truth).sum() / (mask.sum() + truth.sum()) for truth in rng.random((400, 60, 60)) < probability]
    assert expected_dice(probability, mask) == pytest.approx(np.mean(drawn), abs=2e-3)


def test_a_score_lies_between_zero_and_one_and_rises_with_agreement():
    scores = [score_of(0.9, agreed) for agreed in (0.0, 0.5, 1.0, None)]
    assert scores == sorted(scores) and scores[0] == 0 and scores[-1] == 0.9


def test_arrays_of_other_sizes_are_refused():
    with pytest.raises(MaskSizeError, match=r"\(4, 4\).*\(4, 5\)"):
        expected_dice(np.ones((4, 4), dtype=np.float32), np.ones((4, 5), dtype=bool))
    with pytest.raises(MaskSizeError, match=r"\(4, 4\) and \(4, 5\)"):
        agreement(np.ones((4, 4), dtype=bool), np.ones((4, 5), dtype=bool))


def test_a_film_without_a_mask_counts_in_the_benchmark_as_no_overlap_and_the_whole_diagonal():
    truth = np.zeros((30, 40), dtype=bool)
    truth[5:20, 5:20] = True
    film = Film(file="a.png", patient="a", picture=np.zeros(truth.shape, np.uint8), mask=truth)
    found = overlaps([EmptyMaskError("none")], [film])
    assert [column(found, name)[0] for name in ("dice", "iou", "hd95_pixels", "hd95_percent")] == [0, 0, 50, 100]


def test_wrong_masks_among_right_ones_are_found_by_their_score():
    """Eight of forty get the attention to another picture, moved by an eighth; the benchmark plants 20 in 100 films."""
    scene = phantom_scene(40, 64)
    maps = [
        {side: np.roll(plane, (side // 8, side // 8), axis=(0, 1)) for side, plane in scene.maps[-1 - index].items()}
        if index < 8
        else own
        for index, own in enumerate(scene.maps)
    ]
    results = refine(scene.pictures, maps, "batch_net", Options(parts=2))
    scores = [0.0 if isinstance(one, MaskError) else one.score for one in results]
    assert auc(scores[:8], scores[8:]) >= 0.95
