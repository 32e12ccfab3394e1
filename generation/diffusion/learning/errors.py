"""What can go wrong while learning, in sentences for the person who asked."""

from generation.diffusion.errors import DiffusionError


class LearningError(DiffusionError):
    """A training cannot begin, go on or end."""
