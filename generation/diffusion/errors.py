"""What can be wrong with a model, a prompt or a drawing; each message is a sentence for the person who asked."""

from generation.diffusion.material import Grey


class DiffusionError(Exception):
    """Something about making images went wrong in a way that trying again will not mend."""


class ModelError(DiffusionError):
    """A model folder or hub id cannot be used."""


class PromptError(DiffusionError):
    """A prompt does not fit the model's text encoder."""


class SizeError(DiffusionError):
    """A picture size does not fit the model."""


class DrawingError(DiffusionError):
    """The model ran but gave no picture."""


class LackingError(DrawingError):
    """Some of the pictures came out as no numbers, and the others are good.

    Attributes
    ----------
    images : list of (ndarray of uint8 or None)
        One for each recipe, in order; None in the place of each that is lacking.
    """

    def __init__(self, reason: str, images: list[Grey | None]) -> None:
        super().__init__(reason)
        self.images = images
