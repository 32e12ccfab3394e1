"""Generators: the registered diffusion models that batches may use."""

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models

from generation.diffusion.hub import local_folder


class GeneratorQuerySet(models.QuerySet["Generator"]):
    """Questions about generators."""

    def available(self) -> Self:
        """Those that are not retired, also while their files are still on their way."""
        return self.filter(retired_at=None)

    def ready(self) -> Self:
        """Those that can draw now."""
        return self.available().exclude(weights_sha256="")

    def with_token(self, text: str) -> "Generator | None":
        """The one that a form or an address names; None for any other text."""
        try:
            return self.filter(token=uuid.UUID(text)).first()
        except ValueError:
            return None

    def starters(self) -> Self:
        """The model that ships with the project, as each version brought it."""
        return self.filter(source=str(settings.STARTER_MODEL), phantoms=True)


class Generator(models.Model):
    """One Stable-Diffusion-shaped model: a folder in safetensors, a hub id the user allowed, or a single file.

    The last two are on their way (`Download`) until their weights are known and they can draw.

    Its weights never change: other weights are another generator, so that a recipe goes on meaning the same images.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    source = models.CharField(max_length=500, help_text="A folder on the workers' machines, or a hub id.")
    from_hub = models.BooleanField(default=False)
    # Of a hub model: the commit that was downloaded, so that another download brings the same files.
    revision = models.CharField(max_length=40, blank=True)
    # Of a single weights file: the folder or hub id with the configuration and tokenizer that belong to it.
    config_source = models.CharField(max_length=500, blank=True)
    # One hash over all weights, and that of each file.
    weights_sha256 = models.CharField(max_length=64, blank=True)
    weights_files: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict, blank=True)
    native_size = models.PositiveIntegerField(default=512)
    size_multiple = models.PositiveIntegerField(default=8)
    max_prompt_tokens = models.PositiveIntegerField(default=77)
    licence = models.CharField(max_length=200, blank=True)
    trained_on = models.TextField(blank=True, help_text="Which images it learned from, as far as is known.")
    # Trained on phantoms only: its images stand in for a demonstration, and pages say so.
    phantoms = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = GeneratorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_hub=True) | ~models.Q(config_source="") | ~models.Q(weights_sha256=""),
                name="generator_folder_is_hashed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_here(self) -> bool:
        """Whether its weights are known; a model on its way cannot draw yet."""
        return bool(self.weights_sha256)

    def local_folder(self) -> Path:
        """Where its files lie on this machine.

        Raises
        ------
        ModelError
            A hub model that this machine does not have.
        """
        return local_folder(self.source, self.revision) if self.from_hub else Path(self.source)
