"""Make an embedding or a LoRA known to the site, or offer it no longer."""

import re

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.diffusion.adapter_files import check_lora, embedding_vectors
from generation.diffusion.errors import DiffusionError
from generation.models import Adapter, Generator
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.pixels.hashes import content_sha256

WORD = re.compile(r"<[^<>\s\"]{1,60}>")


class AdapterError(DiffusionError):
    """An adapter cannot be registered for a reason that is not in its file."""


def register_adapter(
    *, generator: Generator, kind: str, name: str, content: bytes, by: User | None, licence: str = "",
    phantoms: bool = False,
) -> Adapter:  # fmt: skip
    """Check a safetensors file against the generator, store it and make it known; the same file twice is one adapter.

    Raises
    ------
    DiffusionError
        With the sentence to show: no safetensors, another model's, a name that is taken or is no word of a prompt.
    """
    sha256, name = content_sha256(content), name.strip()
    known = Adapter.objects.filter(generator=generator, kind=kind, name=name).first()
    if known and known.sha256 == sha256:
        return known
    if known:
        raise AdapterError(f"“{name}” is another file already, and recipes name it; choose another name.")
    vectors = _checked(generator, kind, name, content)
    try:
        with transaction.atomic():
            adapter = Adapter.objects.create(
                generator=generator, kind=kind, name=name, sha256=sha256, vectors=vectors, licence=licence,
                phantoms=phantoms, created_by=by, file=ContentFile(content, name="weights.safetensors"),
            )  # fmt: skip
            record_event(verb="registered an adapter", by=by, target=adapter, generator=generator.name, sha256=sha256)
    except IntegrityError:  # somebody else's came a moment earlier
        raise AdapterError(f"“{name}” was registered a moment ago; choose another name.") from None
    return adapter


def _checked(generator: Generator, kind: str, name: str, content: bytes) -> int:
    """The number of an embedding's vectors, 0 for a LoRA; refuses what does not fit."""
    folder = generator.local_folder()
    if kind == Adapter.Kind.LORA:
        if not name:
            raise AdapterError("Give the LoRA a name.")
        check_lora(content, folder)
        return 0
    if not WORD.fullmatch(name):
        raise AdapterError(f"An embedding's name is its word in prompts, between < and > without spaces: not “{name}”.")
    return embedding_vectors(content, folder)


@transaction.atomic
def retire_adapter(*, adapter: Adapter, by: User) -> None:
    """Offer it no longer; its images and recipes stay, and so does its file."""
    adapter.retired_at = timezone.now()
    adapter.save(update_fields=["retired_at"])
    record_event(verb="retired an adapter", by=by, target=adapter)
