"""Makes a CLIP tokenizer whose byte pairs are learned from the captions, so that each caption word is one token."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"

Pair = tuple[str, str]


def byte_alphabet() -> list[str]:
    """The 256 printable stand-ins for bytes that GPT-2 and CLIP vocabularies are written in."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]


def learn_merges(words: list[str]) -> list[Pair]:
    """Byte-pair merges (Sennrich et al. 2016, algorithm 1) until every word is one token."""
    split = [[*word[:-1], word[-1] + WORD_END] for word in words]
    merges: list[Pair] = []
    while any(len(parts) > 1 for parts in split):
        counts = Counter(pair for parts in split for pair in pairwise(parts))
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        split = [_merge(parts, best) for parts in split]
    return merges


def _merge(parts: list[str], pair: Pair) -> list[str]:
    merged: list[str] = []
    for part in parts:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def write_tokenizer(folder: Path, words: list[str], max_tokens: int) -> int:
    """Write vocab.json, merges.txt and the configuration; returns the size of the vocabulary."""
    merges = learn_merges(words)
    alphabet = byte_alphabet()
    tokens = [*alphabet, *(char + WORD_END for char in alphabet), *(a + b for a, b in merges), START, END]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(f"{a} {b}" for a, b in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n", encoding="utf-8")
    settings = {**special, "model_max_length": max_tokens, "do_lower_case": True, "tokenizer_class": "CLIPTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    return len(vocabulary)
