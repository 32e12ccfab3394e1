"""What can be wrong with a model, a prompt or a drawing; each message is a sentence for the person who asked."""


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
