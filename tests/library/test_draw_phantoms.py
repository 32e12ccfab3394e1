"""Phantoms come into the library with finding and exact lungs, once, and never among other images."""

import pytest
from django.core.management import CommandError, call_command

from lungstudy.library.models import Dataset, Mask, MaskSet
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.phantom import draw_phantom
from tests.factories import DatasetFactory

pytestmark = pytest.mark.django_db
SMALL = ("--dataset=Phantoms", "--count=3", "--first-seed=7", "--size=64", "--findings=normal,cardiomegaly")


def test_phantoms_come_with_their_finding_and_lungs_and_again_add_nothing():
    for _ in range(2):
        call_command("draw_phantoms", *SMALL)
    dataset = Dataset.objects.get()
    assert (dataset.phantoms, dataset.origin) == (True, "real")
    assert list(dataset.images.values_list("finding", flat=True)) == ["normal", "cardiomegaly", "normal"]
    assert set(MaskSet.objects.values_list("structure", "definition", "source")) == {
        ("lungs", "heart_inside", "software"),
        ("lungs", "heart_outside", "software"),
    }
    wanted = draw_phantom(8, "cardiomegaly", 64)
    for definition, pixels in (("heart_inside", wanted.whole_lung_mask), ("heart_outside", wanted.lung_mask)):
        mask = Mask.objects.get(image__source_name="phantom 8", mask_set__definition=definition)
        with mask.versions.get().file.open() as file:
            assert ((decode(file.read()).pixels > 0) == pixels).all()


def test_phantoms_keep_to_a_data_set_of_their_own():
    DatasetFactory(name="Phantoms")
    with pytest.raises(CommandError, match="a data set of their own"):
        call_command("draw_phantoms", *SMALL)
    with pytest.raises(CommandError, match="hernia"):
        call_command("draw_phantoms", "--dataset=p", "--findings=hernia")
    with pytest.raises(CommandError, match="64 to 1024 pixels, not 9"):
        call_command("draw_phantoms", "--dataset=p", "--size=9")
