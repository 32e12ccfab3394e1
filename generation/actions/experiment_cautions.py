"""What to keep in mind when an experiment's numbers are read: confounding, images seen before, phantoms."""

from collections.abc import Sequence

import numpy as np

from generation.actions.experiment_orders import STRATA, Candidate, ExperimentOrder, value_of
from generation.actions.experiment_planning import Plan, patients_among
from generation.actions.learned_images import trainings_behind
from generation.experiments.areas import placements
from generation.models import Split, TrainingImage
from lungstudy.library.models import Definition

GUESSED_TOO_WELL = 0.65
FEW_TEST_PATIENTS = 30


def cautions(order: ExperimentOrder, plan: Plan) -> list[str]:
    """Sentences for the experiment's page."""
    real = [one for one, _ in plan.placed if one not in plan.drawn]
    images = [*confounded(order, real), seen_before(order, plan), made_of_tested(plan)]
    found = [*images, phantoms(order, plan), unstated(order), few(plan)]
    return [sentence for sentence in found if sentence]


def confounded(order: ExperimentOrder, real: Sequence[Candidate]) -> list[str]:
    """For each fact that gives the finding away: how well one would do by it alone."""
    if order.segments:
        return []
    labels, sentences = [one.label or 0 for one in real], []
    for field, words in STRATA.items():
        if field == "finding":
            continue
        values = [value_of(one.image, field) for one in real]
        if (area := guessed_by(values, labels)) >= GUESSED_TOO_WELL:
            sentences.append(
                f"The {words} alone tells “{order.finding}” here with an area under the curve of {area:.2f}: a net may "
                f"learn the {words} in place of the finding. Compare within one {words}, or read no area as skill."
            )
    return sentences


def guessed_by(values: Sequence[str], labels: Sequence[int]) -> float:
    """The area under the curve of guessing each image's label by the share of images with its value that have it.

    Each pair of an image with the finding and one without is left out of its own shares, so that many values with few
    images each look no better than they are (Airola et al. 2011, Comput. Stat. Data Anal. 55:1828-1844). A value that
    stands alone guesses as all images do, and two images of one value tie.
    """
    names, whose = np.unique(values, return_inverse=True)
    of = np.asarray(labels, dtype=float)
    n, with_it = np.bincount(whose, minlength=len(names)), np.bincount(whose, of, minlength=len(names))
    others = np.maximum(n - 1, 1)[whose]
    guesses = np.where(n[whose] > 1, (with_it[whose] - of) / others, (of.sum() - 1) / max(len(of) - 2, 1))
    # Left out of its own share, an image with the finding ranks below those without it of the same value: they tie.
    ties = float((with_it * (n - with_it)).sum() / (of.sum() * (1 - of).sum()))
    # Equal shares in two values come out below a half: leaving out turns each pair round. That tells nothing either.
    return max(placements(of, guesses).area + ties / 2, 0.5)


def seen_before(order: ExperimentOrder, plan: Plan) -> str:
    """Whether test images taught the model that drew the synthetic images, its adapters, or what these came from."""
    runs = {run.pk for dataset in order.drawn for run in trainings_behind(dataset)}
    tests = [one.image for one in plan.real(Split.TEST)]
    taught = TrainingImage.objects.filter(run__in=runs, image__in=tests, held_out=False)
    if not (n := taught.values("image").distinct().count()):
        return ""
    return (
        f"{n} of {len(tests)} test images taught the model that drew the synthetic images, or one that it came from, "
        "so the arms with these have seen them: hold them out of its training, or give test images as a data set of "
        "their own."
    )


def made_of_tested(plan: Plan) -> str:
    """How many synthetic images are left out for whom they show."""
    if not (n := plan.n_left_out):
        return ""
    return (
        f"{n} synthetic image{' shows' if n == 1 else 's show'} patients who test or choose the epoch, being changed "
        "from a film of theirs: no net learns from such."
    )


def phantoms(order: ExperimentOrder, plan: Plan) -> str:
    """Where nobody's film is in it."""
    drawn = any(dataset.phantoms for dataset in order.drawn)
    if any(dataset.phantoms for dataset in order.real):
        return "Computer-drawn phantoms stand for real images here: these numbers say nothing about films of patients."
    return "The synthetic images are phantoms, or drawn by a model that has seen phantoms only." * (
        drawn and bool(plan.drawn)
    )


def unstated(order: ExperimentOrder) -> str:
    """Where an outline may be one of several things under one name, also beside the masks of another study."""
    sets = [one for one in order.mask_sets if one.definition == Definition.UNSTATED]
    if not sets:
        return ""
    return f"“{sets[0]}” does not say how it defines the {sets[0].structure}: these numbers compare with no others."


def few(plan: Plan) -> str:
    """Where intervals over patients will be wide."""
    n = len(set(patients_among(plan.real(Split.TEST))))
    return f"Only {n} test patients: expect wide intervals." if n < FEW_TEST_PATIENTS else ""
