"""A recipe: everything that decides one synthetic image. No torch here, the web process builds recipes too."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from typing import Any

# Models are trained with 1000 noise levels, and DDIM with an offset cannot take them all.
MOST_STEPS = 999
SCHEDULERS = {"ddim": "DDIM", "dpm++": "DPM-Solver++"}
MAX_SEED = 2**63 - 1


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

    def as_json(self) -> dict[str, Any]:
        """Plain fields; `Recipe(**fields)` gives the recipe back. Guidance is always a float: 7 and 7.0 are one."""
        return {**asdict(self), "guidance": float(self.guidance)}

    def canonical_json(self) -> str:
        """The one text of this recipe: sorted keys, no spaces."""
        return json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def sha256(self) -> str:
        """Names the recipe: equal for equal recipes only."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def family(first: Recipe, count: int) -> list[Recipe]:
    """The recipes of a batch: image i has seed `first.seed + i`."""
    return [replace(first, seed=first.seed + i) for i in range(count)]
