"""Group drawn images into trials, and deal trials to blocks of readers."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from reader.actions.errors import StudyError
from reader.models import Design, Pool, Study


@dataclass(frozen=True)
class Drawn:
    """One image that a pool drew."""

    pool: Pool
    image_id: int
    finding: str

    def is_target(self, study: Study) -> bool:
        """Whether this is what readers are to find among several."""
        return (self.pool.origin == "real") == (study.target == "real")


def group_into_trials(study: Study, drawn: list[Drawn], generator: np.random.Generator) -> list[list[Drawn]]:
    """One image a trial, or one target among others in random places.

    Raises
    ------
    StudyError
        The numbers of targets and others do not fit; says which to change.
    """
    if study.design not in (Design.PAIR, Design.TUPLE):
        return [[one] for one in drawn]
    others_each = study.images_per_trial - 1
    trials: list[list[Drawn]] = []
    for finding, images in by_finding(study, drawn):
        targets = [one for one in images if one.is_target(study)]
        others = [one for one in images if not one.is_target(study)]
        refuse_misfit(study, finding, len(targets), len(others))
        mixed = generator.permutation(len(others))
        for place, target in enumerate(targets):
            beside = [others[index] for index in mixed[place * others_each : (place + 1) * others_each]]
            group = [target, *beside]
            trials.append([group[index] for index in generator.permutation(len(group))])
    return trials


def by_finding(study: Study, drawn: list[Drawn]) -> list[tuple[str, list[Drawn]]]:
    """The images that may stand together: of one finding where the protocol says so."""
    if not study.match_finding:
        return [("", drawn)]
    ordered = sorted(drawn, key=lambda one: one.finding)
    return [(finding, list(images)) for finding, images in groupby(ordered, key=lambda one: one.finding)]


def refuse_misfit(study: Study, finding: str, targets: int, others: int) -> None:
    """Every trial holds one target and the rest others."""
    others_each = study.images_per_trial - 1
    if others == targets * others_each:
        return
    wanted, rest = ("real", "synthetic") if study.target == "real" else ("synthetic", "real")
    of_finding = f" of “{finding or 'no finding'}”" if study.match_finding else ""
    raise StudyError(
        f"Each trial shows 1 {wanted} and {others_each} {rest} images{of_finding}, but the pools draw {targets} "
        f"{wanted} and {others} {rest}. Let the {rest} pools draw {targets * others_each}."
    )


def block_of_each(trials: list[list[Drawn]], blocks: int, generator: np.random.Generator) -> list[int]:
    """The block of each trial: dealt in turn pool by pool, so that every block holds its share of each."""
    if len(trials) and blocks > len(trials):
        raise StudyError(f"{len(trials)} trials cannot be shared by {blocks} blocks. Ask for {len(trials)} or fewer.")
    order = sorted(range(len(trials)), key=lambda at: sorted(one.pool.pk for one in trials[at]))
    shuffled: list[int] = []
    for _, members in groupby(order, key=lambda at: sorted(one.pool.pk for one in trials[at])):
        together = list(members)
        shuffled += [together[index] for index in generator.permutation(len(together))]
    result = [1] * len(trials)
    for turn, at in enumerate(shuffled):
        result[at] = turn % blocks + 1
    return result
