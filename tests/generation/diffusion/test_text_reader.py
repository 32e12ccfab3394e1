"""The starter's text encoder: it tells left from right in any wording, and the denoiser leaves it as it is."""

from dataclasses import replace

import numpy as np
import torch
from safetensors.numpy import load_file
from transformers import CLIPTextModel, CLIPTokenizer

from generation.diffusion.training.captions import CaptionParts, caption_words
from generation.diffusion.training.plan import small_plan
from generation.diffusion.training.starter import train_starter
from generation.diffusion.training.text_reader import read_to_the_end, train_text_encoder
from generation.diffusion.training.vocabulary import write_tokenizer
from lungstudy.library.pixels.phantom.anatomy import Finding
from lungstudy.library.pixels.phantom.words import finding_wordings, region_words

SIDES = ("left", "right")


def effusion(side: str) -> CaptionParts:
    finding = Finding.LEFT_EFFUSION if side == "left" else Finding.RIGHT_EFFUSION
    return CaptionParts(("chest x-ray",), (), finding_wordings(finding, side, ""), region_words(finding, side))


def ignore(phase: str, step: int, loss: float) -> None:
    """Nobody watches."""


def test_the_side_can_be_told_in_every_wording_though_captions_name_both(tmp_path):
    write_tokenizer(tmp_path, caption_words(), 32)
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path)
    plan = replace(small_plan(), prompt_tokens=32, text_width=32, text_steps=120, text_batch=16, text_rate=3e-3)
    both = [effusion(side) for side in SIDES]
    encoder = train_text_encoder(plan, both, tokenizer, tmp_path, ignore, torch.device("cpu"))

    def read(side: str) -> torch.Tensor:
        other = SIDES[1 - SIDES.index(side)]
        texts = [f"{words}, {other} lung clear" for words in effusion(side).findings]
        states, is_end = read_to_the_end(encoder, tokenizer, texts)
        return torch.stack([state[ends][-1] for state, ends in zip(states, is_end, strict=True)])

    left, right = read("left"), read("right")
    within = max(float((one - side.mean(0)).norm()) for side in (left, right) for one in side)
    assert float((left.mean(0) - right.mean(0)).norm()) > 2 * within
    assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_the_denoiser_leaves_the_text_encoder_as_it_learned_to_read(tmp_path):
    train_starter(plan=small_plan(), out=tmp_path / "model", work=tmp_path / "work", report=ignore)
    kept = load_file(next((tmp_path / "model" / "text_encoder").glob("*.safetensors")))
    learned = torch.load(tmp_path / "work" / "text.state", weights_only=True)
    assert isinstance(CLIPTextModel.from_pretrained(tmp_path / "model" / "text_encoder"), CLIPTextModel)
    for name, value in kept.items():
        match = next(found for key, found in learned.items() if key.endswith(name) or name.endswith(key))
        assert np.array_equal(value, match.to(torch.float16).numpy()), name
