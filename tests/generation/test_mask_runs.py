"""A mask run fills a set with the masks of a batch, says which image got none and why, and survives its worker."""

from uuid import uuid4

import numpy as np
import pytest
import torch
from django.core.files.base import ContentFile

from generation.actions.mask_run_queueing import MaskRunError, cancel_mask_run, queue_mask_run, resume_mask_run
from generation.actions.mask_run_running import run_masks
from generation.diffusion.attention.files import to_bytes
from generation.diffusion.attention.wanted import Kept
from generation.models import AttentionMaps, GeneratedImage, MaskRun
from lungstudy.audit.models import Event
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Definition, Mask, MaskSet, MaskSource, MaskVersion
from lungstudy.library.pixels.decode import decode
from tests.factories import BatchFactory, GeneratedImageFactory, ImageFactory, MaskSetFactory, ResearcherFactory
from tests.generation.mask_scenes import GRID, SIDE, disc, drawn_batch, kill, maps_of, order, queued, with_attention

pytestmark = pytest.mark.django_db
INSIDE = Definition.HEART_INSIDE


def stored_hashes() -> list[str]:
    return list(MaskVersion.objects.order_by("mask__image__generated__index").values_list("sha256", flat=True))


def test_each_image_gets_the_mask_that_its_attention_shows():
    batch = drawn_batch()
    run = queued(batch)
    run_masks(run.pk)

    run.refresh_from_db()
    assert (run.state, run.done, run.total, run.reason) == (JobState.DONE, 4, 4, "")
    for version in MaskVersion.objects.select_related("mask__image__generated"):
        truth = disc(SIDE, 0.4 + 0.05 * version.mask.image.generated.index)
        inside = decode(version.file.read()).pixels > 0
        assert 2 * (truth & inside).sum() / (truth.sum() + inside.sum()) > 0.9
        assert 0 < version.mask.score <= 1
        assert version.mask.entropy > 0
        assert ((decode(version.probability.read()).pixels >= 128) == inside).mean() > 0.98


def test_the_set_says_how_its_masks_were_made():
    run = queued(drawn_batch(), seed=7)
    run_masks(run.pk)

    found = MaskSet.objects.get()
    assert (found.name, found.structure, found.source, found.licence) == (
        "hearts",
        "heart",
        MaskSource.ATTENTION,
        "CC0",
    )
    said = found.method
    assert (said["key"], said["seed"], said["parts"], said["phrases"]) == ("otsu", 7, 1, ["heart"])
    assert {"torch", "monai", "numpy"} <= said["versions"].keys()


