"""Textual inversion: vectors for one word are learned, and not a weight of the model is touched.

Gal et al. 2022, arXiv:2208.01618; with up to 64 vectors as in de Wilde et al. 2023, arXiv:2303.13430.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from safetensors.torch import save_file

from generation.diffusion.learning.denoising import Denoising, frozen
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.examples import Examples
from generation.diffusion.learning.plan import LearningPlan
from generation.diffusion.material import Material
from generation.diffusion.prompts import MARKS
from generation.diffusion.reading import ids_of, spliced, tokens_of
from generation.diffusion.recipe import EMBEDDING, Adapter


class EmbeddingSubject(Denoising):
    """The vectors of one word, read by the frozen text encoder in the places of that word."""

    reading_learns = True

    def __init__(
        self, pipeline: StableDiffusionPipeline, plan: LearningPlan, shown: Examples, held_out: Examples
    ) -> None:
        frozen(pipeline.unet, pipeline.vae, pipeline.text_encoder)
        super().__init__(pipeline, plan, shown, held_out)
        self.vectors = torch.nn.Parameter(first_vectors(pipeline, plan))
        self._refuse_cut_words([*shown.captions, *held_out.captions])

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """The vectors."""
        return {"vectors": self.vectors}

    def read(self, captions: Sequence[str]) -> torch.Tensor:
        """With the vectors in place of the word, so that the error reaches them."""
        ids, splices = tokens_of(self.pipeline, captions, {self.plan.word: self.vectors})
        return spliced(self.pipeline.text_encoder, ids.to(self.device), splices)

    def drawn(self, prompt: str, count: int) -> list[NDArray[np.uint8]]:
        """Through the file, as a batch will read it."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "embedding.safetensors"
            self.export(file, {})
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            adapter = Adapter(EMBEDDING, self.plan.word, sha256)
            return self.draw(prompt, count, (adapter,), Material(files={sha256: file}))

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """One tensor (vectors, width) under the word; the card stands in the file's header."""
        vectors = self.vectors.detach().float().cpu().contiguous()
        save_file({self.plan.word: vectors}, target, metadata=dict(card))

    def _refuse_cut_words(self, captions: Sequence[str]) -> None:
        most = self.pipeline.text_encoder.config.max_position_embeddings
        for caption in dict.fromkeys(captions):
            length = len(ids_of(self.pipeline.tokenizer, caption, {self.plan.word: self.vectors})[0]) + MARKS
            if length > most:
                raise LearningError(
                    f"The caption “{caption[:60]}” is {length - MARKS} tokens long with {self.plan.vectors} vectors, "
                    f"and this model reads {most - MARKS}: shorten the caption template, or learn fewer vectors."
                )


def first_vectors(pipeline: StableDiffusionPipeline, plan: LearningPlan) -> torch.Tensor:
    """The initial words' own vectors in turn; without words, random ones as long as the model's usual ones."""
    table = pipeline.text_encoder.get_input_embeddings().weight.detach().float()
    ids = ids_of(pipeline.tokenizer, plan.initial_words, {})[0] if plan.initial_words.strip() else []
    if ids:
        return torch.stack([table[ids[at % len(ids)]] for at in range(plan.vectors)]).clone()
    random = torch.randn(plan.vectors, table.shape[1], generator=torch.Generator().manual_seed(plan.seed))
    first: torch.Tensor = random.to(table.device) * table.std()
    return first
