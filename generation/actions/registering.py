"""Make a model known to the site, or offer it no longer."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.diffusion.errors import DiffusionError, ModelError
from generation.diffusion.inspecting import (
    PICKLES,
    ModelFacts,
    check_configuration,
    inspect_model,
    refuse_other_weights,
)
from generation.models import Download, Generator
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event

STARTER_NAME = "starter"
STARTER_LICENCE = "Apache-2.0"
STARTER_IMAGES = "Phantoms that the project draws by a procedure; no patient's image."

log = logging.getLogger(__name__)


class GeneratorError(DiffusionError):
    """A generator cannot be registered for a reason that is not in its files."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What somebody says of a model: its name and where it is; a hub revision, or a single file's configuration."""

    name: str
    source: str
    revision: str = ""
    config_source: str = ""
    licence: str = ""
    trained_on: str = ""


def register_generator(*, wanted: Registration, by: User | None) -> Generator:
    """Make a model known: a folder at once, a hub id or a single file by a `Download` that a worker sees to.

    Raises
    ------
    DiffusionError
        With the sentence to show: unknown folder, pickle, wrong shape, taken name, downloads not allowed.
    """
    if Generator.objects.filter(name=wanted.name).exists():
        raise GeneratorError(f"A generator called “{wanted.name}” is registered already; choose another name.")
    fields = _fields_of(wanted)
    said = {"name": wanted.name, "trained_on": wanted.trained_on, "created_by": by}
    if wanted.licence:
        said["licence"] = wanted.licence
    with transaction.atomic():
        generator = Generator.objects.create(**{**fields, **said})
        if not generator.is_here:
            Download.objects.create(generator=generator)
        record_event(verb="registered a generator", by=by, target=generator, source=generator.source)
    return generator


def _fields_of(wanted: Registration) -> dict[str, Any]:
    """A folder's facts, or where a download is to begin."""
    source = wanted.source.strip()
    path = Path(source).expanduser()
    if path.suffix.lower() in PICKLES or path.is_file():
        refuse_other_weights(path)
        return {"source": str(path.resolve()), "config_source": _configuration(wanted)}
    if path.is_dir() or not looks_like_hub_id(source):
        return {**facts_as_fields(inspect_model(path)), "source": str(path.resolve())}
    if not settings.ALLOW_DOWNLOADS:
        raise GeneratorError(
            f"“{source}” is no folder here, and this site downloads nothing. Give the folder of a model on this "
            "machine, or start the site with LUNGSTUDY_ALLOW_DOWNLOADS=1."
        )
    return {"source": source, "from_hub": True, "revision": wanted.revision.strip()}


def _configuration(wanted: Registration) -> str:
    """The folder that a single file's configuration and tokenizer come from: given, or that of a known generator."""
    given = wanted.config_source.strip()
    if not given:
        raise GeneratorError(
            "A single file holds weights alone. Say which model it has the shape of: a registered generator's name, or "
            "a model folder with its configuration and tokenizer."
        )
    known = Generator.objects.filter(name=given).first()
    folder = known.local_folder() if known else Path(given).expanduser()
    check_configuration(folder)
    return str(folder.resolve())


def looks_like_hub_id(source: str) -> bool:
    """Whether this reads as owner/name rather than as a path."""
    return source.count("/") == 1 and not source.startswith((".", "/", "~"))


def facts_as_fields(facts: ModelFacts) -> dict[str, Any]:
    """What inspection found, as the generator's columns."""
    return {
        "weights_sha256": facts.weights_sha256,
        "weights_files": facts.weights_files,
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
    said = {"licence": STARTER_LICENCE, "name": STARTER_NAME, "retired_at": None, "trained_on": STARTER_IMAGES}
    fields = {**facts_as_fields(facts), **said}
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
