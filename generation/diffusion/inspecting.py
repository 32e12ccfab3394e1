"""Looks into a model folder without opening its weights and without torch, so that the web process may."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.diffusion.errors import ModelError, SizeError

PICKLES = (".bin", ".pt", ".ckpt", ".pth", ".pkl", ".pickle")
NETWORKS = ("unet", "vae", "text_encoder")
TOKENIZER_FILES = (("tokenizer.json",), ("vocab.json", "merges.txt"))
CARD_LENGTH = 20_000


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model from its folder.

    `weights_files` has the hash of each file by its name in the folder. `max_prompt_tokens` counts the start and end
    marks; `size_multiple` is the autoencoder's scale factor, which width and height must be multiples of.
    """

    name: str
    weights_sha256: str
    weights_files: dict[str, str]
    native_size: int
    size_multiple: int
    channels: int
    max_prompt_tokens: int
    licence: str
    card: str


def inspect_model(path: Path | str) -> ModelFacts:
    """Check a folder of Stable Diffusion's shape and say what is in it. Reads every weight once, for the hash.

    Raises
    ------
    ModelError
        If the folder is unknown, lacks a part, holds a pickle, or its parts do not fit together.
    """
    folder = Path(path)
    check_parts(folder)
    vae, unet = _config(folder, "vae"), _config(folder, "unet")
    text_encoder = _config(folder, "text_encoder")
    _check_fit(folder, vae, unet, text_encoder)
    multiple = 2 ** (len(_needed(folder, "vae", vae, "block_out_channels")) - 1)
    card, files = _card(folder), weights_files(folder)
    return ModelFacts(
        name=folder.resolve().name,
        weights_sha256=total_sha256(files),
        weights_files=files,
        native_size=_native(folder, unet) * multiple,
        size_multiple=multiple,
        channels=vae["in_channels"],
        max_prompt_tokens=_needed(folder, "text_encoder", text_encoder, "max_position_embeddings"),
        licence=_licence(card),
        card=card,
    )


