"""Make the demonstration: phantoms, images of the starter model, a study to read at once and one that is finished."""

import uuid
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from generation.actions.drawing import draw_now
from generation.actions.mask_run_queueing import PARTS, MaskOrder, queue_mask_run
from generation.actions.mask_run_running import run_masks
from generation.actions.orders import NewDataset, Order, OrderLine
from generation.actions.queueing import queue_batch
from generation.actions.registering import register_starter
from generation.diffusion.attention.wanted import Wanted
from generation.masks.methods import DEFAULT_METHOD
from generation.models import Batch, Generator
from lungstudy.accounts.models import Role, User
from lungstudy.jobs.models import JobState
from lungstudy.library.actions.phantoms import LICENCE, store_phantoms
from lungstudy.library.models import Dataset, Definition, Origin
from lungstudy.library.pixels.phantom import Finding
from lungstudy.library.pixels.phantom.anatomy import draw_anatomy
from lungstudy.library.pixels.phantom.words import caption_naming_parts
from lungstudy.site.demonstration import demonstration_user
from lungstudy.site.simulated_readers import HABITS, REASONS, answer_all
from reader.actions.drafts import add_pool, create_study
from reader.actions.drawing import draw_cases
from reader.actions.joining import join
from reader.actions.lifecycle import close_study, delete_study, open_study, unblind_study
from reader.actions.sealing import ask_to_seal, render_and_seal
from reader.models import Assignment, Confidence, Marking, Sealing, Study, UnsureRule

Say = Callable[[str], object]
PHANTOMS_NAME = "Demonstration phantoms, drawn by the procedure"
STARTER_NAME = "Demonstration images of the starter model"
MASKS_NAME = "Demonstration lungs, from attention"
LUNGS = ("left lung", "right lung")
FIRST_SEED = 1000
# What the starter model obeys (docs/starter.md).
FINDINGS = (Finding.NORMAL, Finding.CARDIOMEGALY, Finding.LEFT_EFFUSION, Finding.RIGHT_EFFUSION)
PER_FINDING = 4  # with the findings a multiple of the batch shape, so that nothing is drawn to be thrown away
# Few steps: this is drawn while somebody waits for the first start.
STEPS, GUIDANCE, SCHEDULER = 12, 3.0, "dpm++"
KEYS = uuid.UUID("6c756e67-7374-7564-7900-64656d6f0000")

INSTRUCTIONS = (
    "Every image is a computer-drawn phantom, no patient's film. Half were drawn by a procedure, which stands for "
    "real; half by a small diffusion model that learned from such drawings, which stands for fake.\n\n"
    "Look at each as you would at a chest film, and say what you think it is."
)
SIMULATED = (
    "This study was answered by four simulated readers, a seeded random rule and not people, so that its results page "
    "has something to show."
)
# What the finished study asks beyond a verdict, so that every section of its results has something to show.
ASKED_OF_SIMULATED: dict[str, Any] = {
    "confidence": Confidence.KEYS, "marking": Marking.BOTH, "mark_reasons": list(REASONS), "repeats": 8,
    "repeat_distance": 6, "unsure_rule": UnsureRule.HALF,
}  # fmt: skip


def is_complete() -> bool:
    """Whether the study that can be read at once is there."""
    return Study.objects.filter(demonstration=True, state=Study.State.OPEN).exists()


def make_demonstration(*, say: Say) -> None:
    """Make what is missing; what a broken-off start left behind is used or made anew."""
    # A start that was killed while it sealed left a sealing that nobody will finish.
    Sealing.objects.unfinished().filter(study__demonstration=True).update(state=JobState.CANCELLED)
    for study in Study.objects.filter(demonstration=True):
        delete_study(study=study, by=None, why="the demonstration was not finished")
    researcher = demonstration_user(Role.RESEARCHER)
    demonstration_user(Role.ADMIN)
    reader = demonstration_user(Role.READER)
    phantoms = draw_phantoms(say)
    starter = register_starter()
    if starter is None:
        say("The starter model is missing, so the demonstration has no study. See docs/starter.md.")
        return
    drawn = draw_starter_images(starter, say)
    per_arm = PER_FINDING * len(FINDINGS)
    say("Sealing the demonstration studies")
    title = "Finished demonstration (simulated readers)"
    finished = sealed_study(title, SIMULATED, (phantoms, drawn), per_arm, **ASKED_OF_SIMULATED)
    play(finished, by=researcher)
    reading = sealed_study("Demonstration: read it now", INSTRUCTIONS, (phantoms, drawn), 10)
    open_study(study=reading, by=researcher)
    seat(reading, reader, 1)
    for study in (finished, reading):
        study.researchers.add(researcher)


