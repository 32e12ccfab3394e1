"""What a trial asks: one image to judge, several to choose from, or one to rate; and what may be said beside it."""

from typing import Any

from django.db import models


class Design(models.TextChoices):
    """What readers see at once and how they answer."""

    SINGLE = "single", "One image: real, fake or unsure"
    PAIR = "pair", "Two images: choose one"
    TUPLE = "tuple", "Several images: choose one"
    RATING = "rating", "One image: rate how real it looks"


class Target(models.TextChoices):
    """What is to be found among several images."""

    REAL = "real", "The real one"
    FAKE = "fake", "The fake one"


class Confidence(models.TextChoices):
    """How sure a reader was."""

    NONE = "none", "Not asked"
    KEYS = "keys", "1 to 5, by key"
    SLIDER = "slider", "0 to 100, by slider"


class Marking(models.TextChoices):
    """What a reader may draw where an image looks generated."""

    NONE = "none", "No marks"
    POINT = "point", "Points"
    BOX = "box", "Boxes"
    BOTH = "both", "Points and boxes"


class Revising(models.TextChoices):
    """Which answers may be changed while the study is open."""

    ANY = "any", "Any answer of the running session"
    LAST = "last", "Only the answer just given"
    NEVER = "never", "None"


class AnswerOrder(models.TextChoices):
    """In which order the answers stand on the buttons."""

    FIXED = "fixed", "The same for all readers"
    COUNTERBALANCED = "counterbalanced", "Counterbalanced between readers"


LARGEST_TUPLE = 6
LARGEST_SCALE = 10


class AskedMixin(models.Model):
    """The question of a study and its answers."""

    design = models.CharField(max_length=8, choices=Design.choices, default=Design.SINGLE)
    question = models.CharField(max_length=200, default="Is this image real or fake?")
    tuple_size = models.PositiveSmallIntegerField(default=2, help_text="Images of one trial in a pair or tuple.")
    target = models.CharField(max_length=4, choices=Target.choices, default=Target.REAL)
    match_finding = models.BooleanField(default=False, help_text="Images of one trial share their finding.")
    scale_points = models.PositiveSmallIntegerField(default=5, help_text="Steps of the rating scale.")
    scale_low = models.CharField(max_length=60, default="surely fake", blank=True)
    scale_high = models.CharField(max_length=60, default="surely real", blank=True)
    allow_unsure = models.BooleanField(default=True)
    answer_order = models.CharField(max_length=15, choices=AnswerOrder.choices, default=AnswerOrder.FIXED)
    revising = models.CharField(max_length=5, choices=Revising.choices, default=Revising.ANY)

    confidence = models.CharField(max_length=6, choices=Confidence.choices, default=Confidence.NONE)
    allow_comment = models.BooleanField(default=False)
    marking = models.CharField(max_length=5, choices=Marking.choices, default=Marking.NONE)
    mark_reasons: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def images_per_trial(self) -> int:
        """How many images are on screen at once."""
        return {Design.PAIR: 2, Design.TUPLE: self.tuple_size}.get(Design(self.design), 1)

    @property
    def verdicts(self) -> list[str]:
        """The answers a reader may give, in the declared order of the buttons.

        Verdicts by name; a place on screen or a point of the scale by its number.
        """
        unsure = ["unsure"] if self.allow_unsure else []
        if self.design == Design.SINGLE:
            return ["real", "fake", *unsure]
        if self.design == Design.RATING:
            return [str(point) for point in range(1, self.scale_points + 1)]
        return [*(str(place) for place in range(1, self.images_per_trial + 1)), *unsure]

    def asked(self) -> dict[str, Any]:
        """This part of the protocol, as it is hashed."""
        names = [field.name for field in AskedMixin._meta.get_fields()]
        return {**{name: getattr(self, name) for name in names}, "answers": self.verdicts}