def check_size(facts: ModelFacts, width: int, height: int) -> None:
    """Refuse a size the model cannot draw.

    Raises
    ------
    SizeError
        If a side is no multiple of the model's step.
    """
    step = facts.size_multiple
    for side, pixels in (("width", width), ("height", height)):
        if pixels < step or pixels % step:
            below = max(step, pixels // step * step)
            raise SizeError(
                f"The {side} of {pixels} pixels is no multiple of {step}, the step of {facts.name}; "
                f"choose {below} or {below + step}."
            )


def check_parts(folder: Path) -> None:
    """Refuse a folder that is not there, holds a pickle, or lacks a part; reads no weights.

    Raises
    ------
    ModelError
        With the first thing that is wrong.
    """
    check_configuration(folder)
    for part in NETWORKS:
        if not any((folder / part).glob("*.safetensors")):
            raise ModelError(f"{folder.name} lacks the weights {part}/*.safetensors; copy the whole model folder.")


def check_configuration(folder: Path) -> None:
    """Refuse a folder that is no Stable Diffusion 1 or 2 whole but for its weights.

    Raises
    ------
    ModelError
        With the first thing that is wrong.
    """
    if not folder.is_dir():
        raise ModelError(f"There is no model folder at {folder}; check the path on the machine that runs the worker.")
    _refuse_pickles(folder)
    index = _json(folder, "model_index.json")
    kind = index.get("_class_name")
    if kind != "StableDiffusionPipeline":
        raise ModelError(
            f"{folder.name} is a {kind or 'pipeline of no stated kind'}; "
            "only folders saved from a StableDiffusionPipeline (version 1 or 2) can be used."
        )
    for part in NETWORKS:
        _json(folder, f"{part}/config.json")
    _json(folder, "scheduler/scheduler_config.json")
    if not any(all((folder / "tokenizer" / name).is_file() for name in names) for names in TOKENIZER_FILES):
        raise ModelError(
            f"{folder.name} lacks its tokenizer (tokenizer/tokenizer.json, or vocab.json with merges.txt); "
            "copy the whole model folder."
        )


def is_half(name: str) -> bool:
    """Whether a file has weights in half precision, by the name that diffusers gives it (`model.fp16.safetensors`)."""
    return ".fp16" in name


def has_halves_alone(folder: Path) -> bool:
    """Whether a part comes in half precision and nothing else."""
    by_part = [[file.name for file in (folder / part).glob("*.safetensors")] for part in NETWORKS]
    return any(all(map(is_half, names)) for names in by_part)


def refuse_other_weights(file: Path) -> None:
    """Refuse a single file that is no safetensors, by its name alone.

    Raises
    ------
    ModelError
        With the way to convert it.
    """
    if file.suffix.lower() != ".safetensors":
        raise ModelError(
            f"{file.name} is no .safetensors file, and other weights can run code when opened; convert it where you "
            "trust it with `StableDiffusionPipeline.from_single_file(old).save_pretrained(new)` and use the new folder."
        )


def weights_files(folder: Path) -> dict[str, str]:
    """The hash of every safetensors file, in the order of their names."""
    hashes = {}
    for file in sorted(folder.rglob("*.safetensors"), key=lambda file: file.relative_to(folder).as_posix()):
        with file.open("rb") as opened:
            hashes[file.relative_to(folder).as_posix()] = hashlib.file_digest(opened, "sha256").hexdigest()
    return hashes


def total_sha256(files: dict[str, str]) -> str:
    """One hash over all weights; two equal models have the same."""
    lines = "".join(f"{name}\0{digest}\n" for name, digest in files.items())
    return hashlib.sha256(lines.encode()).hexdigest()


def _refuse_pickles(folder: Path) -> None:
    pickles = sorted(file for file in folder.rglob("*") if file.suffix.lower() in PICKLES)
    if pickles:
        found = pickles[0].relative_to(folder).as_posix()
        raise ModelError(
            f"{folder.name} holds the pickle {found}, which can run code when it is opened; "
            "convert the model where you trust it with "
            "`StableDiffusionPipeline.from_pretrained(old).save_pretrained(new, safe_serialization=True)` "
            "and use the new folder."
        )


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ModelError(f"{folder.name} lacks {name}; copy the whole model folder.") from None
    except ValueError:
        raise ModelError(f"{name} of {folder.name} is not readable JSON; copy the model folder again.") from None
    if not isinstance(content, dict):
        raise ModelError(f"{name} of {folder.name} is not a JSON object; copy the model folder again.")
    return content


def _config(folder: Path, part: str) -> dict[str, Any]:
    return _json(folder, f"{part}/config.json")


def _needed(folder: Path, part: str, config: dict[str, Any], field: str) -> Any:
    if config.get(field) is None:
        raise ModelError(f"{part}/config.json of {folder.name} does not state {field}; copy the model folder again.")
    return config[field]


def _native(folder: Path, unet: dict[str, Any]) -> int:
    """Side of the latent grid; some models state height and width."""
    size = _needed(folder, "unet", unet, "sample_size")
    return int(max(size) if isinstance(size, list) else size)


def _check_fit(folder: Path, vae: dict[str, Any], unet: dict[str, Any], text_encoder: dict[str, Any]) -> None:
    """Refuse parts of different models, and models for another job (inpainting has nine input channels)."""
    channels = _needed(folder, "vae", vae, "in_channels")
    if channels not in (1, 3):
        raise ModelError(f"The autoencoder of {folder.name} has {channels} channels; only grey (1) and RGB (3) work.")
    latent = _needed(folder, "vae", vae, "latent_channels")
    into = _needed(folder, "unet", unet, "in_channels")
    if latent != into:
        raise ModelError(
            f"The denoiser of {folder.name} takes {into} channels, its autoencoder gives {latent}; "
            "use a text-to-image model whose parts belong together."
        )
    width, hidden = unet.get("cross_attention_dim"), text_encoder.get("hidden_size")
    if width != hidden:
        raise ModelError(
            f"The denoiser of {folder.name} reads prompts {width} numbers wide, its text encoder writes {hidden}; "
            "use a model whose parts belong together."
        )


def _card(folder: Path) -> str:
    for name in ("README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8", errors="replace")[:CARD_LENGTH]
    return ""


def _licence(card: str) -> str:
    """The `license:` line of a model card's front matter, as the hub writes it."""
    front = re.match(r"---\n(.*?)\n---", card, re.DOTALL)
    stated = re.search(r"^license:\s*(\S+)\s*$", front[1], re.MULTILINE) if front else None
    return stated[1] if stated else ""
