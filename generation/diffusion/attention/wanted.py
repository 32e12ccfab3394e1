"""What of the cross-attention is to be kept, and what was kept of one image. No torch here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.errors import DiffusionError, DrawingError

MOST_PHRASES = 12
Plane = NDArray[np.float32]


class AttentionError(DiffusionError):
    """Why a phrase's attention cannot be kept, in one sentence that names the phrase and the prompt."""


@dataclass(frozen=True)
class Wanted:
    """Phrases, rows of the maps (all where empty) and the sampler's steps, counted from 1, both ends included."""

    phrases: tuple[str, ...] = ()
    resolutions: tuple[int, ...] = ()
    first_step: int = 1
    last_step: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no drawing could keep.

        Raises
        ------
        ValueError
            There are too many phrases or one twice, a resolution below 1, or steps that run backwards.
        """
        if len(self.phrases) > MOST_PHRASES or len(set(self.phrases)) < len(self.phrases):
            raise ValueError(f"The attention of at most {MOST_PHRASES} different phrases can be kept; leave some out.")
        if any(rows < 1 for rows in self.resolutions):
            raise ValueError("A resolution of attention is a number of rows, 1 or more.")
        if self.first_step < 1 or (self.last_step is not None and self.last_step < self.first_step):
            raise ValueError(
                f"Attention is kept from step 1 or later up to a later one, not from {self.first_step} to "
                f"{self.last_step}."
            )

    def steps_of(self, taken: int) -> range:
        """The steps that count, of as many as are taken.

        Raises
        ------
        DrawingError
            None of them is among those.
        """
        steps = range(self.first_step, min(self.last_step or taken, taken) + 1)
        if not steps:
            raise DrawingError(
                f"Attention is to be kept from step {self.first_step} on and this drawing takes {taken}; "
                "start at an earlier step."
            )
        return steps

    def as_json(self) -> dict[str, Any]:
        """Plain fields; `wanted_from` gives them back."""
        return {**vars(self), "phrases": list(self.phrases), "resolutions": list(self.resolutions)}


NO_ATTENTION = Wanted()


def wanted_from(fields: Mapping[str, Any]) -> Wanted:
    """What `as_json` wrote; nothing from nothing."""
    lists = {name: tuple(fields.get(name, ())) for name in ("phrases", "resolutions")}
    return Wanted(**{**fields, **lists})


@dataclass(frozen=True)
class Kept:
    """One image's attention, averaged over heads, layers of one resolution, steps and the phrase's tokens.

    Attributes
    ----------
    maps : dict of str to dict of int to float32 array (rows, columns)
        By phrase and rows; each value is the probability, of 1 over all tokens, that the place gave to one token.
    missing : dict of str to str
        Phrases that this image's prompt has no place for, and why.
    """

    maps: dict[str, dict[int, Plane]]
    first_step: int
    last_step: int
    missing: dict[str, str] = field(default_factory=dict)
