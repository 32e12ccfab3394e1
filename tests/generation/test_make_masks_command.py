"""`manage.py make_masks` makes a mask run of a drawn batch in one process, as the page and a worker do."""

import pytest
from django.core.management import CommandError, call_command

from generation.actions.mask_run_running import run_masks
from generation.models import AttentionMaps, MaskRun
from lungstudy.jobs.models import JobState
from lungstudy.library.models import MaskSet, MaskVersion
from tests.factories import BatchFactory
from tests.generation.mask_scenes import drawn_batch, queued

pytestmark = pytest.mark.django_db
BOTH = ("left lung", "right lung")
HEART = ("--phrase", "heart", "--structure", "heart", "--method", "otsu", "--name", "hearts by command")


def hashes(mask_set: MaskSet) -> list[str]:
    versions = MaskVersion.objects.filter(mask__mask_set=mask_set).order_by("mask__image__generated__index")
    return list(versions.values_list("sha256", flat=True))


def test_it_makes_the_masks_that_the_page_and_a_worker_make(capsys):
    batch = drawn_batch(phrases=BOTH)
    phrases = [f"--phrase={phrase}" for phrase in BOTH]
    lungs = ["--structure", "lungs", "--definition", "heart_inside", "--method", "otsu", "--seed", "4"]
    call_command("make_masks", "--dataset", batch.dataset.name, *phrases, *lungs, "--name", "lungs by command")
    other = queued(batch, phrases=BOTH, structure="lungs", definition="heart_inside", parts=2, seed=4)
    run_masks(other.pk)

    run = MaskRun.objects.get(mask_set__name="lungs by command")
    assert (run.state, run.phrases, run.options, run.seed) == (JobState.DONE, list(BOTH), {"parts": 2}, 4)
    assert (run.mask_set.definition, run.created_by) == ("heart_inside", None)
    assert hashes(run.mask_set) == hashes(other.mask_set) != []
    assert "4 of 4 images have a mask in “lungs by command”." in capsys.readouterr().out


def test_images_without_a_mask_are_named_and_a_run_without_any_fails(capsys):
    batch = drawn_batch(count=2)
    AttentionMaps.objects.first().delete()
    call_command("make_masks", "--batch", str(batch.token), *HEART)
    said = capsys.readouterr()
    assert "Image 1 (seed 100): it was drawn without keeping attention" in said.err
    assert "1 of 2 images have a mask" in said.out

    kept = AttentionMaps.objects.get().file
    kept.storage.delete(kept.name)
    with pytest.raises(CommandError, match="No image got a mask"):
        call_command("make_masks", "--batch", str(batch.token), *HEART[:-1], "again")


def test_of_a_data_set_with_several_batches_one_is_chosen():
    first = drawn_batch(count=1)
    second = BatchFactory(dataset=first.dataset)
    with pytest.raises(CommandError, match="holds several batches; choose one with --batch") as error:
        call_command("make_masks", "--dataset", first.dataset.name, *HEART)
    assert str(first.token) in str(error.value) and str(second.token) in str(error.value)

    call_command("make_masks", "--batch", str(first.token), *HEART)
    assert MaskSet.objects.get().name == "hearts by command"


@pytest.mark.parametrize(("asked", "sentence"), [
    (("--dataset", "nothing", *HEART), "No batch was drawn into a data set called “nothing”"),
    (("--batch", "five", *HEART), "No batch has the token “five”"),
    (("--dataset", "drawn", *HEART, "--phrase", "lung"), "The attention of “lung” was not kept"),
    (("--dataset", "drawn", *HEART, "--structure", "left lung"), "with the heart inside, or outside"),
    (("--dataset", "drawn", *HEART, "--parts", "-1"), "--parts is 0 or more"),
])  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_sentence(asked, sentence):
    batch = drawn_batch(count=1)
    type(batch.dataset).objects.update(name="drawn")
    with pytest.raises(CommandError, match=sentence):
        call_command("make_masks", *asked)
    assert not MaskRun.objects.exists()


@pytest.mark.parametrize(
    ("option", "words"),
    [("--name", "The name of a set of masks has 1 to 120"), ("--structure", "structure has 1 to 80")],
)
def test_a_name_or_a_structure_that_is_too_long_to_store_is_refused_with_how_long_it_may_be(option, words):
    batch = drawn_batch(count=1)
    with pytest.raises(CommandError, match=words):
        call_command("make_masks", "--batch", str(batch.token), *HEART, option, "n" * 121)
    assert not MaskRun.objects.exists()
