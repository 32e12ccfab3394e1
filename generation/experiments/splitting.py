"""Which images train, choose the epoch and test, and which come first where few may train: whole patients. No torch."""

from collections.abc import Hashable, Sequence

import numpy as np

TRAIN, VALIDATE, TEST = "train", "validate", "test"
KEY, PIXELS = "key", "pixels"


def patients_of(keys: Sequence[str], pixels: Sequence[str]) -> list[int]:
    """A number for each image's patient: the same where the key is, or where two films are one pixel for pixel.

    Parameters
    ----------
    keys : sequence of str
        Pseudonyms; an image without one is a patient of its own.
    pixels : sequence of str
        Hashes of the images' pixels.
    """
    known = zip(keys, pixels, strict=True)
    return families([[name for name in ((KEY, key), (PIXELS, hash_)) if name[1]] for key, hash_ in known])


def families(names: Sequence[Sequence[Hashable]]) -> list[int]:
    """A number for each image: the same for those that share a name, be it by way of others."""
    leader = list(range(len(names)))

    def first(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    seen: dict[Hashable, int] = {}
    for at, own in enumerate(names):
        for name in own:
            a, b = sorted((first(seen.setdefault(name, at)), first(at)))
            leader[b] = a
    return [first(at) for at in range(len(names))]


def split(patients: Sequence[int], groups: Sequence[str], *, test: float, validate: float, seed: int) -> list[str]:
    """What each image is for; a patient's images are all for the same, and each group keeps its proportion.

    Parameters
    ----------
    patients : sequence of int
        Each image's patient.
    groups : sequence of str
        Each image's stratum; a patient belongs to that of the first image.
    test, validate : float
        About what shares of the patients test and choose the epoch; 0 for none, else at least one patient.
    """
    rng = np.random.default_rng(seed)
    members = [rng.permutation(group).tolist() for group in members_of(patients, groups)]
    purpose = {patient: TRAIN for group in members for patient in group}
    for name, share in ((TEST, test), (VALIDATE, validate / (1 - test))):
        for group, n in zip(members, shares([len(group) for group in members], share), strict=True):
            purpose |= dict.fromkeys(group[:n], name)
            del group[:n]
    return [purpose[patient] for patient in patients]


def members_of(patients: Sequence[int], groups: Sequence[str]) -> list[list[int]]:
    """The patients of each group, by the group's name."""
    group_of = dict(zip(reversed(patients), reversed(groups), strict=True))
    return [sorted(patient for patient, of in group_of.items() if of == group) for group in sorted(set(groups))]


def shares(sizes: Sequence[int], share: float) -> list[int]:
    """So many of each group, rounded so that all together come out right too, and at least one where any is wanted."""
    ends = [round(share * sum(sizes[: at + 1])) for at in range(len(sizes))]
    taken = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    if share > 0 and not sum(taken):
        taken[int(np.argmax(sizes))] = 1
    return taken


def in_turn(patients: Sequence[int], groups: Sequence[str], seed: int) -> list[int]:
    """The patients in random order, every group spread evenly, so that any beginning holds each in proportion."""
    rng = np.random.default_rng(seed)
    places: list[tuple[float, int]] = []
    for group in members_of(patients, groups):
        start, shuffled = rng.random(), rng.permutation(group).tolist()
        places += [((rank + start) / len(group), patient) for rank, patient in enumerate(shuffled)]
    return [patient for _, patient in sorted(places)]


def learning_order(patients: Sequence[int], groups: Sequence[str], seed: int) -> list[int]:
    """Places of images, patient after patient: the first n are the n to learn from, so that sets are nested."""
    turn = {patient: rank for rank, patient in enumerate(in_turn(patients, groups, seed))}
    return sorted(range(len(patients)), key=lambda at: (turn[patients[at]], at))
