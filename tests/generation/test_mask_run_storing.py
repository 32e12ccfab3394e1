"""A mask run makes and stores one image's mask after the other, and reads each image when its turn comes."""

import pytest
from django.db.models.signals import post_save

from generation.actions.mask_run_running import run_masks
from generation.models import GeneratedImage
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Mask, MaskVersion
from tests.generation.mask_scenes import drawn_batch, queued

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["otsu", "batch_net"])
def test_masks_are_stored_one_by_one_and_a_file_lost_meanwhile_is_a_problem_of_its_image_alone(method):
    run = queued(drawn_batch(count=4), method=method)
    last = GeneratedImage.objects.get(index=3).image.file

    def lose_the_last(created: bool, **_: object) -> None:
        if created:
            last.storage.delete(last.name)

    post_save.connect(lose_the_last, sender=MaskVersion)
    try:
        run_masks(run.pk)
    finally:
        post_save.disconnect(lose_the_last, sender=MaskVersion)

    run.refresh_from_db()
    assert (run.state, Mask.objects.count()) == (JobState.DONE, 3)
    assert run.problems.get().reason.startswith("Image 4 (seed 103), “heart”: its file is missing; bring it back")
