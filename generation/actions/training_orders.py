"""What somebody asks to be trained, and every reason to refuse it or to warn; asked by forms, so without torch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from generation.actions.training_samples import refuse_unreadable
from generation.diffusion.errors import DiffusionError
from generation.diffusion.learning.captions import caption_of, check_template
from generation.diffusion.learning.plan import EMBEDDING, LORA, SCRATCH, LearningPlan
from generation.diffusion.learning.splitting import held_out
from generation.diffusion.prompts import MARKS, cut_from, prompt_length
from generation.models import Adapter, Generator, TrainingRun
from lungstudy.library.models import Dataset, Image, Origin

WORD = re.compile(r"<[a-z0-9][a-z0-9_-]{0,40}>")
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")
MOST_IMAGES = 100_000
FEW = {"embedding": 10, "lora": 20, "fine_tune": 200, "scratch": 1000}
CUT_SHOWN = 3
FACTS = ("finding", "view", "sex", "age")


class TrainingError(DiffusionError):
    """Why a training cannot be queued, in one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class TrainingOrder:
    """One training: of what, from which images under which captions, and how.

    Attributes
    ----------
    generator : Generator or None
        The model to start from; None from scratch.
    finding : str
        Only images with this finding; empty for all.
    most_images : int or None
        At most so many, chosen by the plan's seed; None for all.
    held_out_share : float
        About this share of the images is held out, whole patients at a time.
    sample_prompt : str
        What is drawn on the way, to see how it goes; empty for what the model reads of the first image's caption.
    """

    name: str
    plan: LearningPlan
    generator: Generator | None
    datasets: Sequence[Dataset]
    template: str
    finding: str = ""
    most_images: int | None = None
    held_out_share: float = 0.1
    sample_prompt: str = ""

    @property
    def phantoms(self) -> bool:
        """Whether the result has seen phantoms only."""
        seen = [dataset.phantoms for dataset in self.datasets]
        return all(seen) and (self.generator is None or self.generator.phantoms)


@dataclass(frozen=True)
class Chosen:
    """One image of a training."""

    image: Image
    caption: str
    held_out: bool


def refuse_unfit_order(order: TrainingOrder) -> None:
    """Check everything that can be known before a worker begins, except the images.

    Raises
    ------
    DiffusionError
        With the sentence to show.
    """
    if not order.datasets:
        raise TrainingError("Choose at least one data set to learn from.")
    if len({dataset.phantoms for dataset in order.datasets}) > 1:
        raise TrainingError("Phantoms and patients' images may not be mixed: the result could not be labelled rightly.")
    if (order.plan.kind == SCRATCH) != (order.generator is None):
        raise TrainingError("A model from scratch starts from no model, and everything else from a registered one.")
    if order.generator is None and (order.plan.size % 16 or order.plan.width % 16):
        raise TrainingError("A model from scratch needs a size and a width that are multiples of 16.")
    check_template(order.template, word=order.plan.word if order.plan.kind == EMBEDDING else "")
    _refuse_name(order)
    if order.generator:
        _refuse_unfit_model(order, order.generator)


def _refuse_name(order: TrainingOrder) -> None:
    if order.plan.kind == EMBEDDING:
        if not WORD.fullmatch(order.plan.word):
            raise TrainingError(
                f"“{order.plan.word}” cannot be an embedding's word; write small letters, digits and hyphens between "
                "angle brackets, such as <large-heart>."
            )
    elif not MODEL_NAME.fullmatch(order.name):
        raise TrainingError("The name may hold letters, digits, spaces, points and hyphens, 80 at most.")
    if _is_taken(order):
        raise TrainingError(f"“{order.name}” exists already, or is being trained; choose another name.")


def _is_taken(order: TrainingOrder) -> bool:
    runs = TrainingRun.objects.unfinished().filter(name=order.name, generator=order.generator)
    if order.plan.kind in (EMBEDDING, LORA):
        adapters = Adapter.objects.filter(generator=order.generator, kind=order.plan.kind, name=order.name)
        return adapters.exists() or runs.filter(kind=order.plan.kind).exists()
    others = TrainingRun.objects.unfinished().filter(name=order.name).exclude(kind__in=(EMBEDDING, LORA))
    return Generator.objects.filter(name=order.name).exists() or others.exists()


def _refuse_unfit_model(order: TrainingOrder, generator: Generator) -> None:
    if not generator.weights_sha256:
        raise TrainingError(f"“{generator}” is not downloaded yet; wait until it is, then train.")
    if order.plan.size % generator.size_multiple:
        raise TrainingError(f"The size must be a multiple of {generator.size_multiple}, not {order.plan.size}.")
    if order.plan.kind == EMBEDDING and prompt_length(generator.local_folder(), order.plan.word) - MARKS == 1:
        raise TrainingError(f"“{order.plan.word}” is a token of this model already; choose another word.")


def images_of(order: TrainingOrder) -> QuerySet[Image]:
    """The images that may be learned from: in the data sets, not excluded, with the finding."""
    images = Image.objects.usable().filter(dataset__in=order.datasets)
    return images.filter(finding=order.finding) if order.finding else images


