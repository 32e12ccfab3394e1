"""A model on the hub: which of its files are needed, and their way to this machine. No torch here.

The hub's library is imported where it is used: it takes 25 MB, and most sites have no model of the hub.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import NETWORKS, is_half

OnBytes = Callable[[int], None]
INDEX = "model_index.json"
TEXTS = (INDEX, "README.md", "LICENSE*", "*/*.json", "tokenizer/*.txt")
# Of the same weights in half precision, or without averaging: one set is enough, and halves only where they are all.
VARIANTS = ("*.fp16*", "*.non_ema*")


@dataclass(frozen=True)
class Listing:
    """What a download brings: files and their sizes in bytes, at one commit."""

    source: str
    commit: str
    files: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(self.files.values())


def listing_of(source: str, revision: str = "") -> Listing:
    """Ask the hub what there is; a branch's name becomes the commit that it stands at now.

    Raises
    ------
    ModelError
        The hub cannot be reached, has no such model, or has it in no form that can be loaded.
    """
    from huggingface_hub import HfApi

    try:
        info = HfApi().model_info(source, revision=revision or None, files_metadata=True)
    except Exception as error:  # network, authorisation, missing repository or revision: one sentence for all
        raise ModelError(unreachable(source)) from error
    sizes = {one.rfilename: one.size or 0 for one in info.siblings or []}
    files = {name: size for name, size in sizes.items() if is_needed(name)}
    for part in NETWORKS:
        if not any(fnmatch(name, f"{part}/*.safetensors") for name in files):
            files |= halves_of(source, part, sizes)
    return Listing(source, str(info.sha), files)


def halves_of(source: str, part: str, sizes: dict[str, int]) -> dict[str, int]:
    """The half-precision files of a part that has no others; they draw as well, and single precision is made of them.

    Raises
    ------
    ModelError
        There are none either.
    """
    weights = [name for name in sizes if fnmatch(name, f"{part}/*.safetensors")]
    if not weights:
        raise ModelError(
            f"{source} has no safetensors weights for its {part} on the hub, and pickles can run code when opened; "
            "convert it where you trust it, or choose another model."
        )
    if not any(map(is_half, weights)):
        raise ModelError(
            f"{source} has of its {part} on the hub only {weights[0]}, which is not the weights to draw with; choose "
            "another revision or another model."
        )
    return {name: size for name, size in sizes.items() if fnmatch(name, f"{part}/*.fp16*.safetensors")}


def is_needed(name: str) -> bool:
    """Whether a Stable-Diffusion-shaped model needs this file to draw."""
    if any(fnmatch(name, variant) for variant in VARIANTS) or name.count("/") > 1:
        return False
    weights = any(fnmatch(name, f"{part}/*.safetensors") for part in NETWORKS)
    return weights or any(fnmatch(name, pattern) for pattern in TEXTS)


def download(listing: Listing, on_bytes: OnBytes) -> Path:
    """Bring every file here; whatever `on_bytes` raises ends it, and the next call goes on where this one stopped.

    Raises
    ------
    ModelError
        The network broke off, or the disk is full.
    """
    from huggingface_hub import hf_hub_download

    bar = _bar_for(on_bytes)
    folder = Path()
    for name in listing.files:
        file = hf_hub_download(listing.source, name, revision=listing.commit, tqdm_class=bar)
        if name == INDEX:
            folder = Path(file).parent
    return folder


def local_folder(source: str, revision: str = "") -> Path:
    """Where a downloaded model lies.

    Raises
    ------
    ModelError
        It is not here, or this is no hub id at all.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(source, INDEX, revision=revision or None, local_files_only=True)).parent
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ModelError(
            f"{source} is neither a folder on this machine nor a downloaded hub model; download it on the generators' "
            "page, or copy the model here."
        ) from error


def unreachable(source: str) -> str:
    """The sentence for a hub that gives nothing."""
    return f"{source} could not be downloaded from the hub; check the name and the network, or copy the model here."


def _bar_for(on_bytes: OnBytes) -> type[Any]:
    """A progress bar that shows nothing and tells how many bytes came."""

    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc]  # it comes without types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": True})

        def update(self, n: float | None = 1) -> None:
            on_bytes(int(n or 0))

    return Bar
