"""Batch lines: one prompt of a batch and the images that are drawn of it."""

from django.db import models

from generation.diffusion.recipe import EMBEDDING, Adapter, Recipe
from generation.models.batch import Batch


class BatchLine(models.Model):
    """The images `first_index` to `first_index + count - 1`; the i-th of them has seed `first_seed + i`."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines")
    first_index = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    first_seed = models.BigIntegerField()
    prompt = models.TextField()
    negative_prompt = models.TextField(blank=True)
    finding = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["batch", "first_index"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "first_index"], name="batch_line_starts_once_per_index"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="batch_line_draws_something"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × “{self.prompt[:60]}”"

    @property
    def last_seed(self) -> int:
        """The seed of its last image."""
        return self.first_seed + self.count - 1

    @property
    def indexes(self) -> range:
        """Positions in the batch, from 0."""
        return range(self.first_index, self.first_index + self.count)

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """The batch's, of embeddings only those that this line's texts name: another does nothing here."""
        texts = f"{self.prompt}\n{self.negative_prompt}"
        return tuple(one for one in self.batch.used_adapters if one.kind != EMBEDDING or one.name in texts)

    def recipe(self, index: int) -> Recipe:
        """All that decides image `index` of the batch."""
        batch = self.batch
        return Recipe(
            model=batch.generator.name,
            weights_sha256=batch.generator.weights_sha256,
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            seed=self.first_seed + index - self.first_index,
            steps=batch.steps,
            guidance=batch.guidance,
            scheduler=batch.scheduler,
            width=batch.width,
            height=batch.height,
            batch_shape=batch.batch_shape,
            adapters=self.adapters,
            start=batch.begun_with,
        )
