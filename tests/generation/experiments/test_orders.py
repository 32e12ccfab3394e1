"""What an experiment takes, and every sentence that refuses one."""

from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import timezone

from generation.actions.experiment_cautions import cautions
from generation.actions.experiment_orders import ExperimentError
from generation.actions.experiment_planning import plan_of
from generation.actions.experiment_queueing import queue_experiment
from generation.experiments.grid import Arm
from generation.models import Experiment, ExperimentImage
from lungstudy.library.actions.masks import store_mask
from lungstudy.library.models import Definition, Image, Mask
from tests.factories import DatasetFactory, ImageFactory, MaskSetFactory
from tests.generation.experiments.scenes import (
    CLASSIFICATION,
    SEGMENTATION,
    TINY,
    drawn,
    order_for,
    queued,
    real,
    square,
    squares,
)

pytestmark = pytest.mark.django_db


def refused(kind=SEGMENTATION, **changes) -> str:
    with pytest.raises(ExperimentError) as caught:
        plan_of(order_for(kind, **changes))
    assert not Experiment.objects.exists()
    return str(caught.value)


def test_patients_stand_on_one_side_and_the_rows_say_what_each_image_is_for():
    experiment = queued(real=[real(24, patients=8)])
    rows = ExperimentImage.objects.select_related("image")
    assert rows.count() == 24
    sides = {(row.image.patient_key, row.split) for row in rows}
    assert len(sides) == 8
    assert Counter(split for _, split in sides) == {"train": 3, "validate": 2, "test": 3}
    assert all(row.mask_sha256 for row in rows)
    assert experiment.total == 2  # two real images, and all


def test_the_same_film_under_two_patients_stands_on_one_side():
    dataset = real(12)
    Image.objects.filter(patient_key__in=["P0", "P5", "P7"]).update(pixel_sha256="f" * 64)
    queued(real=[dataset])
    twins = ExperimentImage.objects.filter(image__patient_key__in=["P0", "P5", "P7"])
    assert len(set(twins.values_list("split", flat=True))) == 1


def test_a_double_click_queues_one():
    order, key = order_for(), uuid4()
    first, second = (queue_experiment(order=order, request_key=key, by=None) for _ in range(2))
    assert first == second


def test_excluded_images_and_rejected_outlines_take_no_part():
    dataset = real(14)
    Mask.objects.filter(image__patient_key="P0").update(rejected_at=timezone.now())
    Image.objects.filter(patient_key="P1").update(excluded_at=timezone.now(), exclusion_reason="blurred")
    assert len(plan_of(order_for(real=[dataset])).placed) == 12


def test_the_newest_version_of_an_outline_counts():
    dataset = real()
    mask = Mask.objects.first()
    corrected = mask.versions.create(number=2, sha256="c" * 64, area=5, file="masks/c.png")
    order = order_for(real=[dataset])
    chosen = {one.image.pk: one.mask_sha256 for one, _ in plan_of(order).placed}
    assert chosen[mask.image_id] == corrected.sha256


def test_test_data_sets_are_taken_whole_and_may_share_no_patient():
    learn, test = real(6), real(4, first_seed=50, prefix="T")
    chosen = plan_of(order_for(real=[learn, test], test=[test]))
    assert {one.image.dataset for one, purpose in chosen.placed if purpose == "test"} == {test}
    assert Counter(purpose for _, purpose in chosen.placed) == {"train": 5, "validate": 1, "test": 4}
    shared = squares(2, first_seed=90, prefix="P", masks=MaskSetFactory())
    assert "2 patients have images both to learn from and to test on" in refused(real=[learn, shared], test=[shared])


def test_most_synthetic_takes_so_many_of_each_arm_the_same_each_time():
    dataset, pictures = real(), drawn(6)
    orders = [order_for(real=[dataset], synthetic=[pictures], arms=[Arm.BOTH], most_synthetic=3) for _ in range(2)]
    first, second = ([one.image for one in plan_of(order).drawn] for order in orders)
    assert first == second and len(first) == 3


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"arms": []}, "Choose at least one arm."),
    ({"nets": ["vgg"]}, "No net for this is called “vgg”"),
    ({"test_share": 0.9}, "together below 1"),
    ({"real": []}, "Choose at least one real data set."),
    ({"mask_sets": []}, "Choose at least one mask set"),
    ({"arms": [Arm.FROM_TEN]}, "belongs to classification"),
    ({"arms": [Arm.SYNTHETIC]}, "The arm “synthetic” has no synthetic image outlined"),
    ({"seeds": range(5000)}, "That is 10000 trainings"),
])  # fmt: skip
def test_what_cannot_be_segmented_is_a_sentence(changes, sentence):
    real()
    assert sentence in refused(**changes)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"size": 100}, "The size must lie between 32 and 512 and be a multiple of 16; 100 does not."),
    ({"width": 0}, "The width must lie between 4 and 128"),
    ({"batch": 1}, "The batch must"), ({"rate": float("nan")}, "The rate must"), ({"rounds": 0}, "The rounds must"),
    ({"steps": 0}, "The steps must"),
])  # fmt: skip
def test_what_no_net_can_be_trained_with_is_refused_by_commands_too(changes, sentence):
    real()
    assert sentence in refused(learning=replace(TINY[SEGMENTATION], **changes))


def test_too_few_patients_for_a_split_are_named():
    assert "Only 2 patients take part, of whom 0 would be for “training” where it takes 1" in refused(
        real=[real(20, patients=2)]
    )


def test_outlines_of_two_definitions_or_structures_are_never_pooled():
    dataset = real()
    inside = MaskSetFactory(name="V7", definition="heart_inside")
    assert "define the lungs differently" in refused(real=[dataset])
    inside.delete()
    MaskSetFactory(name="hearts", structure="heart")
    assert "choose sets of one structure" in refused(real=[dataset])


