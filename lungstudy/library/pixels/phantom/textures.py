"""Vessels, airways, mottle and detector noise of a phantom."""

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from lungstudy.library.pixels.phantom.anatomy import Anatomy
from lungstudy.library.pixels.phantom.shapes import Field, Shapes, bump, soft

Segment = tuple[float, float, float, float, float]  # x0, y0, x1, y1 and width, in fractions of the picture


def mottle(rng: np.random.Generator, cells: int, size: int) -> Field:
    """Smooth noise of `cells` blobs across the picture; the same at any size."""
    grid = rng.standard_normal((cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC), dtype=np.float32)


def vessels(anatomy: Anatomy, rng: np.random.Generator, size: int) -> Field:
    """Pulmonary vessels branching outwards from both hila, 0 to 1."""
    canvas_size = 2 * size
    canvas = Image.new("L", (canvas_size, canvas_size))
    pen = ImageDraw.Draw(canvas)
    segments = [s for side in (-1, 1) for s in _tree(anatomy, rng, side)]
    for x0, y0, x1, y1, width in sorted(segments, key=lambda segment: segment[4]):
        (x0, y0), (x1, y1), width = anatomy.on_film(x0, y0), anatomy.on_film(x1, y1), width * anatomy.zoom
        pixels = max(1, round(width * canvas_size))
        ink = round(255 * min(1.0, width * canvas_size / pixels) * min(1.0, 0.35 + 70 * width))
        pen.line([(x0 * canvas_size, y0 * canvas_size), (x1 * canvas_size, y1 * canvas_size)], ink, pixels)
    small = canvas.resize((size, size), Image.Resampling.BOX)
    sharp = np.asarray(small, dtype=np.float32) / 255
    return np.asarray(gaussian_filter(sharp, 0.0022 * size), dtype=np.float32)


def _tree(anatomy: Anatomy, rng: np.random.Generator, side: int) -> list[Segment]:
    """One lung's vessels as tapering line segments."""
    hilum = (anatomy.midline + side * (anatomy.mediastinum + 0.025), 0.41 if side > 0 else 0.43)
    segments: list[Segment] = []
    for heading in np.linspace(-1.25, 1.35, 15):
        width = float(rng.uniform(0.006, 0.0105))
        _grow(segments, rng, hilum, float(heading + rng.normal(0, 0.08)), width, side)
    return segments


def _grow(
    segments: list[Segment], rng: np.random.Generator, start: tuple[float, float], angle: float, width: float, side: int
) -> None:
    """Walk outwards, bending, thinning and splitting, until the vessel is too thin to see."""
    x, y = start
    while width > 0.0014:
        step = 0.022 + 0.012 * rng.random()
        angle += float(rng.normal(0, 0.16))
        x_next, y_next = x + side * step * np.cos(angle), y + step * np.sin(angle)
        segments.append((x, y, float(x_next), float(y_next), width))
        x, y = float(x_next), float(y_next)
        width *= 0.86
        if rng.random() < 0.34:
            turn = float(rng.choice((-1, 1)) * rng.uniform(0.35, 0.8))
            _grow(segments, rng, (x, y), angle + turn, width * 0.72, side)


def hila(anatomy: Anatomy, shapes: Shapes) -> Field:
    """The soft density where vessels and bronchi enter each lung."""
    height = np.where(shapes.is_left, 0.41, 0.43).astype(np.float32)
    across = np.exp(-np.square((shapes.x - anatomy.mediastinum - 0.02) / 0.032))
    return np.asarray(across * np.exp(-np.square((shapes.v - height) / 0.055)), dtype=np.float32)


def airway(shapes: Shapes) -> Field:
    """Air in the trachea and main bronchi, 0 to 1."""
    v, x = shapes.v, shapes.x
    trachea = soft(np.float32(0.021) - x, 0.018) * soft(np.float32(0.355) - v, 0.03)
    course = 0.352 + 0.75 * x
    bronchi = np.exp(-np.square((v - course) / 0.011)) * bump(x, 0.0, 0.01, 0.06)
    return np.asarray(np.maximum(trachea, 0.6 * bronchi), dtype=np.float32)


def detector_noise(rng: np.random.Generator, size: int) -> Field:
    """Quantum noise, blurred a little as by the scintillator, of unit spread."""
    white = rng.standard_normal((size, size), dtype=np.float32)
    blurred = gaussian_filter(white, 0.6)
    return np.asarray(0.5 * white + 0.5 * blurred / max(float(blurred.std()), 1e-6), dtype=np.float32)
