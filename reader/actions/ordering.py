"""Every reader's own orders: drawn once when they join, stored slot by slot, never computed again."""

import hashlib
from dataclasses import dataclass

import numpy as np

from reader.models import PRACTICE, AnswerOrder, Assignment, Design, Slot, Study

ALGORITHM = (
    "for each session, trial numbers in ascending order, permuted by numpy PCG64 seeded with the SHA-256 of "
    "'<protocol SHA-256>:<reader number>:<session>' read as a big-endian integer (practice is session 0); then hidden "
    "repeats: as many trials as are repeated, chosen among those early enough, each inserted once more at a position "
    "drawn from those at least the distance later; then the places of each trial's images permuted"
)


@dataclass(frozen=True)
class Showing:
    """One trial at one position of an order."""

    trial: int
    occasion: int
    arrangement: list[int]


def generator_for(protocol_sha256: str, reader_number: int, session: int) -> np.random.Generator:
    """The generator of one session of one reader."""
    digest = hashlib.sha256(f"{protocol_sha256}:{reader_number}:{session}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def order_for(
    generator: np.random.Generator, trials: list[int], *, images_per_trial: int = 1, repeats: int = 0, distance: int = 1
) -> list[Showing]:
    """The order in which a reader meets these trial numbers in one session.

    Raises
    ------
    ValueError
        More repeats than trials, or a distance that is longer than the list of trials.
    """
    if repeats > len(trials) or (repeats and distance > len(trials)):
        raise ValueError(f"{repeats} repeats at a distance of {distance} do not fit among {len(trials)} trials")
    ascending = sorted(trials)
    order = [(ascending[index], 1) for index in generator.permutation(len(ascending))]
    insert_repeats(order, repeats, distance, generator)
    return [
        Showing(trial, occasion, (generator.permutation(images_per_trial) + 1).tolist()) for trial, occasion in order
    ]


def insert_repeats(order: list[tuple[int, int]], repeats: int, distance: int, generator: np.random.Generator) -> None:
    """Show some trials once more, in place; inserting never brings an earlier pair closer together."""
    n_early = len(order) - distance + 1
    # Where few are early enough, repeats come after all the originals, lest they push one of those too far back.
    behind = repeats if repeats > n_early else 0
    chosen = sorted(generator.choice(max(repeats, n_early), size=repeats, replace=False)) if repeats else []
    for trial in [order[index][0] for index in chosen]:
        earliest = max(order.index((trial, 1)) + distance, behind)
        order.insert(int(generator.integers(earliest, len(order) + 1)), (trial, 2))


def block_of(study: Study, reader_number: int) -> int:
    """The part of the images that a reader reads: blocks are dealt in turn."""
    return (reader_number - 1) % study.blocks + 1


def answers_of(study: Study, reader_number: int) -> list[str]:
    """The answers in the order of this reader's buttons; counterbalancing goes through all orders in turn.

    Where readers share the images, each block goes through them by itself, lest an order stand for a block.
    """
    declared = study.verdicts
    if study.answer_order == AnswerOrder.FIXED or study.design != Design.SINGLE:
        return declared
    orders = balanced_orders(declared)
    return orders[(reader_number - 1) // study.blocks % len(orders)]


def balanced_orders(answers: list[str]) -> list[list[str]]:
    """All orders of two or three answers, few readers balanced too: every shift, then every shift of the reverse."""
    reverse = [answers[0], *answers[:0:-1]]
    starts = [answers] if reverse == answers else [answers, reverse]
    return [[*order[at:], *order[:at]] for order in starts for at in range(len(answers))]


def store_order(assignment: Assignment) -> list[Slot]:
    """Write the reader's slots of every session; called inside the transaction in which they join."""
    study = assignment.study
    trials = study.trials.filter(practice=False, block=assignment.block)
    slots = slots_of_session(assignment, PRACTICE, dict(study.trials.filter(practice=True).values_list("number", "pk")))
    for session in range(1, study.sessions + 1):
        slots += slots_of_session(assignment, session, dict(trials.values_list("number", "pk")))
    return Slot.objects.bulk_create(slots)


def slots_of_session(assignment: Assignment, session: int, trials: dict[int, int]) -> list[Slot]:
    """One session's slots, from trial numbers and their rows."""
    study = assignment.study
    order = order_for(
        generator_for(study.protocol_sha256, assignment.number, session),
        list(trials),
        images_per_trial=study.images_per_trial,
        repeats=study.repeats if session != PRACTICE else 0,
        distance=study.repeat_distance,
    )
    return [
        Slot(
            assignment=assignment, trial_id=trials[one.trial], session=session, position=position,
            occasion=one.occasion, arrangement=one.arrangement,
        )
        for position, one in enumerate(order, start=1)
    ]  # fmt: skip
