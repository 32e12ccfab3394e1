"""Key maps: which keys a reader wants for which answers and tools, in every study."""

from django.conf import settings
from django.db import models


class KeyMap(models.Model):
    """One reader's own keys; what is not in it keeps its usual key."""

    reader = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="key_map")
    keys: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"keys of {self.reader}"
