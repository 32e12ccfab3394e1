"""The one error that reading a picture raises, and the limits that it speaks of."""

MAX_PIXELS = (
    48_000_000  # one side of a 30 x 35 cm film at 0.05 mm is 7000 px; the largest plates sold give 19 megapixels
)
MIN_SIDE = 64


class ImageError(ValueError):
    """Why a file is no picture for the library, and what to do, in one sentence for the user."""


def check_size(width: int, height: int) -> None:
    """Refuse pictures that are too large or too small, from their header and before any pixel is decoded."""
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {width} x {height} pixels, more than the {MAX_PIXELS // 1_000_000} million that are read; "
            f"export it at a smaller size."
        )
    if min(width, height) < MIN_SIDE:
        raise ImageError(
            f"The picture has only {width} x {height} pixels; each side needs at least {MIN_SIDE}, "
            f"so import the original and not a thumbnail."
        )
