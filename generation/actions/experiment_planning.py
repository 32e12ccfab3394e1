"""Which image of an experiment trains, chooses the epoch or tests, and every reason why it cannot be done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generation.actions.experiment_lineage import families_among
from generation.actions.experiment_orders import (
    Candidate,
    ExperimentError,
    ExperimentOrder,
    candidates,
    group_of,
)
from generation.experiments.choices import CLASSIFIERS, SEGMENTERS
from generation.experiments.grid import Arm, Grid, numbers_up_to
from generation.experiments.splitting import learning_order, patients_of, split
from generation.models import Split
from lungstudy.library.actions.mask_sets import drawn_in_two_ways
from lungstudy.library.models import Dataset, Definition, Origin

FEWEST = {Split.TRAIN: 1, Split.VALIDATE: 1, Split.TEST: 2}
MOST_CELLS = 2000
Placed = tuple[Candidate, Split]


@dataclass(frozen=True)
class Plan:
    """All images that take part, real ones first, and the cells' grid with numbers that there are images for.

    Left out are synthetic images that show patients who test or choose the epoch.
    """

    placed: list[Placed]
    grid: Grid
    n_left_out: int = 0

    def real(self, purpose: Split) -> list[Candidate]:
        """Real images for one purpose."""
        return [one for one, split_ in self.placed if split_ == purpose and one.image.dataset.origin == Origin.REAL]

    @property
    def drawn(self) -> list[Candidate]:
        """Synthetic images."""
        return [one for one, _ in self.placed if one.image.dataset.origin == Origin.SYNTHETIC]


def plan_of(order: ExperimentOrder) -> Plan:
    """Exactly which images, for what.

    Raises
    ------
    ExperimentError
        With the sentence to show.
    """
    refuse_unfit_order(order)
    found = candidates(order, order.real, drawn=False)
    if not found:
        raise ExperimentError(nothing_found(order))
    placed = placed_by_hand(order, found) if order.test else placed_by_seed(order, found)
    refuse_few_patients(order, placed)
    refuse_unsure_truth(placed)
    learned = [one for one, purpose in placed if purpose == Split.TRAIN]
    grid = replace(order.grid, numbers=numbers_up_to(order.grid.numbers, len(learned)))
    drawn, n_left_out = synthetic(order, placed)
    plan = Plan([*placed, *((one, Split.TRAIN) for one in drawn)], grid, n_left_out)
    refuse_one_kind(order, plan, learned)
    if len(grid.cells()) > MOST_CELLS:
        raise ExperimentError(f"That is {len(grid.cells())} trainings; choose fewer seeds, numbers, nets or arms.")
    return plan


def refuse_unfit_order(order: ExperimentOrder) -> None:
    """Check what needs no image."""
    grid, nets = order.grid, SEGMENTERS if order.segments else CLASSIFIERS
    for what, chosen in (("arm", grid.arms), ("net", grid.nets), ("seed", grid.seeds), ("real data set", order.real)):
        if not chosen:
            raise ExperimentError(f"Choose at least one {what}.")
    if not (order.test_share > 0 and order.validate_share > 0 and order.test_share + order.validate_share < 1):
        raise ExperimentError("The shares of patients who test and choose the epoch lie above 0 and together below 1.")
    if unfit := order.learning.unfit:
        raise ExperimentError(unfit)
    if unknown := [net for net in grid.nets if net not in nets]:
        raise ExperimentError(f"No net for this is called “{unknown[0]}”; there are {', '.join(nets)}.")
    if order.segments and Arm.FROM_TEN in grid.arms:
        raise ExperimentError("The arm of an embedding from 10 examples belongs to classification; leave it out.")
    refuse_wrong_origin(order)
    refuse_mixed_outlines(order)


def refuse_wrong_origin(order: ExperimentOrder) -> None:
    """Real images test, and each arm has images of its own."""
    for dataset in order.real:
        if dataset.origin != Origin.REAL:
            raise ExperimentError(f"“{dataset}” is synthetic: nets are tested on real images; choose a real data set.")
    for dataset in order.drawn:
        if dataset.origin != Origin.SYNTHETIC:
            raise ExperimentError(f"“{dataset}” is not synthetic; choose a synthetic data set for that arm.")
    if order.from_ten in order.synthetic:
        raise ExperimentError(
            f"“{order.from_ten}” is chosen for two arms; take another for the embedding of 10 examples."
        )
    if stray := [dataset for dataset in order.test if dataset not in order.real]:
        raise ExperimentError(f"“{stray[0]}” is to be tested on but is not among the real data sets; add it to these.")


def refuse_mixed_outlines(order: ExperimentOrder) -> None:
    """One structure under one definition: an outline with the heart in cannot be held against one without."""
    if not order.segments:
        if not order.finding:
            raise ExperimentError("Say which finding is to be told.")
        return
    if not order.mask_sets:
        raise ExperimentError("Choose at least one mask set with the outlines to learn and to test on.")
    first, *others = order.mask_sets
    for other in others:
        if other.structure.casefold() != first.structure.casefold():
            raise ExperimentError(
                f"“{first}” outlines {first.structure} and “{other}” {other.structure}; choose sets of one structure."
            )
        if other.definition != first.definition:
            raise ExperimentError(
                f"“{first}” and “{other}” define the {first.structure} differently ({first.get_definition_display()}; "
                f"{other.get_definition_display()}); choose sets of one definition, they are never pooled."
            )
        if first.definition == Definition.UNSTATED and drawn_in_two_ways(first.structure):
            raise ExperimentError(
                f"Neither “{first}” nor “{other}” states how it defines the {first.structure}, so they may be two "
                "things; choose one of them, or import their masks again with the definition."
            )


def nothing_found(order: ExperimentOrder) -> str:
    """Why no real image can take part."""
    names = ", ".join(f"“{dataset}”" for dataset in order.real)
    if order.segments:
        return f"No image of {names} is outlined in the chosen mask sets; import their masks, or choose others."
    return f"No image of {names} has a finding that is stated; import the findings, or choose others."


def placed_by_seed(order: ExperimentOrder, found: list[Candidate]) -> list[Placed]:
    """Split by patient, every stratum and label in proportion."""
    patients = patients_among(found)
    groups = [group_of(one, order.stratify) for one in found]
    purposes = split(patients, groups, test=order.test_share, validate=order.validate_share, seed=order.seed)
    return [(one, Split(purpose)) for one, purpose in zip(found, purposes, strict=True)]


def placed_by_hand(order: ExperimentOrder, found: list[Candidate]) -> list[Placed]:
    """All images of the chosen data sets test; the others are split into those that train and that choose the epoch."""
    patients, held_back = patients_among(found), {dataset.pk for dataset in order.test}
    tests = [one.image.dataset_id in held_back for one in found]
    sides = [
        {patient for patient, is_test in zip(patients, tests, strict=True) if is_test is side} for side in (False, True)
    ]
    if shared := sides[0] & sides[1]:
        raise ExperimentError(
            f"{len(shared)} patient{'s' * (len(shared) > 1)} have images both to learn from and to test on; take their "
            "images out of one of the data sets, or let the split be made by patient."
        )
    learned = [at for at, is_test in enumerate(tests) if not is_test]
    groups = [group_of(found[at], order.stratify) for at in learned]
    purposes = split([patients[at] for at in learned], groups, test=0, validate=order.validate_share, seed=order.seed)
    by_place = dict(zip(learned, map(Split, purposes), strict=True))
    return [(one, by_place.get(at, Split.TEST)) for at, one in enumerate(found)]


def patients_among(found: Sequence[Candidate]) -> list[int]:
    """Whose image each is."""
    return patients_of([one.image.patient_key for one in found], [one.image.pixel_sha256 for one in found])


def refuse_few_patients(order: ExperimentOrder, placed: list[Placed]) -> None:
    """Each purpose, and of a classification each label in it, takes patients."""
    patients = patients_among([one for one, _ in placed])
    labels = (None,) if order.segments else (1, 0)
    for label in labels:
        if label is not None and not any(one.label == label for one, _ in placed):
            raise ExperimentError(missing_label(order, label))
        for purpose, fewest in FEWEST.items():
            n = len({p for p, (one, to) in zip(patients, placed, strict=True) if to == purpose and one.label == label})
            if n < fewest:
                which = "" if label is None else f" {'with' if label else 'without'} the finding"
                raise ExperimentError(
                    f"Only {len(set(patients))} patients take part, of whom {n}{which} would be for "
                    f"“{purpose.label.lower()}” where it takes {fewest}; import more, or choose other data sets."
                )


def missing_label(order: ExperimentOrder, label: int) -> str:
    """Nobody has the finding, or everybody."""
    names = ", ".join(f"“{dataset}”" for dataset in order.real)
    if not label:
        return f"Every image of {names} that could take part has “{order.finding}”; choose data sets with others too."
    known = sorted({name for dataset in order.real for name in dataset.images.usable().values_of("finding")})
    return f"Nobody in {names} has the finding “{order.finding}” (there are: {', '.join(known[:12])}); choose another."


def refuse_unsure_truth(placed: list[Placed]) -> None:
    """Tested on people's outlines only; of phantoms, on the procedure's own, which are exact."""
    for one, purpose in placed:
        if purpose == Split.TEST and not (one.by_people or one.image.dataset.phantoms):
            raise ExperimentError(
                f"The outline of “{one.image.source_name or one.image}” was not drawn by people, and nets are tested "
                "against people's outlines only; choose a mask set drawn by people for the real images."
            )


def synthetic(order: ExperimentOrder, placed: list[Placed]) -> tuple[list[Candidate], int]:
    """Synthetic images of every arm, at most so many of each, the same for the same seed; and how many are left out."""
    chosen: list[Candidate] = []
    n_left_out = 0
    for arm, datasets in arms_with_images(order).items():
        found = candidates(order, datasets, drawn=True)
        if not found:
            wanted = "outlined in a chosen mask set" if order.segments else "with a finding that is stated"
            raise ExperimentError(f"The arm “{arm}” has no synthetic image {wanted}; choose a data set with such.")
        apart = apart_from_tested(found, placed)
        if not apart:
            raise ExperimentError(
                f"Every synthetic image of the arm “{arm}” shows patients who test or choose the epoch: it was changed "
                "from one of their films. Change films to learn from, and test on others."
            )
        n_left_out += len(found) - len(apart)
        chosen += some_of(apart, order)
    return chosen, n_left_out


def apart_from_tested(found: list[Candidate], placed: list[Placed]) -> list[Candidate]:
    """Those that show no patient who tests or chooses the epoch: else a net would learn from what it is tested on."""
    families = families_among([one.image for one in (*(one for one, _ in placed), *found)])
    held_back = {of for of, (_, purpose) in zip(families, placed, strict=False) if purpose != Split.TRAIN}
    return [one for of, one in zip(families[len(placed) :], found, strict=True) if of not in held_back]


def some_of(found: list[Candidate], order: ExperimentOrder) -> list[Candidate]:
    """At most so many as are asked for."""
    if not order.most_synthetic or len(found) <= order.most_synthetic:
        return found
    kept = np.random.default_rng(order.seed).permutation(len(found))[: order.most_synthetic]
    return [found[at] for at in sorted(kept.tolist())]


def arms_with_images(order: ExperimentOrder) -> dict[Arm, list[Dataset]]:
    """The synthetic data sets of the arms that take some; those of both ordinary arms once."""
    ordinary = [arm for arm in order.grid.arms if arm in (Arm.BOTH, Arm.SYNTHETIC)][:1]
    wanted: dict[Arm, list[Dataset]] = {arm: list(order.synthetic) for arm in ordinary}
    if Arm.FROM_TEN in order.grid.arms:
        wanted[Arm.FROM_TEN] = [order.from_ten] if order.from_ten else []
    return wanted


def one_label(order: ExperimentOrder, arm: Arm, *, has_finding: bool) -> str:
    """An arm's synthetic images all have the finding, or none has."""
    name, against = order.told_of_synthetic
    side = f"only images with “{name}”" if has_finding else f"no image with “{name}”"
    other = f" and none with “{against}”" if has_finding and against else ""
    return (
        f"The arm “{arm}” has {side}{other}; it takes synthetic images with and without. If they call it by another "
        "name, say by which."
    )


def refuse_one_kind(order: ExperimentOrder, plan: Plan, learned: list[Candidate]) -> None:
    """A classifier needs both kinds in whatever it learns from: every synthetic set, every number, every seed."""
    if order.segments:
        return
    for arm, datasets in arms_with_images(order).items():
        labels = {one.label for one in plan.drawn if one.image.dataset in datasets}
        if labels != {0, 1}:
            raise ExperimentError(one_label(order, arm, has_finding=1 in labels))
    if not any(arm.takes_real for arm in plan.grid.arms):
        return
    patients, groups = patients_among(learned), [group_of(one, order.stratify) for one in learned]
    for seed in plan.grid.seeds:
        in_order = [learned[at].label for at in learning_order(patients, groups, seed)]
        fewest = max(in_order.index(0), in_order.index(1)) + 1
        if plan.grid.numbers[0] < fewest:
            raise ExperimentError(
                f"{plan.grid.numbers[0]} real images are too few to hold both kinds (seed {seed}); take {fewest} or "
                "more."
            )
