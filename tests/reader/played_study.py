"""A small study that two readers have read, for tests of its results."""

from lungstudy.library.models import Origin
from reader.models import Study
from tests.factories import (
    AssignmentFactory,
    CaseFactory,
    DatasetFactory,
    ImageFactory,
    PoolFactory,
    ReadingFactory,
    SlotFactory,
    StudyFactory,
)

# (is fake, what reader 1 said, what reader 2 said); None was not read.
VERDICTS = [
    (True, "fake", "fake"),
    (True, "fake", "unsure"),
    (True, "real", "real"),
    (True, "unsure", "fake"),
    (False, "real", "real"),
    (False, "real", "real"),
    (False, "fake", "real"),
    (False, "unsure", "unsure"),
    (False, "real", None),
]


def played_study(state=Study.State.UNBLINDED):
    """A study in the wanted state with the verdicts above; researcher is `study.created_by`."""
    study = StudyFactory(state=state, sealed=True)
    pools = {
        is_fake: PoolFactory(study=study, dataset=DatasetFactory(origin=Origin.SYNTHETIC if is_fake else Origin.REAL))
        for is_fake in (True, False)
    }
    readers = [AssignmentFactory(study=study, number=number) for number in (1, 2)]
    for position, (is_fake, *said) in enumerate(VERDICTS, start=1):
        pool = pools[is_fake]
        case = CaseFactory(
            study=study, pool=pool, image=ImageFactory(dataset=pool.dataset), number=position, trial__number=position
        )
        for assignment, verdict in zip(readers, said, strict=True):
            slot = SlotFactory(assignment=assignment, case=case, position=position)
            if verdict:
                ReadingFactory(slot=slot, verdict=verdict)
    return study
