"""Whether this site still holds nothing but the demonstration."""

from django.conf import settings

from lungstudy.accounts.models import User
from lungstudy.library.models import Dataset


def only_demonstration_data() -> bool:
    """True in embedded mode until the first real account or data set arrives."""
    if not settings.EMBEDDED:
        return False
    if not User.objects.filter(demonstration=True).exists():
        return False
    real_people = User.objects.filter(demonstration=False).exists()
    return not real_people and not Dataset.objects.filter(demonstration=False).exists()
