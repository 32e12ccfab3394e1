"""Mask runs and experiments as they wait, run, stop, fail and end: accessible in light and dark, and quiet."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.actions.mask_run_running import run_masks
from generation.experiments.grid import Arm
from generation.models import AttentionMaps, Experiment, ExperimentCell, MaskRun
from lungstudy.jobs.models import JobState
from tests.browser.accessibility import violations_of
from tests.factories import BatchFactory
from tests.generation import mask_scenes
from tests.generation.experiments import scenes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "The disk is full. Free some space, then go on."


def mask_run(**state):
    """A run of four images in this state."""
    run = mask_scenes.queued(mask_scenes.drawn_batch())
    MaskRun.objects.filter(pk=run.pk).update(**state)
    return reverse("generation:mask_run", args=[run.token])


def mask_run_with_problems():
    batch = mask_scenes.drawn_batch()
    AttentionMaps.objects.get(generated__index=1).delete()
    run = mask_scenes.queued(batch)
    run_masks(run.pk)
    return reverse("generation:mask_run", args=[run.token])


def experiment(n_done=0, **state):
    """Two seeds of two arms, so many of the trainings done."""
    one = scenes.queued(real=[scenes.real(20)], synthetic=[scenes.drawn()], arms=[Arm.REAL, Arm.BOTH], seeds=[0, 1])
    if n_done:
        scenes.trained(one)
        for cell in ExperimentCell.objects.all()[n_done:]:
            cell.delete()
    Experiment.objects.filter(pk=one.pk).update(done=n_done, **state)
    return reverse("generation:experiment", args=[one.token])


def four_arms():
    one = scenes.queued(
        scenes.CLASSIFICATION, real=[scenes.real(40)], synthetic=[scenes.drawn()], arms=list(Arm),
        from_ten=scenes.drawn(first_seed=2000, prefix="T"), numbers=[6, 12], seeds=[0, 1],
    )  # fmt: skip
    return reverse("generation:experiment", args=[scenes.trained(one).token])


def at(name, *arguments):
    return lambda: reverse(f"generation:{name}", args=arguments)


LONG_AGO = timezone.now() - timedelta(minutes=1)
STATES = {
    "no experiment": at("experiments"),
    "nothing to segment": at("new_experiment", "segmentation"),
    "nothing to classify": at("new_experiment", "classification"),
    "a batch without attention": lambda: reverse("generation:batch_masks", args=[BatchFactory().token]),
    "masks wait": mask_run,
    "masks are made": lambda: mask_run(state=JobState.RUNNING, done=2),
    "masks stop": lambda: mask_run(state=JobState.RUNNING, cancel_requested=True),
    "masks failed": lambda: mask_run(state=JobState.FAILED, reason=REASON),
    "masks with problems": mask_run_with_problems,
    "an experiment waits in vain": lambda: experiment(created_at=LONG_AGO),
    "an experiment runs": lambda: experiment(n_done=3, state=JobState.RUNNING),
    "an experiment failed": lambda: experiment(n_done=3, state=JobState.FAILED, reason=REASON),
    "an experiment of four arms": four_arms,
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_run_is_accessible_and_quiet(researchers_tab, state):
    found = {}
    researchers_tab.goto(STATES[state]())
    for scheme in ("light", "dark"):
        researchers_tab.emulate_media(color_scheme=scheme)
        researchers_tab.wait_for_timeout(300)  # until colours have changed
        found[scheme] = violations_of(researchers_tab)
    assert found == {"light": [], "dark": []}
