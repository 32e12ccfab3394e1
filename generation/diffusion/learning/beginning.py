"""Puts a training together: the model on its device, the latents of its pictures, and the subject of its kind."""

from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from generation.diffusion.learning.autoencoder_first import WholeModelSubject
from generation.diffusion.learning.embedding import EmbeddingSubject
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.examples import Examples, ImageSet, Shown
from generation.diffusion.learning.fine_tuning import FineTuningSubject
from generation.diffusion.learning.latents import cached_latents
from generation.diffusion.learning.learner import Learner, Subject
from generation.diffusion.learning.lora import LoraSubject
from generation.diffusion.learning.plan import DEVICES, EMBEDDING, FINE_TUNE, LORA, SCRATCH, LearningPlan
from generation.diffusion.learning.scratch import ScratchSubject
from generation.diffusion.loading import load_pipeline

Build = Callable[[StableDiffusionPipeline, LearningPlan, Examples, Examples], Subject]
SUBJECTS: dict[str, Build] = {EMBEDDING: EmbeddingSubject, LORA: LoraSubject, FINE_TUNE: FineTuningSubject}


def learner_of(plan: LearningPlan, folder: Path | None, images: ImageSet, kept: Path | None) -> Learner:
    """A learner at its first step.

    Parameters
    ----------
    folder : Path or None
        The model to start from; None from scratch.
    kept : Path or None
        Folder of this machine in which latents are kept for a restart.

    Raises
    ------
    DiffusionError
        The plan, the model and the images do not fit together, or there is no GPU where one was asked for.
    """
    refuse_missing_gpu(plan)
    if plan.kind == SCRATCH:
        return Learner(ScratchSubject(plan, images), plan)
    if folder is None:
        raise LearningError("A training that is not from scratch needs a model to start from; choose one.")
    pipeline = training_pipeline(folder)
    if plan.autoencoder_learns:
        return Learner(WholeModelSubject(pipeline, plan, images), plan)
    shown = examples_of(pipeline, images.shown, plan.variants, plan, kept and kept / "shown.safetensors")
    held_out = examples_of(pipeline, images.held_out, 1, plan, kept and kept / "held_out.safetensors")
    return Learner(SUBJECTS[plan.kind](pipeline, plan, shown, held_out), plan)


def refuse_missing_gpu(plan: LearningPlan) -> None:
    """Say at once that what was asked for is not here."""
    if plan.device == "gpu" and not torch.cuda.is_available():
        raise LearningError(
            "A graphics card was asked for and this worker has none; start a worker for the train queue on a machine "
            f"with one and let the training go on, or queue it anew on “{DEVICES['any']}”."
        )


def training_pipeline(folder: Path) -> StableDiffusionPipeline:
    """The model in single precision: small steps would be lost in half precision."""
    pipeline = load_pipeline(str(folder))
    return pipeline if pipeline.dtype == torch.float32 else pipeline.to(torch.float32)


def examples_of(
    pipeline: StableDiffusionPipeline, shown: Shown, variants: int, plan: LearningPlan, kept: Path | None
) -> Examples:
    """Captions, and the pictures as latents."""
    if not shown.captions:
        return Examples(torch.zeros(0), [])
    return Examples(cached_latents(pipeline.vae, shown.pictures, variants, plan, kept), shown.captions)
