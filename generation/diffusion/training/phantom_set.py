"""The pictures and captions that the starter model learns from."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.training.captions import CaptionParts, ct_parts, radiograph_parts
from generation.diffusion.training.plan import TrainingPlan
from lungstudy.library.pixels.phantom import Finding, Phantom, draw_phantom
from lungstudy.library.pixels.phantom.ct import CtFinding, CtPhantom, draw_ct_phantom

# Training seeds start here, so that phantoms drawn with everyday seeds were never seen in training.
FIRST_SEED = 10_000_000
# Small or thin findings are the hardest to learn, and have the most sides and zones: they come three times.
RADIOGRAPHS = (*Finding, *(Finding.PNEUMONIA, Finding.PNEUMOTHORAX, Finding.NODULE) * 2)
SLICES = (*CtFinding, CtFinding.NODULE)
KINDS = len(RADIOGRAPHS) + len(SLICES)
PER_PART = 1000


@dataclass(frozen=True)
class PhantomSet:
    """Grey pictures (n, size, size) and the words for each."""

    images: NDArray[np.uint8]
    captions: list[CaptionParts]


def phantom_set(plan: TrainingPlan, folder: Path) -> PhantomSet:
    """Draw the plan's phantoms part by part; parts that an earlier start of the run drew are read back."""
    starts = range(0, plan.phantoms, PER_PART)
    parts = [_part(plan, folder, start, min(start + PER_PART, plan.phantoms)) for start in starts]
    images = np.concatenate([part.images for part in parts])
    return PhantomSet(images=images, captions=[caption for part in parts for caption in part.captions])


def _part(plan: TrainingPlan, folder: Path, start: int, stop: int) -> PhantomSet:
    pictures, words = folder / f"phantoms-{start:06d}.npy", folder / f"phantoms-{start:06d}.json"
    if not words.exists():
        _draw(plan, range(start, stop), pictures, words)
    captions = [CaptionParts(**{k: tuple(v) for k, v in one.items()}) for one in json.loads(words.read_text())]
    return PhantomSet(images=np.load(pictures), captions=captions)


def _draw(plan: TrainingPlan, numbers: range, pictures: Path, words: Path) -> None:
    drawn = [phantom_of(plan, number) for number in numbers]
    np.save(pictures, np.stack([phantom.image for phantom in drawn]))
    # Put in place last and in one step: its presence says that the part is complete.
    unfinished = words.with_suffix(".unfinished")
    unfinished.write_text(json.dumps([asdict(parts_of(phantom)) for phantom in drawn]))
    unfinished.replace(words)


def phantom_of(plan: TrainingPlan, number: int, *, well: bool = False) -> Phantom | CtPhantom:
    """The phantom of this number, radiographs and CT slices in turn, or the same body without its finding."""
    seed, kind = FIRST_SEED + plan.seed * 1_000_000 + number, number % KINDS
    if kind < len(RADIOGRAPHS):
        return draw_phantom(seed, Finding.NORMAL if well else RADIOGRAPHS[kind], plan.image_size)
    finding = CtFinding.NORMAL if well else SLICES[kind - len(RADIOGRAPHS)]
    return draw_ct_phantom(seed, finding, plan.image_size)


def parts_of(phantom: Phantom | CtPhantom) -> CaptionParts:
    """The words for a phantom of either kind."""
    return radiograph_parts(phantom) if isinstance(phantom, Phantom) else ct_parts(phantom)
