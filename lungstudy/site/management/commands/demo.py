"""Make the demonstration where it is wanted and missing."""

from typing import Any

from django.core.management import BaseCommand

from lungstudy.site.demonstration import may_be_made
from lungstudy.site.demonstration_study import is_complete, make_demonstration


class Command(BaseCommand):
    """`manage.py demo`: safe to run again; does nothing once real people or data are there."""

    help = "Make the demonstration study of computer-drawn phantoms."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, saying what takes time."""
        if may_be_made() and not is_complete():
            make_demonstration(say=self.stdout.write)
