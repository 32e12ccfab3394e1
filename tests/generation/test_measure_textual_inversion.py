"""The acceptance table of textual inversion: runs that it holds are not done again, those of other weights are."""

import pytest

from generation.diffusion.training.word_targets import TARGETS
from generation.management.commands.measure_textual_inversion import (
    COLUMNS,
    IMAGES,
    SEEDS,
    VECTORS,
    Command,
    loss,
    quantity,
    rows_of,
    table,
    write,
)

OPTIONS = {"target": "large_heart", "steps": 300, "rate": 0.005}


def row(vectors, images, seed, weights="abc", **changes):
    plain = dict.fromkeys(COLUMNS, "") | {"weights": weights, **OPTIONS, "drawn": 24, "seen": 20}
    return {
        **plain,
        "vectors": vectors,
        "images": images,
        "seed": seed,
        "value": 0.6,
        "held_out_loss": 0.15,
        **changes,
    }


def test_only_what_the_table_lacks_is_done(tmp_path):
    options = {**OPTIONS, "out": tmp_path / "table.csv"}
    assert len(list(Command().missing(options, "abc"))) == len(VECTORS) * len(IMAGES) * len(SEEDS)
    write(options["out"], row(1, 5, 0))
    write(options["out"], row(8, 5, 0, weights="other"))
    todo = list(Command().missing(options, "abc"))
    assert (1, 5, 0) not in todo
    assert (8, 5, 0) in todo
    assert len(todo) == 35


def test_a_cell_is_the_mean_over_seeds_with_its_range(tmp_path):
    path = tmp_path / "table.csv"
    for seed, width in enumerate((0.5, 0.6, 0.7)):
        write(path, row(1, 5, seed, value=width, held_out_loss=width / 10))
    rows = rows_of(path, "abc", OPTIONS)
    assert "| 1 | 0.600 (0.500 to 0.700); 60 of 72 | not run | not run | not run |" in table(rows, quantity)
    assert "| 1 | 0.0600 (0.0500 to 0.0700) | not run" in table(rows, loss)


def test_another_target_is_another_table(tmp_path):
    options = {**OPTIONS, "out": tmp_path / "table.csv"}
    write(options["out"], row(1, 5, 0))
    assert not rows_of(options["out"], "abc", {**OPTIONS, "target": "right_heart"})
    assert (1, 5, 0) in list(Command().missing({**options, "target": "right_heart"}, "abc"))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_each_seed_has_phantoms_of_its_own_in_which_the_target_is_seen(target):
    first, again, other = (target.pictures(6, seed, 128) for seed in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not any((a == b).all() for a in first for b in other)
    assert all(target.quantity.seen(picture) for picture in (*first, *other))


def test_no_phantom_as_the_starter_knows_them_has_its_heart_on_the_right():
    target = TARGETS["right_heart"]
    pictures = target.pictures(20, 3, 128)
    assert not any(target.quantity.seen(picture[:, ::-1]) for picture in pictures)