def test_several_phrases_make_one_structure():
    batch = drawn_batch(count=2, phrases=("left lung", "right lung"))
    for kept in AttentionMaps.objects.all():
        one = kept.generated
        kept.delete()
        with_attention(one, {"left lung": maps_of(0.25), "right lung": maps_of(0.75)})
    run = queued(batch, phrases=("left lung", "right lung"), structure="lungs", definition=INSIDE, parts=2)
    run_masks(run.pk)

    inside = decode(MaskVersion.objects.first().file.read()).pixels > 0
    assert inside[SIDE // 4, SIDE // 2]
    assert inside[3 * SIDE // 4, SIDE // 2]


def test_a_run_that_was_killed_goes_on_with_the_same_masks():
    run = queued(drawn_batch())
    run_masks(run.pk)
    whole, kept = stored_hashes(), MaskVersion.objects.first()
    Mask.objects.filter(image__generated__index__in=(1, 3)).delete()
    kill(run)
    run_masks(run.pk)

    assert stored_hashes() == whole
    assert MaskVersion.objects.filter(pk=kept.pk).exists()


def test_an_image_that_was_rejected_after_the_kill_still_takes_part():
    run = queued(drawn_batch())
    image = GeneratedImage.objects.get(index=1).image
    image.excluded_at, image.exclusion_reason = run.created_at.replace(year=2999), "blurred"
    image.save()
    run_masks(run.pk)

    assert Mask.objects.count() == 4


def test_a_second_delivery_changes_nothing():
    run = queued(drawn_batch())
    run_masks(run.pk)
    before = stored_hashes()
    run_masks(run.pk)

    assert stored_hashes() == before


def spoil(index: int, maps, missing=None) -> None:
    kept = AttentionMaps.objects.get(generated__index=index)
    one = kept.generated
    kept.delete()
    if maps is not None:
        with_attention(one, maps, missing)


def test_images_without_a_mask_are_named_with_the_reason_and_the_rest_goes_on():
    batch = drawn_batch(count=5)
    spoil(0, {}, {"heart": "“heart” is not in the prompt “nodule”; use words that stand in it."})
    spoil(1, None)
    spoil(2, {"heart": {GRID: np.zeros((GRID, GRID), dtype=np.float32)}})
    AttentionMaps.objects.get(generated__index=3).file.delete(save=False)
    run = queued(batch)
    run_masks(run.pk)

    run.refresh_from_db()
    reasons = list(run.problems.order_by("image__generated__index").values_list("reason", flat=True))
    assert (run.state, Mask.objects.count()) == (JobState.DONE, 1)
    assert len(reasons) == 4
    assert reasons[0].startswith("Image 1 (seed 100): “heart” is not in the prompt “nodule”")
    assert reasons[1].startswith("Image 2 (seed 101): it was drawn without keeping attention")
    assert reasons[2].startswith("Image 3 (seed 102): the attention at resolution 16 is zero everywhere")
    assert "its attention is missing" in reasons[3]


def damage(stored, content: bytes | None) -> None:
    """Cut a stored file short, or lose it."""
    stored.storage.delete(stored.name)
    if content is not None:
        stored.storage.save(stored.name, ContentFile(content))


def test_a_lost_or_damaged_file_is_a_problem_of_that_image_alone():
    batch = drawn_batch(count=6)
    picture = [one.image.file for one in GeneratedImage.objects.order_by("index").select_related("image")]
    attention = [kept.file for kept in AttentionMaps.objects.order_by("generated__index")]
    damage(picture[0], None)
    damage(picture[1], picture[1].read()[:100])
    damage(attention[2], attention[2].read()[:40])
    damage(attention[3], b"")
    lungs = Kept({"left lung": maps_of(0.5)}, 1, 2, {})
    damage(attention[4], to_bytes(lungs))
    run = queued(batch)
    run_masks(run.pk)

    run.refresh_from_db()
    assert (run.state, run.reason, Mask.objects.get().image.generated.index) == (JobState.DONE, "", 5)
    assert list(run.problems.order_by("image__generated__index").values_list("reason", flat=True)) == [
        "Image 1 (seed 100): its file is missing; bring it back from a backup, or draw it again.",
        "Image 2 (seed 101): its file is damaged; bring it back from a backup, or draw it again.",
        "Image 3 (seed 102): the file of its attention is damaged; bring it back from a backup, or draw it again.",
        "Image 4 (seed 103): the file of its attention is damaged; bring it back from a backup, or draw it again.",
        "Image 5 (seed 104): the attention of “heart” was not kept; draw it again with that phrase.",
    ]


def test_a_problem_is_forgotten_when_the_run_goes_on_and_makes_the_mask_and_none_is_noted_of_a_mask_that_is_there():
    batch = drawn_batch(count=2)
    stored = GeneratedImage.objects.get(index=1).image.file
    whole = stored.read()
    damage(stored, None)
    run = queued(batch)
    run_masks(run.pk)
    assert run.problems.get().reason.startswith("Image 2")

    damage(stored, whole)
    damage(GeneratedImage.objects.get(index=0).image.file, None)
    kill(run)
    run_masks(run.pk)

    assert (Mask.objects.count(), run.problems.count()) == (2, 0)


def test_a_method_that_learns_says_so_when_failures_leave_it_nothing_to_hold_out():
    batch = drawn_batch(count=3)
    spoil(0, None)
    spoil(1, {"heart": {GRID: np.ones((GRID, GRID), dtype=np.float32)}})
    run = queued(batch, method="batch_net")
    run_masks(run.pk)

    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert run.reason.startswith("“Attention with a U-Net of the batch” learns from images of at least two seeds")
    assert "2 of 3 images cannot be used, and the rest are of one. Choose a method" in run.reason
    assert run.problems.count() == 2


def test_a_killed_run_of_a_method_that_learns_makes_the_same_masks_on_another_number_of_threads():
    run = queued(drawn_batch(), method="batch_net", seed=3)
    before = torch.get_num_threads()
    state = torch.random.get_rng_state()
    try:
        torch.set_num_threads(2)
        run_masks(run.pk)
        whole = stored_hashes()
        said = list(Mask.objects.order_by("image__generated__index").values_list("agreement", "score"))
        assert torch.get_num_threads() == 2
        Mask.objects.filter(image__generated__index__in=(0, 2)).delete()
        kill(run)
        torch.set_num_threads(1)
        run_masks(run.pk)
    finally:
        torch.set_num_threads(before)

    assert stored_hashes() == whole
    assert list(Mask.objects.order_by("image__generated__index").values_list("agreement", "score")) == said
    assert all(0.5 < agreement <= 1 for agreement, _ in said)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert MaskSet.objects.get().method["versions"]["threads"] == "1"


def test_a_run_in_which_no_image_gets_a_mask_fails_with_the_first_reason():
    batch = drawn_batch(count=1)
    spoil(0, {"heart": {GRID: np.ones((GRID, GRID), dtype=np.float32)}})
    run = queued(batch)
    run_masks(run.pk)

    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert run.reason.startswith("No image got a mask. Image 1 (seed 100)")


def test_a_mask_of_another_size_than_the_image_is_a_problem_of_that_image():
    batch = drawn_batch(count=2)
    ImageFactory._meta.model.objects.filter(generated__index=0).update(width=80)
    run = queued(batch)
    run_masks(run.pk)

    assert "64 x 64 pixels and the image 80 x 64" in run.problems.get().reason
    assert Mask.objects.count() == 1


def refusal(**changes) -> str:
    batch = changes.pop("batch", None) or drawn_batch(count=2)
    with pytest.raises(MaskRunError) as error:
        queued(batch, **changes)
    assert not MaskRun.objects.exists()
    return str(error.value)


def test_a_batch_without_attention_is_refused_with_what_to_do():
    batch = BatchFactory()
    GeneratedImageFactory(job__batch=batch, job__state=JobState.DONE)
    said = refusal(batch=batch)
    assert said.startswith("No attention was kept while this batch was drawn. Queue it again")


def test_a_phrase_whose_attention_was_not_kept_is_refused_with_those_that_were():
    assert "“lungs” was not kept; choose among: heart." in refusal(phrases=("heart", "lungs"))


def test_a_taken_name_is_refused():
    MaskSetFactory(name="hearts")
    assert "“hearts” exists; choose another name" in refusal()


def test_lungs_without_and_hearts_with_a_definition_are_refused():
    assert "with the heart inside, or outside" in refusal(structure="Left lung")
    assert "Only the lungs' outline is drawn in two ways" in refusal(definition=INSIDE)


def test_a_batch_that_is_still_drawn_is_refused():
    batch = drawn_batch(count=2)
    batch.jobs.update(state=JobState.RUNNING)
    assert "still being drawn" in refusal(batch=batch)


def test_a_method_that_learns_is_refused_where_there_is_nothing_to_hold_out():
    batch = drawn_batch(count=2)
    GeneratedImage.objects.update(recipe={"seed": 5})
    assert "choose a method that does not learn" in refusal(batch=batch, method="batch_net")


def test_a_double_click_asks_for_one_run():
    batch, key = drawn_batch(count=2), uuid4()
    runs = {queue_mask_run(order=order(batch), request_key=key, by=None) for _ in range(2)}
    assert (len(runs), MaskSet.objects.count()) == (1, 1)


def test_a_cancelled_run_makes_nothing_until_somebody_goes_on_with_it():
    run, by = queued(drawn_batch(count=2)), ResearcherFactory()
    cancel_mask_run(run=run, by=by)
    run_masks(run.pk)
    assert not Mask.objects.exists()

    resume_mask_run(run=run, by=by)
    run_masks(run.pk)

    assert Mask.objects.count() == 2
    assert {"queued a mask run", "cancelled a mask run", "resumed a mask run"} <= set(
        Event.objects.values_list("verb", flat=True)
    )
