"""Teaches the text encoder what captions say, before the denoiser looks at it; afterwards it stays as it is.

Trained together with the denoiser it forgot what it knew of sides: the denoiser, which did not draw sides yet, gave no
reason to keep left and right apart, and could not learn them from what was left (docs/starter.md has the figures).
"""

from pathlib import Path

import numpy as np
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from generation.diffusion.training.autoencoder import Report, decayed_rate
from generation.diffusion.training.captions import CaptionParts, reworded
from generation.diffusion.training.checkpoint import load_state, save_state, step_seed
from generation.diffusion.training.networks import new_text_encoder
from generation.diffusion.training.plan import TrainingPlan

PHASE = 3


def train_text_encoder(
    plan: TrainingPlan,
    captions: list[CaptionParts],
    tokenizer: CLIPTokenizer,
    folder: Path,
    report: Report,
    device: torch.device,
) -> CLIPTextModel:
    """Learn which finding, side and zone a caption names, in whatever words.

    Every position from the end mark on must tell, since the denoiser looks at all of them. It takes minutes, so a kill
    begins anew.
    """
    encoder = new_text_encoder(plan, len(tokenizer)).to(device)
    if (state := load_state(folder / "text.state")) is None:
        _teach(plan, encoder, captions, tokenizer, report)
        save_state(folder / "text.state", encoder.state_dict())
    else:
        encoder.load_state_dict(state)
    return encoder.eval().requires_grad_(False)


def _teach(
    plan: TrainingPlan, encoder: CLIPTextModel, captions: list[CaptionParts], tokenizer: CLIPTokenizer, report: Report
) -> None:
    names = sorted({_meaning(caption) for caption in captions})
    meanings = torch.tensor([names.index(_meaning(caption)) for caption in captions]).to(encoder.device)
    torch.manual_seed(plan.seed + 3)
    head = torch.nn.Linear(plan.text_width, len(names)).to(encoder.device)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=plan.text_rate, weight_decay=1e-2)
    encoder.train()
    for step in range(plan.text_steps):
        for group in optimizer.param_groups:
            group["lr"] = decayed_rate(plan.text_rate, step, plan.text_steps)
        rng = np.random.default_rng(step_seed(plan.seed, PHASE, step))
        picked = rng.integers(len(captions), size=plan.text_batch)
        states, is_end = read_to_the_end(encoder, tokenizer, [reworded(captions[n], rng) for n in picked])
        told = meanings[picked][:, None].expand(is_end.shape)
        loss = torch.nn.functional.cross_entropy(head(states)[is_end], told[is_end])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        report("text encoder", step, float(loss.detach()))


def read_to_the_end(
    encoder: CLIPTextModel, tokenizer: CLIPTokenizer, words: list[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """States of every position (n, length, width), and which of them are end marks (n, length) or padding."""
    length = encoder.config.max_position_embeddings
    told = tokenizer(words, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
    tokens = told.input_ids.to(encoder.device)
    return encoder(tokens).last_hidden_state, tokens == tokenizer.eos_token_id


def _meaning(caption: CaptionParts) -> str:
    """The finding with side and zone in its first wording, of a radiograph or of a slice."""
    return f"{caption.openings[0]}: {caption.findings[0]}"