def test_several_sets_of_lungs_of_an_unstated_definition_are_never_pooled_while_one_alone_and_hearts_may_be():
    def sets(structure, count):
        return [MaskSetFactory(structure=structure, definition=Definition.UNSTATED) for _ in range(count)]

    lungs = sets("Left lung", 2)
    said = refused(mask_sets=lungs)
    assert f"Neither “{lungs[0]}” nor “{lungs[1]}” states how it defines the Left lung" in said
    alone = order_for(real=[real(masks=lungs[0])], mask_sets=lungs[:1])
    assert [said for said in cautions(alone, plan_of(alone)) if "does not say how it defines the Left lung" in said]
    hearts = sets("heart", 2)
    assert plan_of(order_for(real=[real(masks=hearts[0])], mask_sets=hearts)).placed


def test_an_image_outlined_in_two_chosen_sets_is_refused():
    dataset = real()
    image = dataset.images.first()
    store_mask(mask_set=MaskSetFactory(), image=image, pixels=square(image.pk)[1])
    assert f"“{image.source_name}” is outlined in two of the chosen mask sets" in refused(real=[dataset])


def test_nets_are_tested_against_peoples_outlines_only_unless_they_are_phantoms():
    dataset = real(masks=MaskSetFactory(source="software"))
    assert "was not drawn by people" in refused(real=[dataset])
    dataset.phantoms = True
    dataset.save()
    assert plan_of(order_for(real=[dataset])).placed


def test_synthetic_images_never_test_and_real_ones_never_stand_for_synthetic():
    dataset, pictures = real(), drawn()
    assert "is synthetic: nets are tested on real images" in refused(real=[pictures])
    assert "is not synthetic" in refused(real=[dataset], synthetic=[dataset], arms=[Arm.BOTH])
    assert "is not among the real data sets" in refused(real=[dataset], test=[pictures])


def test_a_finding_that_nobody_has_is_refused_with_those_that_there_are():
    assert "(there are: large, small); choose another" in refused(CLASSIFICATION, finding="nodule")
    assert "Say which finding" in refused(CLASSIFICATION, finding="")


def test_a_finding_that_everybody_has_is_refused():
    dataset = real()
    dataset.images.update(finding="large")
    assert "could take part has “large”" in refused(CLASSIFICATION, real=[dataset])


def test_images_whose_finding_is_not_stated_and_other_findings_where_one_is_asked_for_take_no_part():
    dataset = real(16)
    dataset.images.filter(patient_key="P1").update(finding="")
    dataset.images.filter(patient_key="P3").update(finding="nodule")
    assert len(plan_of(order_for(CLASSIFICATION, real=[dataset])).placed) == 15
    assert len(plan_of(order_for(CLASSIFICATION, real=[dataset], against="small")).placed) == 14


def test_synthetic_images_may_call_the_finding_by_another_name_and_take_both_kinds():
    dataset, pictures = real(20), drawn(6, masks=None)
    arms = {"real": [dataset], "synthetic": [pictures], "arms": [Arm.BOTH]}
    pictures.images.filter(finding="large").update(finding="big")
    assert "no image with “large”" in refused(CLASSIFICATION, **arms)
    plan = plan_of(order_for(CLASSIFICATION, **arms, synthetic_finding="big"))
    assert sorted(one.label for one in plan.drawn) == [0, 0, 0, 1, 1, 1]
    pictures.images.update(finding="large")
    assert "only images with “large”" in refused(CLASSIFICATION, **arms)
    assert "chosen for two arms" in refused(CLASSIFICATION, **arms, from_ten=pictures)


def test_synthetic_images_too_are_told_from_what_is_asked_for_and_may_call_it_by_another_name():
    dataset, pictures = real(20), drawn(8, masks=None)
    pictures.images.filter(patient_key__in=["S0", "S2"]).update(finding="effusion")
    asked = {"real": [dataset], "synthetic": [pictures], "arms": [Arm.BOTH]}
    labels = {
        against: sorted(one.label for one in plan_of(order_for(CLASSIFICATION, **asked, **against_)).drawn)
        for against, against_ in {
            "every other": {}, "the same": {"against": "small"}, "another name": {"synthetic_against": "effusion"},
            "both": {"against": "small", "synthetic_against": "effusion"},
        }.items()
    }  # fmt: skip
    assert labels == {
        "every other": [0, 0, 0, 0, 1, 1, 1, 1], "the same": [0, 0, 1, 1, 1, 1], "another name": [0, 0, 1, 1, 1, 1],
        "both": [0, 0, 1, 1, 1, 1],
    }  # fmt: skip
    pictures.images.filter(finding="small").update(finding="clear")
    sentence = refused(CLASSIFICATION, **asked, against="small")
    assert "only images with “large” and none with “small”" in sentence and "by another name" in sentence


def test_too_few_real_images_to_hold_both_kinds_are_refused():
    assert "1 real images are too few to hold both kinds (seed 0); take 2" in refused(CLASSIFICATION, numbers=[1])


def test_a_finding_that_goes_along_with_the_data_set_is_cautioned():
    large, small = (DatasetFactory(name=name) for name in ("adults", "children"))
    for seed in range(20):
        home, finding = (large, "large") if seed % 2 else (small, "small")
        ImageFactory(dataset=home, seed=seed, file=square(seed)[0], finding=finding, view="AP")
    experiment = queued(CLASSIFICATION, real=[large, small])
    found = " ".join(experiment.options["cautions"])
    assert "The data set alone tells “large” here with an area under the curve of 1.00" in found
    assert "The view alone" not in found
