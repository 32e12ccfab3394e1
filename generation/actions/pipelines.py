"""The pipelines of generators, kept loaded for the worker process' next jobs as far as memory goes."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

from django.conf import settings

from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import inspect_model
from generation.models import Generator


def pipeline_of(generator: Generator) -> Any:
    """The loaded pipeline, with the very weights that were registered.

    Raises
    ------
    ModelError
        If it is not here yet, cannot be loaded, or its weights have changed.
    """
    if not generator.is_here:
        raise ModelError(f"{generator} is still on its way to this machine; see how far it is on the generators' page.")
    return KEPT.pipeline(str(generator.local_folder()), generator.weights_sha256)


class KeptPipelines:
    """Loaded models, the one that was used longest ago first to go when the next does not fit beside them."""

    def __init__(self) -> None:
        self._by_weights: OrderedDict[tuple[str, str], tuple[Any, float]] = OrderedDict()

    def pipeline(self, folder: str, weights_sha256: str) -> Any:
        """The loaded model; loads it, and lets go of others first, where it is not here yet."""
        key = (folder, weights_sha256)
        if key not in self._by_weights:
            megabytes = weight_megabytes(folder)
            self.make_room(megabytes)
            self._by_weights[key] = (load(folder, weights_sha256), megabytes)
        self._by_weights.move_to_end(key)
        return self._by_weights[key][0]

    def make_room(self, megabytes: float) -> None:
        """Keep no more than the site allows, with this much more to come."""
        while self._by_weights and self.megabytes + megabytes > settings.MODEL_MEMORY_MB:
            self._by_weights.popitem(last=False)

    def keep_only(self, folder: str, weights_sha256: str) -> bool:
        """Let go of all others; whether there were any."""
        others = [key for key in self._by_weights if key != (folder, weights_sha256)]
        for key in others:
            del self._by_weights[key]
        return bool(others)

    @property
    def megabytes(self) -> float:
        """What is loaded, by the size of its files."""
        return sum(megabytes for _, megabytes in self._by_weights.values())

    @property
    def folders(self) -> list[str]:
        """Of what is loaded, the one used last at the end."""
        return [folder for folder, _ in self._by_weights]


KEPT = KeptPipelines()


def let_go_of_others(generator: Generator) -> bool:
    """Free the memory of every loaded model but this generator's; whether there was any."""
    return KEPT.keep_only(str(generator.local_folder()), generator.weights_sha256)


def weight_megabytes(folder: str) -> float:
    """What a model's weights take, by the size of their files."""
    return sum(path.stat().st_size for path in Path(folder).rglob("*.safetensors")) / 1e6


def load(folder: str, weights_sha256: str) -> Any:
    """The model from its folder.

    Raises
    ------
    ModelError
        It cannot be loaded, or its weights have changed.
    """
    from generation.diffusion.loading import load_pipeline  # keeps torch out of the web process

    if inspect_model(folder).weights_sha256 != weights_sha256:
        raise ModelError(
            f"The weights in {folder} are not those that were registered; register the folder under another name, so "
            "that each recipe goes on naming the weights it was drawn with."
        )
    return load_pipeline(folder, settings.DEVICE)
