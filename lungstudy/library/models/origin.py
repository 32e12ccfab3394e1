"""Where an image comes from: the truth that reading rooms never see."""

from django.db import models


class Origin(models.TextChoices):
    """Taken of a patient, or made by a generator."""

    REAL = "real", "Real"
    SYNTHETIC = "synthetic", "Synthetic"
