"""DeLong's variance as published, shared patients, means over seeds, and what an interval speaks of."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from generation.experiments.areas import area_variance, placements
from generation.experiments.grid import Arm, Cell
from generation.experiments.intervals import NO_SPREAD, ONE_SEED, Measured
from generation.experiments.outcomes import ImageTested, Outcomes, Trained
from tests.reader.stats.reference_cases import reference_case


def each_alone(placed):
    return np.arange(len(placed.values))


def test_hanley_and_mcneil_1982_come_out_as_stata_prints_them():
    case = reference_case("auc_hanley_mcneil_ct")
    placed = placements(case["data"]["truth"], case["data"]["score"])
    assert placed.area == pytest.approx(case["expected"]["auc"], abs=1e-9)
    assert area_variance(placed, each_alone(placed)) ** 0.5 == pytest.approx(case["expected"]["se_delong"], abs=1e-9)
    made = Measured(placed.values[None], each_alone(placed), placed.labels).over_patients()
    assert (made.low, made.high) == pytest.approx(case["expected"]["ci95"], abs=1e-8)


def test_two_correlated_areas_differ_as_in_proc():
    case = reference_case("delong_aSAH_s100b_wfns")
    data, expected = case["data"], case["expected"]
    first, second = (placements(data["truth"], data[name]) for name in ("score_1", "score_2"))
    both = [Measured(one.values[None], each_alone(one), one.labels) for one in (first, second)]
    made = both[0].minus(both[1]).over_patients()
    assert (made.low, made.high) == pytest.approx(expected["diff_ci95"], abs=1e-8)


def test_areas_are_scikit_learns_ties_included():
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 60), rng.integers(0, 5, 60)
    assert placements(labels, scores).area == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


def test_every_film_twice_changes_nothing_where_the_patient_is_known():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 40)
    scores = labels + rng.normal(0, 1, 40)
    once, twice = placements(labels, scores), placements(np.tile(labels, 2), np.tile(scores, 2))
    patients = np.arange(40)
    assert twice.area == pytest.approx(once.area)
    assert area_variance(twice, np.tile(patients, 2)) == pytest.approx(area_variance(once, patients), rel=1e-9)
    assert area_variance(twice, np.arange(80)) < 0.6 * area_variance(once, patients)  # as if they were others


def test_patients_of_both_kinds_are_counted_with_what_they_share():
    """Obuchowski's variance against the spread of simulated studies whose patients' images go together."""
    rng = np.random.default_rng(2)

    def study():
        own = rng.normal(0, 1, (30, 1)) + rng.normal(0, 0.5, (30, 4))
        labels = np.tile([0, 0, 1, 1], (30, 1))
        placed = placements(labels.ravel(), (own + labels).ravel())
        return placed.area, area_variance(placed, np.repeat(np.arange(30), 4))

    areas, variances = zip(*(study() for _ in range(400)), strict=True)
    assert np.mean(variances) == pytest.approx(np.var(areas), rel=0.2)


def test_one_kind_of_image_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="of one kind"):
        placements([1, 1], [0.0, 1.0])
    with pytest.raises(ValueError, match="one score for each image"):
        placements([1, 0], [0.0])


def dice(values, patients=None):
    values = np.array(values, dtype=float)
    return Measured(values, np.arange(values.shape[1]) if patients is None else np.array(patients))


def test_a_patient_with_many_images_counts_once():
    assert dice([[0.9, 0.1, 0.1, 0.1]], [0, 1, 1, 1]).value == pytest.approx(0.5)


def test_seeds_give_students_interval_and_both_is_wider_than_either():
    rng = np.random.default_rng(3)
    of = dice(0.8 + 0.1 * rng.normal(size=(3, 50)) + np.array([[0.0], [0.02], [0.05]]))
    widths = [one.high - one.low for one in (of.over_patients(), of.over_seeds(), of.over_both())]
    assert widths[1] == pytest.approx(2 * 4.302653 * of.of_seeds.std(ddof=1) / 3**0.5, rel=1e-6)
    assert widths[2] == pytest.approx(np.hypot(widths[0], widths[1]), rel=0.02)


def test_the_bootstrap_over_patients_is_as_wide_as_the_standard_error_says():
    values = np.random.default_rng(4).normal(0.8, 0.1, (1, 400))
    made = dice(values).over_patients()
    assert made.high - made.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


def test_one_seed_and_no_spread_have_a_reason_in_place_of_an_interval():
    assert dice([[0.5, 0.7]]).over_seeds().reason == ONE_SEED
    assert dice([[0.5, 0.7]]).over_both().reason == ONE_SEED
    assert dice([[1.0, 1.0], [1.0, 1.0]]).over_patients().reason == NO_SPREAD


def outcomes(values):
    """Cells {(arm, n_real, seed): dice of two images}."""
    trained = [
        Trained(
            Cell(arm, "unet", n, seed), 0, {t: {"dice": v, "iou": v, "hd95": v} for t, v in zip("ab", of, strict=True)}
        )
        for (arm, n, seed), of in values.items()
    ]
    return Outcomes(trained, [ImageTested("a", 0), ImageTested("b", 1)])


def test_arms_are_compared_at_the_same_number_and_seeds_and_those_without_real_images_with_all():
    made = outcomes({
        (Arm.REAL, 5, 0): (0.5, 0.6), (Arm.REAL, 5, 1): (0.1, 0.1), (Arm.REAL, 20, 0): (0.8, 0.9),
        (Arm.BOTH, 5, 0): (0.6, 0.9), (Arm.SYNTHETIC, 0, 0): (0.4, 0.4), (Arm.SYNTHETIC, 0, 1): (0.0, 0.0),
    }).differences()  # fmt: skip
    rows = {row.arm: row for row in made if row.measure == "dice"}
    assert rows[Arm.BOTH].value == pytest.approx(0.2)
    assert (rows[Arm.BOTH].against_n_real, rows[Arm.BOTH].n_seeds) == (5, 1)
    assert rows[Arm.SYNTHETIC].value == pytest.approx(-0.45)
    assert (rows[Arm.SYNTHETIC].against_n_real, rows[Arm.SYNTHETIC].n_seeds) == (20, 1)


def test_paired_differences_are_narrower_than_the_arms_they_are_of():
    rng = np.random.default_rng(5)
    easy = rng.normal(0.7, 0.1, (3, 60))
    first, second = dice(easy), dice(easy + 0.01 + rng.normal(0, 0.005, (3, 60)))
    difference = second.minus(first).over_patients()
    assert difference.is_above_zero
    assert difference.high - difference.low < 0.2 * (first.over_patients().high - first.over_patients().low)


def test_an_interval_ends_where_the_measure_does():
    """Two seeds that disagree widely: Student's factor is 12.7, and no Dice lies above 1 or below 0."""
    apart = dice(np.array([[0.1, 0.2], [0.8, 0.9]]))
    for found in (apart.over_seeds(), apart.over_both()):
        assert (found.low, found.high) == (0, 1)
    difference = apart.minus(dice(np.array([[0.9, 0.8], [0.1, 0.2]])))
    assert (difference.over_seeds().low, difference.over_seeds().high) == (-1, 1)
