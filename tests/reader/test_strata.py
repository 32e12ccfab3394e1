"""Strata: pools by origin, data set, finding, view, model and prompt; balanced as asked, practice apart."""

from collections import Counter

import pytest

from lungstudy.library.models import Image, Origin, Provenance
from reader.actions.drafts import add_pool
from reader.actions.drawing import draw_cases
from reader.actions.errors import StudyError
from reader.actions.picking import pick_with
from reader.actions.strata import values_to_choose
from reader.models import Pool
from tests.factories import DatasetFactory, ImageFactory, StudyFactory

pytestmark = pytest.mark.django_db
MODELS = ["RoentGen", "Starter"]
PROMPTS = ["a nodule", "clear lungs"]


@pytest.fixture
def library():
    """Two real data sets, and synthetic images of two models with two prompts each in two others."""
    for number in range(2):
        real, fake = DatasetFactory(), DatasetFactory(origin=Origin.SYNTHETIC)
        for finding in ("nodule", "normal"):
            ImageFactory.create_batch(6, dataset=real, finding=finding, view="PA")
        for prompt, finding in zip(PROMPTS, ("nodule", "normal"), strict=True):
            for image in ImageFactory.create_batch(5, dataset=fake, finding=finding, patient_key=""):
                Provenance.objects.create(image=image, generator=MODELS[number], prompt=prompt)


def draft(*pools, **fields):
    study = StudyFactory(**fields)
    for pool in pools:
        add_pool(study=study, **pool)
    return study


def real(count, **stratum):
    return {"origin": "real", "count": count, **stratum}


def synthetic(count, **stratum):
    return {"origin": "synthetic", "count": count, **stratum}


def test_every_stratum_draws_its_own_number(library):
    study = draft(
        real(8, finding="nodule"), real(5, finding="normal", view="PA"),
        synthetic(4, generator="RoentGen", prompt="a nodule"), synthetic(3, generator="Starter"),
        synthetic(6, prompt="clear lungs"),
    )  # fmt: skip
    draw_cases(study=study)
    names = ("dataset__origin", "finding", "provenance__generator", "provenance__prompt")
    drawn = Counter(
        (pool.count, *(getattr(pool, name) for name in ("origin", "finding", "generator", "prompt")))
        for pool in study.pools.all()
        for _ in range(pool.cases.count())
    )

    assert all(times == stratum[0] for stratum, times in drawn.items())
    for pool in study.pools.all():
        asked = (pool.origin, pool.finding, pool.generator, pool.prompt)
        rows = Image.objects.filter(cases__pool=pool).values_list(*names)
        assert len(rows) == pool.count
        assert all(not want or got == want for row in rows for got, want in zip(row, asked, strict=True))


def test_any_data_set_means_all_of_its_origin_and_no_other(library):
    study = StudyFactory()
    found = {origin: pick_with(study, Pool(study=study, origin=origin, count=1)) for origin in Origin.values}

    assert (found["real"].images, found["real"].patients) == (24, 24)
    assert (found["synthetic"].images, found["synthetic"].patients, found["synthetic"].without_patient) == (20, 0, 20)


def test_practice_shares_no_patient_with_the_study_though_the_study_itself_may_repeat_them(library):
    Image.objects.real().update(patient_key="P1")
    pools = [real(1, practice=True), synthetic(2, practice=True), real(9), synthetic(9)]

    assert len(draw_cases(study=draft(*pools[2:], one_per_patient=False))) == 18
    with pytest.raises(StudyError, match=r"Pool 3 .* asks for 1 image, but none is left"):
        draw_cases(study=draft(*pools, one_per_patient=False))


def test_trials_of_practice_are_numbered_after_those_of_the_study(library):
    study = draft(real(2, practice=True), synthetic(2, practice=True), real(6), synthetic(6), blocks=3)
    draw_cases(study=study)
    trials = study.trials.order_by("number")

    assert [trial.practice for trial in trials] == [False] * 12 + [True] * 4
    assert {trial.block for trial in trials if trial.practice} == {1}
    assert sorted(study.cases.filter(trial__practice=True).values_list("number", flat=True)) == [13, 14, 15, 16]


def test_every_block_of_readers_gets_its_share_of_real_and_synthetic_images(library):
    study = draft(real(9), synthetic(9), blocks=3)
    draw_cases(study=study)
    shares = Counter(study.cases.values_list("trial__block", "pool__origin"))

    assert set(shares.values()) == {3}


def test_pairs_of_one_finding_hold_one_of_each_origin(library):
    study = draft(
        real(4, finding="nodule"), synthetic(4, finding="nodule"), real(3, finding="normal"),
        synthetic(3, finding="normal"), design="pair", match_finding=True,
    )  # fmt: skip
    draw_cases(study=study)
    pairs = [set(trial.cases.values_list("pool__origin", "image__finding")) for trial in study.trials.all()]

    assert Counter(frozenset(pair) for pair in pairs) == {
        frozenset({("real", "nodule"), ("synthetic", "nodule")}): 4,
        frozenset({("real", "normal"), ("synthetic", "normal")}): 3,
    }


def test_what_can_be_chosen_follows_what_is_chosen_so_far(library):
    Image.objects.synthetic().filter(finding="normal").update(view="AP")
    study = StudyFactory()
    offered = values_to_choose(Pool(study=study, origin="synthetic", count=1, generator="Starter", finding="nodule"))

    assert offered == {"finding": ["nodule", "normal"], "view": [], "generator": MODELS, "prompt": ["a nodule"]}
    assert values_to_choose(Pool(study=study, origin="real", count=1))["generator"] == []


def test_the_same_stratum_twice_is_refused(library):
    study = draft(synthetic(2, generator="Starter"))

    with pytest.raises(StudyError, match="exactly these images already"):
        add_pool(study=study, **synthetic(5, generator="Starter"))
    add_pool(study=study, **synthetic(5, generator="Starter", practice=True))
