"""The rules by which noise is removed, each made from the model's own noise levels."""

from typing import Any

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    UniPCMultistepScheduler,
)

from generation.diffusion.recipe import SCHEDULERS

MADE_BY: dict[str, tuple[Any, dict[str, Any]]] = {
    "ddim": (DDIMScheduler, {}),
    "dpm++": (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    "dpm++karras": (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True}),
    "unipc": (UniPCMultistepScheduler, {}),
    "euler": (EulerDiscreteScheduler, {}),
    "euler_a": (EulerAncestralDiscreteScheduler, {}),
}
if MADE_BY.keys() != SCHEDULERS.keys():  # the pages' list and this one
    raise RuntimeError(f"Schedulers {MADE_BY.keys() ^ SCHEDULERS.keys()} are named in one place only.")


def scheduler_for(own: Any, name: str) -> Any:
    """A fresh scheduler of this name with the noise levels of the model's own."""
    made_by, options = MADE_BY[name]
    return made_by.from_config(own.config, **options)
