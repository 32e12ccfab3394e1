"""A recipe: everything that decides one synthetic image. No torch here, the web process builds recipes too."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from typing import Any

# Models are trained with 1000 noise levels, and DDIM with an offset cannot take them all.
MOST_STEPS = 999
SCHEDULERS = {
    "ddim": "DDIM",
    "dpm++": "DPM-Solver++",
    "dpm++karras": "DPM-Solver++, Karras' noise levels",
    "unipc": "UniPC",
    "euler": "Euler",
    "euler_a": "Euler, ancestral (adds noise)",
}
MAX_SEED = 2**63 - 1
EMBEDDING, LORA = ADAPTER_KINDS = ("embedding", "lora")
# Fields that came later: a recipe without them keeps the name it always had.
LATER = ("adapters", "start")


@dataclass(frozen=True)
class Adapter:
    """What was learned beside the model: a textual inversion embedding (``<token>`` in the prompt) or a LoRA.

    `scale` is how strongly a LoRA acts; an embedding acts by being named.
    """

    kind: str
    name: str
    sha256: str
    scale: float = 1.0


@dataclass(frozen=True)
class Start:
    """The image that is changed, named by its pixels; with a mask only what lies under it.

    `strength` is the share of the steps that are taken, 1 for all. Outside the mask every pixel stays exactly the
    start's; over `feather` pixels inside its edge the two are mixed.
    """

    image_sha256: str
    strength: float
    mask_sha256: str = ""
    feather: int = 0


@dataclass(frozen=True)
class Recipe:
    """One recipe is one image.

    `batch_shape` is how many images are drawn side by side; it is part of the recipe since the last bits of a number
    may depend on it, while they do not depend on which other images share the batch.
    """

    model: str
    weights_sha256: str
    prompt: str
    negative_prompt: str
    seed: int
    steps: int
    guidance: float
    scheduler: str
    width: int
    height: int
    batch_shape: int
    adapters: tuple[Adapter, ...] = ()
    start: Start | None = None

    @property
    def steps_taken(self) -> int:
        """Steps of the sampler: fewer where an image is changed a little."""
        return max(1, min(self.steps, round(self.steps * self.start.strength))) if self.start else self.steps

    def __post_init__(self) -> None:
        """Refuse what no model could draw.

        Raises
        ------
        ValueError
            If the seed, steps, guidance, scheduler, size or batch shape is out of range.
        """
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"The seed must lie between 0 and {MAX_SEED}, not at {self.seed}.")
        if not 1 <= self.steps <= MOST_STEPS:
            raise ValueError(f"The number of steps must lie between 1 and {MOST_STEPS}, not at {self.steps}.")
        if not (math.isfinite(self.guidance) and self.guidance >= 0):
            raise ValueError(f"Guidance must be a number from 0 upwards, not {self.guidance}.")
        if self.scheduler not in SCHEDULERS:
            raise ValueError(f"There is no scheduler “{self.scheduler}”; choose one of: {', '.join(SCHEDULERS)}.")
        if self.width < 1 or self.height < 1:
            raise ValueError(f"Width and height must be at least 1 pixel, not {self.width} x {self.height}.")
        if self.batch_shape < 1:
            raise ValueError(f"The batch shape must be at least 1, not {self.batch_shape}.")
        if any(adapter.kind not in ADAPTER_KINDS for adapter in self.adapters):
            raise ValueError(f"An adapter is one of: {', '.join(ADAPTER_KINDS)}.")
        if self.start and not 0 < self.start.strength <= 1:
            raise ValueError(f"Strength must lie above 0 and at 1 at most, not at {self.start.strength}.")
        if self.start and self.start.feather < 0:
            raise ValueError(f"The feather must be 0 pixels or more, not {self.start.feather}.")

    def as_json(self) -> dict[str, Any]:
        """Plain fields, those left out that are empty; `recipe_from` gives the recipe back.

        Guidance is always a float: 7 and 7.0 are one.
        """
        fields = {**asdict(self), "guidance": float(self.guidance)}
        return {name: value for name, value in fields.items() if name not in LATER or value}

    def canonical_json(self) -> str:
        """The one text of this recipe: sorted keys, no spaces."""
        return json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def sha256(self) -> str:
        """Names the recipe: equal for equal recipes only."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def recipe_from(fields: dict[str, Any]) -> Recipe:
    """The recipe that `as_json` wrote."""
    adapters = tuple(Adapter(**one) for one in fields.get("adapters", ()))
    start = Start(**fields["start"]) if fields.get("start") else None
    return Recipe(**{**fields, "adapters": adapters, "start": start})


def family(first: Recipe, count: int) -> list[Recipe]:
    """The recipes of a batch: image i has seed `first.seed + i`."""
    return [replace(first, seed=first.seed + i) for i in range(count)]
