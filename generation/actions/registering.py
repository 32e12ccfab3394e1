"""Make a model known to the site, or offer it no longer."""

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.diffusion.errors import DiffusionError, ModelError
from generation.diffusion.inspecting import ModelFacts, inspect_model
from generation.models import Generator
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event

STARTER_NAME = "starter"
STARTER_LICENCE = "Apache-2.0"

log = logging.getLogger(__name__)


class GeneratorError(DiffusionError):
    """A generator cannot be registered for a reason that is not in its files."""


def register_generator(*, name: str, source: str, licence: str = "", by: User | None) -> Generator:
    """Check a model folder, hash its weights and make it known; a hub id only where downloads are allowed.

    Raises
    ------
    DiffusionError
        With the sentence to show: unknown folder, pickle, wrong shape, taken name, downloads not allowed.
    """
    if Generator.objects.filter(name=name).exists():
        raise GeneratorError(f"A generator called “{name}” is registered already; choose another name.")
    fields = _fields_of_source(source.strip())
    fields["licence"] = licence or fields.get("licence", "")
    with transaction.atomic():
        generator = Generator.objects.create(**fields, name=name, created_by=by)
        record_event(verb="registered a generator", by=by, target=generator, source=generator.source)
    return generator


def _fields_of_source(source: str) -> dict[str, Any]:
    folder = Path(source).expanduser()
    if folder.is_dir() or not looks_like_hub_id(source):
        return {**facts_as_fields(inspect_model(folder)), "source": str(folder.resolve())}
    if not settings.ALLOW_DOWNLOADS:
        raise GeneratorError(
            f"“{source}” is no folder here, and this site downloads nothing. Give the folder of a model on this "
            "machine, or start the site with LUNGSTUDY_ALLOW_DOWNLOADS=1."
        )
    return {"source": source, "from_hub": True}


def looks_like_hub_id(source: str) -> bool:
    """Whether this reads as owner/name rather than as a path."""
    return source.count("/") == 1 and not source.startswith((".", "/", "~"))


def facts_as_fields(facts: ModelFacts) -> dict[str, Any]:
    """What inspection found, as the generator's columns."""
    return {
        "weights_sha256": facts.weights_sha256,
        "native_size": facts.native_size,
        "size_multiple": facts.size_multiple,
        "max_prompt_tokens": facts.max_prompt_tokens,
        "licence": facts.licence[:200],
    }


def register_starter() -> Generator | None:
    """The model that ships with the project, registered if it is not yet; None where it is missing or broken.

    After an upgrade that brings other weights the old row is retired under another name, since a generator's weights
    never change.
    """
    try:
        facts = inspect_model(settings.STARTER_MODEL)
    except ModelError as exc:
        log.warning("The starter model cannot be registered: %s", exc)
        return None
    current = Generator.objects.starters().filter(name=STARTER_NAME).first()
    if current and current.weights_sha256 == facts.weights_sha256:
        return None if current.retired_at else current
    try:
        with transaction.atomic():
            return _replace_starter(current, facts)
    except IntegrityError:  # another process registered it a moment earlier, or somebody's own model has its name
        return Generator.objects.starters().available().first()


def _replace_starter(current: Generator | None, facts: ModelFacts) -> Generator:
    if current:
        current.name = f"{STARTER_NAME} ({current.weights_sha256[:8]})"
        current.retired_at = current.retired_at or timezone.now()
        current.save(update_fields=["name", "retired_at"])
    fields = {**facts_as_fields(facts), "licence": STARTER_LICENCE, "name": STARTER_NAME, "retired_at": None}
    # After a step back to an earlier version its row is there already.
    starter, _ = Generator.objects.update_or_create(
        source=str(settings.STARTER_MODEL),
        weights_sha256=facts.weights_sha256,
        phantoms=True,
        defaults=fields,
    )
    record_event(verb="registered a generator", by=None, target=starter, source=starter.source)
    return starter


@transaction.atomic
def retire_generator(*, generator: Generator, by: User) -> None:
    """Offer it no longer; its batches, images and recipes stay."""
    generator.retired_at = timezone.now()
    generator.save(update_fields=["retired_at"])
    record_event(verb="retired a generator", by=by, target=generator)
