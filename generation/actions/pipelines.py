"""The pipeline of a generator, kept loaded for the worker process' next job."""

from functools import lru_cache
from typing import Any

from django.conf import settings

from generation.actions.registering import facts_as_fields
from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import inspect_model
from generation.models import Generator


def pipeline_of(generator: Generator) -> Any:
    """The loaded pipeline, with the very weights that were registered.

    Raises
    ------
    ModelError
        If it cannot be loaded or its weights have changed.
    """
    from generation.diffusion.loading import model_folder  # keeps torch out of the web process

    folder = model_folder(generator.source, allow_downloads=settings.ALLOW_DOWNLOADS)
    if not generator.weights_sha256:
        _learn_facts(generator, str(folder))
    return _loaded(str(folder), generator.weights_sha256)


def _learn_facts(generator: Generator, folder: str) -> None:
    """Store what a hub model turned out to be, once it is downloaded."""
    facts = facts_as_fields(inspect_model(folder))
    facts["licence"] = generator.licence or facts["licence"]
    for name, value in facts.items():
        setattr(generator, name, value)
    generator.save(update_fields=list(facts))


@lru_cache(maxsize=1)  # one: two models may not fit into memory together
def _loaded(folder: str, weights_sha256: str) -> Any:
    from generation.diffusion.loading import load_pipeline  # keeps torch out of the web process

    if inspect_model(folder).weights_sha256 != weights_sha256:
        raise ModelError(
            f"The weights in {folder} are not those that were registered; register the folder under another name, so "
            "that each recipe goes on naming the weights it was drawn with."
        )
    return load_pipeline(folder)
