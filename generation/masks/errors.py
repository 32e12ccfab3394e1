"""What can be wrong with one picture's attention or mask; each message is a sentence that names the picture."""


class MaskError(Exception):
    """No mask could be read for this picture; the others of the batch go on."""


class NoAttentionError(MaskError):
    """Nothing was captured for the picture."""


class UnusableAttentionError(MaskError):
    """What was captured is flat, all zero or not a number."""


class EmptyMaskError(MaskError):
    """The method found no pixel of the structure."""


class FullMaskError(MaskError):
    """The method took every pixel for the structure."""


class MaskSizeError(MaskError, ValueError):
    """Two arrays that belong to one picture differ in size."""
