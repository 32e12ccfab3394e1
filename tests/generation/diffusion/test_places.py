"""Where a training picture's finding is: it counts more there, and nowhere else."""

from dataclasses import replace

import numpy as np
import torch

from generation.diffusion.training.phantom_set import RADIOGRAPHS, SLICES, parts_of, phantom_of, phantom_set
from generation.diffusion.training.places import finding_weights
from generation.diffusion.training.plan import small_plan

PLAN = replace(small_plan(), image_size=128, phantoms=19, finding_weight=3.0)
KINDS = (*RADIOGRAPHS, *SLICES)


def weights(tmp_path) -> torch.Tensor:
    return finding_weights(PLAN, phantom_set(PLAN, tmp_path), tmp_path)


def test_pictures_without_a_finding_count_alike_everywhere(tmp_path):
    found = weights(tmp_path)
    assert found.shape == (19, 1, 16, 16)
    for number, finding in enumerate(KINDS):
        assert (found[number].max() > 1.4) == (finding != "normal"), finding


def test_a_nodule_counts_more_where_it_is_and_leaves_most_of_the_picture_alone(tmp_path):
    found = weights(tmp_path)
    for number, finding in enumerate(KINDS):
        if finding == "nodule":
            parts = parts_of(phantom_of(PLAN, number))
            column = int(found[number, 0].max(dim=0).values.argmax())
            assert ("left" in parts.findings[0]) == (column >= 8)
            assert (found[number] > 1.2).float().mean() < 0.1


def test_places_are_found_once_and_read_back(tmp_path):
    first = weights(tmp_path)
    np.save(tmp_path / "finding-places.npy", np.zeros((19, 16, 16), np.uint8))
    assert first.max() > 1
    assert torch.equal(weights(tmp_path), torch.ones(19, 1, 16, 16))
