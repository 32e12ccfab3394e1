"""Textual inversion, samples a second: the loop of diffusers' script beside ours, which encodes each image only once.

Run it with: python -m tests.bench.textual_inversion [--size 512] [--batch 1] [--half]. Stable-Diffusion-1.5-shaped nets
with random weights, arms interleaved ABBA in one process:

    A  as diffusers' textual_inversion.py does: encode the batch, read the caption, the token table as the parameter,
       the gradients of all other tokens thrown away
    B  our learner: latents from the cache, vectors spliced in behind the table

The first step of each is not counted. On a processor take --size 256, and --half for nets of half the width.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from generation.diffusion.learning.beginning import learner_of, training_pipeline
from generation.diffusion.learning.examples import ImageSet, image_set
from generation.diffusion.learning.noise import training_scheduler
from generation.diffusion.learning.pictures import unit_tensor
from generation.diffusion.learning.plan import EMBEDDING, LearningPlan
from tests.bench.shaped_nets import save_shaped

WORD = "<large-heart>"
CAPTION = f"frontal chest radiograph, {WORD}"


class PlainLoop:
    """One step of diffusers' script, without its data loading, which the page cache makes cheap."""

    def __init__(self, folder: Path, images: ImageSet, batch: int) -> None:
        self.pipeline, self.batch = training_pipeline(folder), batch
        tokenizer, encoder = self.pipeline.tokenizer, self.pipeline.text_encoder
        tokenizer.add_tokens([WORD])
        self.token = tokenizer.convert_tokens_to_ids(WORD)
        encoder.resize_token_embeddings(len(tokenizer))
        for net in (self.pipeline.vae, self.pipeline.unet, encoder):
            net.requires_grad_(False)
        self.table = encoder.get_input_embeddings().weight.requires_grad_(True)
        self.optimizer = torch.optim.AdamW([self.table], lr=5e-3)
        self.scheduler = training_scheduler(self.pipeline)
        device = self.pipeline.device
        self.pixels = unit_tensor(images.shown.pictures, self.pipeline.vae.config.in_channels).to(device)
        text = tokenizer([CAPTION] * batch, padding="max_length", truncation=True, max_length=77, return_tensors="pt")
        self.ids = text.input_ids.to(device)
        self.others = torch.arange(len(tokenizer), device=device) != self.token
        self.kept = self.table.detach().clone()

    def step(self) -> None:
        picked = self.pixels[torch.randint(len(self.pixels), (self.batch,))]
        latents = self.pipeline.vae.encode(picked).latent_dist.sample() * self.pipeline.vae.config.scaling_factor
        noise = torch.randn_like(latents)
        times = torch.randint(0, 1000, (self.batch,), device=latents.device)
        noisy = self.scheduler.add_noise(latents, noise, times)
        states = self.pipeline.text_encoder(self.ids)[0]
        loss = (self.pipeline.unet(noisy, times, states).sample - noise).square().mean()
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        with torch.no_grad():
            self.table[self.others] = self.kept[self.others]


def seconds_of(step: Callable[[], object]) -> float:
    """Of one step."""
    began = time.perf_counter()
    step()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=512)
    asked.add_argument("--batch", type=int, default=1)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--half", action="store_true", help="nets of half the width")
    options = asked.parse_args()
    channels = (160, 320, 640, 640) if options.half else (320, 640, 1280, 1280)
    plan = LearningPlan(
        kind=EMBEDDING, size=options.size, steps=10_000, batch=options.batch, word=WORD, vectors=1, variants=1
    )
    pictures = [np.random.default_rng(at).integers(0, 256, (options.size,) * 2, dtype=np.uint8) for at in range(4)]
    images = image_set([(one, CAPTION) for one in pictures], [], plan)
    with tempfile.TemporaryDirectory() as folder:
        model = save_shaped(Path(folder) / "shaped", channels=channels, attention_heads=8)
        arms = {"A": PlainLoop(model, images, options.batch).step, "B": learner_of(plan, model, images, None).take_step}
    for step in arms.values():
        step()
    seconds: dict[str, list[float]] = {"A": [], "B": []}
    for arm in "ABBA" * options.rounds:
        seconds[arm].append(seconds_of(arms[arm]))
    for arm, name in (("A", "diffusers' loop"), ("B", "ours, latents cached")):
        each = sorted(seconds[arm])
        print(
            f"{arm} {name}: {options.batch / statistics.median(each):.4f} samples/s "
            f"({each[0]:.2f} to {each[-1]:.2f} s a step, {len(each)} steps)"
        )
    print(f"B/A {statistics.median(seconds['A']) / statistics.median(seconds['B']):.2f} (wanted: at least 1.4)")


if __name__ == "__main__":
    main()
