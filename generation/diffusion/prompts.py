"""Counts a prompt's tokens as the model's CLIP tokenizer will, without transformers."""

import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tokenizers import Encoding, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from generation.diffusion.errors import ModelError, PromptError

START, END = "<|startoftext|>", "<|endoftext|>"
MARKS = 2
# The words of CLIP's tokenizer: https://github.com/openai/CLIP/blob/main/clip/simple_tokenizer.py
WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


Vectors = Mapping[str, int]
"""How many tokens the word of an embedding stands for."""
NONE: Vectors = {}


def prompt_length(path: Path | str, prompt: str, vectors: Vectors = NONE) -> int:
    """Number of tokens the text encoder would be given, start and end marks counted."""
    return len(_starts(path, prompt, vectors)) + MARKS


def check_prompt(path: Path | str, prompt: str, max_tokens: int, vectors: Vectors = NONE) -> None:
    """Refuse a prompt that the text encoder would cut, instead of drawing something else than was asked.

    Raises
    ------
    PromptError
        If the prompt has more than `max_tokens` tokens, start and end marks counted.
    """
    if cut := cut_from(path, prompt, max_tokens, vectors):
        length = prompt_length(path, prompt, vectors) - MARKS
        raise PromptError(
            f"The prompt is {length} tokens long and this model reads {max_tokens - MARKS}: "
            f"“{cut}” would be cut off; shorten the prompt."
        )


def cut_from(path: Path | str, prompt: str, max_tokens: int, vectors: Vectors = NONE) -> str:
    """The words at the end that the text encoder would cut, at most 60 characters of them; empty where all fits."""
    starts = _starts(path, prompt, vectors)
    if len(starts) + MARKS <= max_tokens:
        return ""
    # The end mark takes the last place, so the first token that is lost stands where that mark must go.
    cut = prompt[starts[max_tokens - MARKS] :].strip()
    return cut if len(cut) <= 60 else cut[:57] + "..."


def fitting(path: Path | str, prompt: str, max_tokens: int, vectors: Vectors = NONE) -> str:
    """The longest beginning of the prompt, in whole words, that the text encoder reads; empty where no word fits.

    Whole words, because half a word is other tokens than that word's first ones: the encoder would read something that
    nobody wrote.
    """
    ends = [word.end() for word in re.finditer(r"\S*[^\s,;:]", prompt)]
    fit = bisect_left(ends, True, key=lambda end: bool(cut_from(path, prompt[:end], max_tokens, vectors)))
    return prompt[: ends[fit - 1]] if fit else ""


def ids_in(path: Path | str, text: str) -> list[int]:
    """The tokens of a text without marks, uncut."""
    ids: list[int] = _tokenizer(Path(path) / "tokenizer").encode(text, add_special_tokens=False).ids
    return ids


def _starts(path: Path | str, prompt: str, vectors: Vectors) -> list[int]:
    """Where in the prompt each token starts; an embedding's word is as many tokens as it has vectors."""
    tokenizer, at, starts = _tokenizer(Path(path) / "tokenizer"), 0, []
    words = "|".join(re.escape(word) for word in vectors)
    for piece in re.split(f"({words})", prompt) if vectors else [prompt]:
        if piece in vectors:
            starts += [at] * vectors[piece]
        else:
            encoding: Encoding = tokenizer.encode(piece, add_special_tokens=False)
            starts += [at + start for start, _ in encoding.offsets]
        at += len(piece)
    return starts


@lru_cache(maxsize=8)
def _tokenizer(folder: Path) -> Tokenizer:
    try:
        ready = folder / "tokenizer.json"
        tokenizer = Tokenizer.from_file(str(ready)) if ready.is_file() else _clip_tokenizer(folder)
    except Exception as error:  # the library raises bare Exception for a malformed file
        raise ModelError(f"The tokenizer in {folder} cannot be read; copy the model folder again.") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _clip_tokenizer(folder: Path) -> Tokenizer:
    """CLIP's tokenizer from its two original files."""
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()
    merges = [(a, b) for a, b in (line.split() for line in lines if line and not line.startswith("#version"))]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token=END, end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.add_special_tokens([START, END, *_padding(folder)])
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, vocabulary[END]), (START, vocabulary[START]), trim_offsets=False, add_prefix_space=False
    )
    return tokenizer


def _padding(folder: Path) -> list[str]:
    """The padding, where the files name it: Stable Diffusion 2 pads with “!”, which is then one token anywhere."""
    for file in (folder / "special_tokens_map.json", folder / "tokenizer_config.json"):
        stated = json.loads(file.read_text(encoding="utf-8")).get("pad_token") if file.is_file() else None
        if stated:
            return [stated["content"] if isinstance(stated, dict) else stated]
    return []
