"""Adapters: what was learned beside a generator, an embedding for a word of prompts or a LoRA."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from generation.diffusion.recipe import EMBEDDING, LORA
from generation.diffusion.recipe import Adapter as RecipeAdapter
from generation.models.generator import Generator


def adapter_path(instance: "Adapter", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Where the weights lie: safetensors only."""
    return f"adapters/{instance.token.hex}.safetensors"


class AdapterQuerySet(models.QuerySet["Adapter"]):
    """Questions about adapters."""

    def available(self) -> Self:
        """Those a researcher may still pick."""
        return self.filter(retired_at=None)

    def of(self, generator: Generator) -> Self:
        """Trained for these weights."""
        return self.filter(generator=generator)


class Adapter(models.Model):
    """One safetensors file that goes with one generator; its content never changes."""

    class Kind(models.TextChoices):
        """What it does to a drawing."""

        EMBEDDING = EMBEDDING, "Embedding"
        LORA = LORA, "LoRA"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120, help_text="An embedding's is the word it has in prompts, such as <heart>.")
    generator = models.ForeignKey(Generator, on_delete=models.PROTECT, related_name="adapters")
    file = models.FileField(upload_to=adapter_path)
    sha256 = models.CharField(max_length=64, db_index=True)
    vectors = models.PositiveSmallIntegerField(default=0, help_text="Of an embedding: the tokens it takes in a prompt.")
    licence = models.CharField(max_length=200, blank=True)
    # Learned from phantoms only, as the generator may be.
    phantoms = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = AdapterQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["generator", "kind", "name"], name="adapter_name_means_one_file"),
        ]

    def __str__(self) -> str:
        return self.name

    def in_recipe(self, scale: float = 1.0) -> RecipeAdapter:
        """As a recipe names it."""
        return RecipeAdapter(self.kind, self.name, self.sha256, scale)
