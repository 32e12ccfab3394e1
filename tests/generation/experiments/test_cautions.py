"""What an experiment's page asks its reader to keep in mind."""

import pytest

from generation.actions.experiment_cautions import cautions, guessed_by
from generation.actions.experiment_orders import stratum_of
from generation.actions.experiment_planning import plan_of
from tests.factories import DatasetFactory, ImageFactory
from tests.generation.experiments.scenes import CLASSIFICATION, order_for, square

pytestmark = pytest.mark.django_db


def shares(*of_values: tuple[str, int, int]) -> tuple[list[str], list[int]]:
    """Each value with so many images with the finding and so many without."""
    values = [value for value, with_it, without in of_values for _ in range(with_it + without)]
    return values, [label for _, with_it, without in of_values for label in [1] * with_it + [0] * without]


@pytest.mark.parametrize(("values", "area"), [
    ([("A", 8, 12)], 0.5),  # one value tells nothing
    ([("A", 80, 20), ("B", 20, 80)], 0.8),  # .8 x .8 in the right order, and 2 x .8 x .2 tie
    ([("A", 10, 10), ("B", 30, 30)], 0.5),
    ([("A", 20, 0), ("B", 0, 20)], 1.0),
    ([("A", 2, 0), ("B", 2, 0), ("C", 0, 2), ("D", 0, 2)], 1.0),
    ([(f"value {at}", at % 2, 1 - at % 2) for at in range(20)], 0.5),  # nobody else has its value
])  # fmt: skip
def test_a_fact_tells_a_finding_as_well_as_its_shares_say(values, area):
    assert guessed_by(*shares(*values)) == pytest.approx(area)


def test_a_finding_that_four_fifths_of_one_data_set_have_is_cautioned():
    homes = [DatasetFactory(name="clinic"), DatasetFactory(name="school")]
    for seed in range(40):
        at = seed % 2
        finding = "large" if (seed // 2 % 5 == 0) == bool(at) else "small"
        ImageFactory(dataset=homes[at], seed=seed, file=square(seed)[0], finding=finding)
    order = order_for(CLASSIFICATION, real=homes)
    said = " ".join(cautions(order, plan_of(order)))
    assert "The data set alone tells “large” here with an area under the curve of 0.80" in said


def test_ages_are_held_against_the_finding_and_split_by_bands():
    home = DatasetFactory(name="films")
    for seed in range(40):
        youngest, finding = (60, "large") if seed % 2 else (30, "small")
        ImageFactory(
            dataset=home, seed=seed, file=square(seed)[0], finding=finding, age=f"{youngest + seed / 5}"
        )  # no two are of one age, to the letter
    order = order_for(CLASSIFICATION, real=[home], stratify=["age"])
    plan = plan_of(order)
    assert "The age alone tells “large” here with an area under the curve of 1.00" in " ".join(cautions(order, plan))
    assert {stratum_of(one, ["age"]) for one, _ in plan.placed} == {"30 to 39", "60 to 69"}
