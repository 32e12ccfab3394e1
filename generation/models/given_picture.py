"""Given pictures: the images that batches change, and the masks that say where."""

from django.db import models

from lungstudy.library.models import Image


def picture_path(instance: "GivenPicture", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Named by its pixels, as recipes name it."""
    return f"given/{instance.sha256[:2]}/{instance.sha256}.png"


class GivenPicture(models.Model):
    """One start image at the size it was drawn at, or one mask (white where drawn anew); kept with the recipes."""

    class Kind(models.TextChoices):
        """What a recipe uses it as."""

        IMAGE = "image", "Image to change"
        MASK = "mask", "Mask"

    sha256 = models.CharField(max_length=64, unique=True, help_text="Of the pixels.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    file = models.FileField(upload_to=picture_path)
    # The library's image that it is a copy of, at another size perhaps.
    source = models.ForeignKey(Image, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} {self.sha256[:12]}"
