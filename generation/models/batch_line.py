"""Batch lines: one prompt of a batch and the images that are drawn of it."""

from django.db import models

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
