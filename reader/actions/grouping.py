"""Group drawn images into trials, and deal trials to blocks of readers."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from reader.actions.errors import StudyError
from reader.models import Design, Pool, Study

SEVERAL = (Design.PAIR, Design.TUPLE)


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
    if study.design not in SEVERAL:
        return [[one] for one in drawn]
    if sentences := misfits(study, drawn):
        raise StudyError(" ".join(sentences))
    others_each = study.images_per_trial - 1
    trials: list[list[Drawn]] = []
    for _, targets, others in arms_by_finding(study, drawn):
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


def arms_by_finding(study: Study, drawn: list[Drawn]) -> list[tuple[str, list[Drawn], list[Drawn]]]:
    """Targets and others that may stand together: of one finding where the protocol says so."""
    return [
        (
            finding,
            [one for one in images if one.is_target(study)],
            [one for one in images if not one.is_target(study)],
        )
        for finding, images in by_finding(study, drawn)
    ]


def misfits(study: Study, drawn: list[Drawn]) -> list[str]:
    """Why these images do not make whole trials of one target and the rest others; one sentence for each finding."""
    if study.design not in SEVERAL:
        return []
    others_each = study.images_per_trial - 1
    return [
        misfit(study, drawn[0].pool.practice, finding, len(targets), len(others))
        for finding, targets, others in arms_by_finding(study, drawn)
        if len(others) != len(targets) * others_each
    ]


def misfit(study: Study, practice: bool, finding: str, targets: int, others: int) -> str:
    """Which numbers to change."""
    others_each = study.images_per_trial - 1
    wanted, rest = ("real", "synthetic") if study.target == "real" else ("synthetic", "real")
    pools = "pools for practice" if practice else "pools"
    of_finding = f" of “{finding or 'no finding'}”" if study.match_finding else ""
    ways = []
    if targets:
        ways.append(f"let the {rest} {pools} draw {targets * others_each}{of_finding}")
    if others and others % others_each == 0:
        ways.append(f"let the {wanted} {pools} draw {others // others_each}{of_finding}")
    way = ", or ".join(ways) or f"add {wanted} images, or remove the {rest} {pools}"
    shown = f"1 {wanted} and {others_each} {rest} {'image' if others_each == 1 else 'images'}"
    return f"Each trial shows {shown}{of_finding}, but the {pools} draw {targets} {wanted} and {others} {rest}: {way}."


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
