"""The names and numbers that an experiment is chosen by; asked by forms, so without torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SEGMENTERS = {"unet": "U-Net", "dynunet": "DynUNet", "segresnet": "SegResNet"}
CLASSIFIERS = {"resnet18": "ResNet-18", "densenet121": "DenseNet-121"}
SIDED = ("left", "right", "heart")
# Least, most and what it must be a multiple of (0: of nothing): nets halve the size four times, and groups of channels.
LIMITS: Mapping[str, tuple[float, float, int]] = {
    "size": (32, 512, 16), "width": (4, 128, 4), "batch": (2, 128, 1), "rate": (1e-6, 0.1, 0), "rounds": (1, 1000, 1),
    "steps": (1, 10_000, 1),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How each net is trained: the same for every arm, so that arms differ in their images alone.

    Attributes
    ----------
    size : int
        Pixels on each side of the pictures.
    width : int
        Channels of the net's first level.
    rounds : int
        How often the net is tried on the validation images; the best of these states is tested.
    steps : int
        Batches between two of these.
    mirrored : bool
        Whether augmentation may exchange left and right.
    """

    size: int = 128
    width: int
    batch: int
    rate: float
    rounds: int
    steps: int
    mirrored: bool = False

    @property
    def total_steps(self) -> int:
        """Batches of one cell."""
        return self.rounds * self.steps

    @property
    def unfit(self) -> str:
        """Which number no net can be trained with, and what it must be; empty where all are fit."""
        for name, (least, most, step) in LIMITS.items():
            value = getattr(self, name)
            if not least <= value <= most or (step and value % step):
                multiple = f" and be a multiple of {step}" if step > 1 else ""
                return f"The {name} must lie between {least:g} and {most:g}{multiple}; {value:g} does not."
        return ""

    def as_json(self) -> dict[str, Any]:
        """Plain fields."""
        return asdict(self)


SEGMENTING = Learning(width=16, batch=8, rate=3e-3, rounds=10, steps=20)
CLASSIFYING = Learning(width=64, batch=16, rate=3e-4, rounds=10, steps=20)


def learning_from(stored: Mapping[str, Any]) -> Learning:
    """What `as_json` gave."""
    return Learning(**stored)


def may_be_mirrored(structure: str) -> bool:
    """Whether a structure looks like itself in a mirror; the heart, or one of two lungs, does not."""
    words = structure.casefold().split()
    return not any(word in SIDED for word in words)
