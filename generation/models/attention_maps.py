"""What was kept of the cross-attention while an image was drawn: masks are read from it."""

from django.db import models

from generation.models.generated_image import GeneratedImage


def attention_path(instance: "AttentionMaps", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Beside the image, under its random token."""
    name = instance.generated.image.token.hex
    return f"attention/{name[:2]}/{name}.safetensors"


class AttentionMaps(models.Model):
    """One image's maps, for each phrase and resolution the mean over heads, layers and steps."""

    generated = models.OneToOneField(GeneratedImage, on_delete=models.CASCADE, related_name="attention")
    file = models.FileField(upload_to=attention_path)
    phrases: "models.JSONField[list[str], list[str]]" = models.JSONField(help_text="Whose attention it holds.")
    # Phrases of the batch that this image's prompt lacks, or that the encoder cut: [{"phrase", "reason"}].
    missing: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(default=list, blank=True)
    resolutions: "models.JSONField[list[int], list[int]]" = models.JSONField(help_text="Rows of the maps kept.")
    first_step = models.PositiveIntegerField(help_text="Counted from 1, as is the last; both take part.")
    last_step = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "attention maps"

    def __str__(self) -> str:
        return f"attention of {self.generated}"