def chosen_images(order: TrainingOrder) -> list[Chosen]:
    """Exactly which images, under which captions, and which of them are held out.

    Raises
    ------
    DiffusionError
        There is none, or a caption or the prompt of the samples does not fit the model.
    """
    images = sorted(images_of(order)[: MOST_IMAGES + 1], key=lambda image: image.pk)
    if not images:
        found = f" with the finding “{order.finding}”" if order.finding else ""
        raise TrainingError(f"There is no image in use{found} in what you chose; import images, or choose others.")
    if len(images) > MOST_IMAGES:
        raise TrainingError(f"There are more than {MOST_IMAGES} images; choose fewer data sets.")
    images = _some(images, order)
    sides = held_out([image.patient_key for image in images], order.held_out_share, order.plan.seed)
    facts = [{**{name: getattr(image, name) for name in FACTS}, "word": order.plan.word} for image in images]
    captions = [caption_of(order.template, known) for known in facts]
    _refuse_long_captions(order, captions)
    refuse_unreadable(order.sample_prompt, order.plan, order.generator)  # the captions first: they matter more
    return [Chosen(*parts) for parts in zip(images, captions, sides, strict=True)]


def _some(images: list[Image], order: TrainingOrder) -> list[Image]:
    """At most so many; the same for the same seed."""
    if order.most_images is None or len(images) <= order.most_images:
        return images
    import numpy as np

    picked = np.random.default_rng(order.plan.seed).permutation(len(images))[: order.most_images]
    return [images[at] for at in sorted(picked)]


def _refuse_long_captions(order: TrainingOrder, captions: list[str]) -> None:
    """An embedding's own vectors may not be cut off; of other captions the end may, with a warning."""
    if order.plan.kind != EMBEDDING or order.generator is None:
        return
    most, vectors = order.generator.max_prompt_tokens, {order.plan.word: order.plan.vectors}
    folder = order.generator.local_folder()
    for caption in dict.fromkeys(captions):
        if cut := cut_from(folder, caption, most, vectors):
            length = prompt_length(folder, caption, vectors) - MARKS
            raise TrainingError(
                f"The caption “{caption[:60]}” is {length} tokens long with {order.plan.vectors} vectors and this "
                f"model reads {most - MARKS}: “{cut}” would be cut off; shorten the caption template, or learn fewer "
                "vectors."
            )


def cautions(order: TrainingOrder, chosen: list[Chosen]) -> list[str]:
    """What to expect where the images are few, unlabelled or small."""
    shown = [one for one in chosen if not one.held_out]
    found = [
        _few(order, len(shown)), _cut(order, chosen), _unlabelled(order, chosen), _small(order, chosen),
        _of_nobody(order, chosen),
    ]  # fmt: skip
    return [sentence for sentence in found if sentence]


def _few(order: TrainingOrder, n: int) -> str:
    if n >= FEW[order.plan.kind]:
        return ""
    expect = (
        "expect it to draw these very images rather than the disease, and check the samples against them"
        if order.plan.kind != EMBEDDING
        else "expect it to take on what these images happen to share beside the finding, and check other seeds"
    )
    return f"Only {n} image{'s' * (n != 1)} to learn from: {expect}."


def _cut(order: TrainingOrder, chosen: list[Chosen]) -> str:
    """How many captions are too long, and what the first few of them lose."""
    if order.generator is None or order.plan.kind == EMBEDDING:
        return ""
    folder, most = order.generator.local_folder(), order.generator.max_prompt_tokens
    captions = dict.fromkeys(one.caption for one in chosen)
    lost = {caption: cut for caption in captions if (cut := cut_from(folder, caption, most))}
    if not lost:
        return ""
    n = sum(one.caption in lost for one in chosen)
    shown = "; ".join(f"“{caption}” loses “{cut}”" for caption, cut in list(lost.items())[:CUT_SHOWN])
    others = f"; and {len(lost) - CUT_SHOWN} other captions lose their ends" if len(lost) > CUT_SHOWN else ""
    return (
        f"{n} of {len(chosen)} captions are longer than the {most - MARKS} tokens of this model and are cut: "
        f"{shown}{others}. Shorten the caption template, or what the images' records say."
    )


def _unlabelled(order: TrainingOrder, chosen: list[Chosen]) -> str:
    if "{finding}" not in order.template:
        return ""
    n = sum(not one.image.finding for one in chosen)
    return f"{n} of {len(chosen)} images have no finding; their captions do without it." if n else ""


def _small(order: TrainingOrder, chosen: list[Chosen]) -> str:
    n = sum(min(one.image.width, one.image.height) < order.plan.size for one in chosen)
    return f"{n} of {len(chosen)} images are smaller than {order.plan.size} pixels and are enlarged." if n else ""


def _of_nobody(order: TrainingOrder, chosen: list[Chosen]) -> str:
    """Phantoms and drawn images are of nobody, so nothing of one patient can stand on both sides."""
    films = {dataset.pk for dataset in order.datasets if dataset.origin == Origin.REAL and not dataset.phantoms}
    n = sum(one.image.dataset_id in films and not one.image.patient_key for one in chosen)
    if not n or not any(one.held_out for one in chosen):
        return ""
    return (
        f"{n} of {len(chosen)} images name no patient and count as a patient each: images of one patient may stand on "
        "both sides, and the loss on those held out may look better than it is for other patients."
    )
