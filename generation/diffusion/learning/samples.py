"""Makes a prompt fit the model that is being trained; of one from scratch nobody could know before what it reads."""

from pathlib import Path
from tempfile import TemporaryDirectory

from diffusers import StableDiffusionPipeline

from generation.diffusion.composing import texts_of
from generation.diffusion.prompts import NONE, Vectors, fitting


def readable(pipeline: StableDiffusionPipeline, prompt: str, vectors: Vectors = NONE) -> str:
    """The prompt, each of its texts without the end that the text encoder would not read."""
    most = pipeline.text_encoder.config.max_position_embeddings
    with TemporaryDirectory() as folder:
        pipeline.tokenizer.save_pretrained(Path(folder) / "tokenizer")
        for text in sorted(texts_of(prompt), key=len, reverse=True):  # one may be the beginning of another
            prompt = prompt.replace(text, fitting(folder, text, most, vectors))
    return prompt
