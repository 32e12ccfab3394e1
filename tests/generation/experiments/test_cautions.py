"""What an experiment's page asks its reader to keep in mind."""

import pytest

from generation.actions.experiment_cautions import cautions, guessed_by
from generation.actions.experiment_orders import stratum_of
from generation.actions.experiment_planning import plan_of
from generation.experiments.grid import Arm
from generation.models import Adapter, Generator, TrainingImage, TrainingRun
from lungstudy.jobs.models import JobState
from tests.factories import BatchFactory, DatasetFactory, GeneratorFactory, ImageFactory
from tests.generation.experiments.scenes import CLASSIFICATION, drawn, order_for, real, square

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


def training(kind: str, begun_from: Generator | None, **made) -> TrainingRun:
    """One that is done, with what it made."""
    plain = {"name": kind, "total": 1, "state": JobState.DONE}
    return TrainingRun.objects.create(kind=kind, generator=begun_from, **plain, **made)


def fine_tuned(draws: Generator, adapter: Adapter) -> TrainingRun:
    return training("fine_tune", GeneratorFactory(), trained_generator=draws)


def fine_tuned_twice(draws: Generator, adapter: Adapter) -> TrainingRun:
    first, second = GeneratorFactory(), GeneratorFactory()
    training("fine_tune", second, trained_generator=draws)
    training("fine_tune", first, trained_generator=second)
    return training("scratch", None, trained_generator=first)


def adapted(draws: Generator, adapter: Adapter) -> TrainingRun:
    return training("lora", draws, adapter=adapter)


def adapted_beside_another(draws: Generator, adapter: Adapter) -> TrainingRun:
    other = GeneratorFactory()
    training("lora", other, adapter=adapter)
    return training("scratch", None, trained_generator=other)


@pytest.mark.parametrize("way", [fine_tuned, fine_tuned_twice, adapted, adapted_beside_another])
def test_test_images_that_taught_the_model_or_what_it_came_from_are_cautioned(way):
    films, maps, draws = real(), drawn(), GeneratorFactory()
    adapter = Adapter.objects.create(generator=draws, kind="lora", name="soft", sha256="5" * 64, file="x")
    BatchFactory(dataset=maps, generator=draws, adapters=[{"sha256": adapter.sha256}])
    order = order_for(real=[films], synthetic=[maps], arms=[Arm.SYNTHETIC])
    tests = [one.image for one, purpose in plan_of(order).placed if purpose == "test"]
    run = way(draws, adapter)
    for at, image in enumerate(tests):
        TrainingImage.objects.create(run=run, image=image, caption="", held_out=not at)
    said = " ".join(cautions(order, plan_of(order)))
    assert f"{len(tests) - 1} of {len(tests)} test images taught the model that drew the synthetic images" in said
