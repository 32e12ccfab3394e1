"""Every reader's own order of the cases: drawn once when they join, stored slot by slot, never computed again."""

import hashlib

import numpy as np

from reader.models import Assignment, Slot

ALGORITHM = (
    "case numbers in ascending order, permuted by numpy PCG64 seeded with the SHA-256 of "
    "'<protocol SHA-256>:<reader number>' read as a big-endian integer"
)


def order_for(protocol_sha256: str, reader_number: int, case_numbers: list[int]) -> list[int]:
    """The order of case numbers that reader number N sees."""
    digest = hashlib.sha256(f"{protocol_sha256}:{reader_number}".encode()).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
    ascending = sorted(case_numbers)
    return [ascending[index] for index in generator.permutation(len(ascending))]


def store_order(assignment: Assignment) -> list[Slot]:
    """Write the reader's slots; called inside the transaction in which they join."""
    cases = dict(assignment.study.cases.values_list("number", "pk"))
    order = order_for(assignment.study.protocol_sha256, assignment.number, list(cases))
    return Slot.objects.bulk_create(
        Slot(assignment=assignment, case_id=cases[number], position=position)
        for position, number in enumerate(order, start=1)
    )
