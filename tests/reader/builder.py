"""A draft with a real and a synthetic pool of small pictures, for tests of a study's life."""

from lungstudy.library.models import Origin
from reader.actions.drawing import draw_cases
from reader.actions.sealing import ask_to_seal, render_and_seal
from reader.models import Sealing
from tests.factories import DatasetFactory, ImageFactory, PoolFactory, StudyFactory


def draft_with_pools(n_real=4, n_fake=4, per_pool=3, **fields):
    """A draft whose two data sets hold so many images of different patients."""
    study = StudyFactory(**fields)
    for origin, count in ((Origin.REAL, n_real), (Origin.SYNTHETIC, n_fake)):
        dataset = DatasetFactory(origin=origin)
        ImageFactory.create_batch(count, dataset=dataset)
        PoolFactory(study=study, dataset=dataset, count=per_pool)
    return study


def drawn_draft(**fields):
    """The same with its cases drawn."""
    study = draft_with_pools(**fields)
    draw_cases(study=study)
    return study


def run_sealing(sealing):
    """What a worker does with a sealing."""
    claimed = Sealing.objects.claim(sealing.pk)
    if claimed:
        render_and_seal(sealing=claimed)
    sealing.refresh_from_db()
    sealing.study.refresh_from_db()
    return sealing


def sealed_study(**fields):
    """The same, sealed."""
    study = drawn_draft(**fields)
    return run_sealing(ask_to_seal(study=study, by=study.created_by)).study