def draw_phantoms(say: Say) -> Dataset:
    """The arm that stands for real, at the starter's own size, so that sharpness does not tell the arms apart."""
    wanted = zip(count(FIRST_SEED), (finding for finding in FINDINGS for _ in range(PER_FINDING)), strict=False)
    dataset = store_phantoms(
        name=PHANTOMS_NAME, origin=Origin.REAL, wanted=wanted, size=128, on_progress=lambda done: say(f"Phantom {done}")
    )
    Dataset.objects.filter(pk=dataset.pk).update(demonstration=True)
    return dataset


def draw_starter_images(starter: Generator, say: Say) -> Dataset:
    """The arm that stands for fake, drawn by the same code as any batch."""
    wanted = Dataset.objects.filter(name=STARTER_NAME).first() or NewDataset(name=STARTER_NAME, licence=LICENCE)
    order = Order(
        generator=starter, lines=tuple(starter_lines()), steps=STEPS, guidance=GUIDANCE, scheduler=SCHEDULER,
        width=starter.native_size, height=starter.native_size, attended=Wanted((*LUNGS, "heart")),
    )  # fmt: skip
    say(f"Drawing {order.count} images with the starter model")
    key = uuid.uuid5(KEYS, starter.weights_sha256)
    batch = queue_batch(order=order, dataset=wanted, request_key=key, by=None)
    draw_now(batch)
    make_lung_masks(batch, key)
    Dataset.objects.filter(name=STARTER_NAME).update(demonstration=True)
    return Dataset.objects.get(name=STARTER_NAME)


def make_lung_masks(batch: Batch, key: uuid.UUID) -> None:
    """The lungs of the starter's images, read from its attention, which was taught to take the heart inside."""
    order = MaskOrder(
        batch=batch, phrases=LUNGS, structure="lungs", definition=Definition.HEART_INSIDE, method=DEFAULT_METHOD,
        name=MASKS_NAME, parts=PARTS["lungs"],
    )  # fmt: skip
    run_masks(queue_mask_run(order=order, request_key=key, by=None).pk)


def starter_lines() -> Iterator[OrderLine]:
    """For each finding the caption of a phantom that shows it, with the parts of the body that masks are made of."""
    for first_seed, finding in zip(count(FIRST_SEED, PER_FINDING), FINDINGS, strict=False):
        prompt = caption_naming_parts(draw_anatomy(first_seed, finding))
        yield OrderLine(prompt=prompt, finding=str(finding), count=PER_FINDING, first_seed=first_seed)


def sealed_study(title: str, instructions: str, arms: tuple[Dataset, Dataset], per_arm: int, **protocol: Any) -> Study:
    """A study of both arms, sealed in this process."""
    study = create_study(
        by=None, demonstration=True, title=title, instructions=instructions, seed=FIRST_SEED, image_size=512,
        border_crop_percent=2, **protocol,
    )  # fmt: skip
    for dataset in arms:
        add_pool(study=study, dataset=dataset, count=per_arm)
    draw_cases(study=study)
    sealing = Sealing.objects.claim(ask_to_seal(study=study, by=None).pk)
    if sealing is not None:
        render_and_seal(sealing=sealing)
    study.refresh_from_db()
    return study


def seat(study: Study, user: User, number: int, *, group: str = "") -> Assignment:
    """Give somebody a place without a link."""
    return join(assignment=Assignment.objects.create(study=study, number=number, group=group), user=user)


def play(study: Study, *, by: User) -> None:
    """Let the simulated readers answer, then close and unblind."""
    open_study(study=study, by=by)
    for number, habits in enumerate(HABITS, start=1):
        simulated, _ = User.objects.get_or_create(
            username=f"demo-simulated-{number}",
            defaults={"first_name": "Simulated reader", "last_name": str(number), "demonstration": True},
        )
        place = seat(study, simulated, number, group=habits.group)
        answer_all(place, habits, seed=FIRST_SEED)
    close_study(study=study, by=by)
    unblind_study(study=study, by=by)
