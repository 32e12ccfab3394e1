"""The tissues of a CT phantom in Hounsfield units: chest wall, bones, great vessels, lung vessels, table."""

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from lungstudy.library.pixels.phantom.ct.anatomy import CtAnatomy
from lungstudy.library.pixels.phantom.ct.shapes import CtShapes
from lungstudy.library.pixels.phantom.shapes import Field, soft
from lungstudy.library.pixels.phantom.textures import Segment

AIR_HU, FAT_HU, MUSCLE_HU, BLOOD_HU, BONE_HU = -1000.0, -100.0, 50.0, 40.0, 450.0
MEDIASTINAL_FAT_HU = -70.0
SHORTEST_VESSEL = 0.0022


def over(below: Field, share: Field, hu: float | Field) -> Field:
    """Lay a tissue over what is there already."""
    return np.asarray(below + share * (hu - below), dtype=np.float32)


def body_wall(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    """Air around the body, skin, fat, and muscle between fat and lung."""
    around = np.full_like(shapes.body, AIR_HU)
    if anatomy.table:
        around = over(around, _table(anatomy, shapes), -250.0)
    fat = over(around, soft(shapes.body, 0.008), FAT_HU)
    skin = soft(shapes.body, 0.008) * soft(np.float32(0.008) - shapes.body, 0.006)
    return over(over(fat, skin, 20.0), soft(shapes.body - np.float32(anatomy.fat), 0.008), MUSCLE_HU)


def _table(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    """A thin curved shell under the back."""
    course = anatomy.half_depth + 0.022 - 0.25 * np.square(shapes.x)
    shell = soft(np.asarray(0.007 - np.abs(shapes.y - course), dtype=np.float32), 0.008)
    return shell * soft(np.float32(0.44) - np.abs(shapes.x), 0.01)


def bones(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    """Share of bone in each pixel: obliquely cut ribs in the wall, breastbone, vertebra."""
    half_width, half_depth = anatomy.cavity
    angle = np.arctan2(shapes.y / half_depth, np.abs(shapes.x) / half_width)  # -pi/2 front, pi/2 back
    turn = (angle / np.pi + 0.5) * anatomy.rib_count + anatomy.rib_phase
    along = np.abs(turn - np.round(turn))
    rib = soft(np.asarray(0.30 - along, dtype=np.float32), 0.12)
    across = soft(np.asarray(0.010 - np.abs(shapes.cavity + 0.018), dtype=np.float32), 0.008)
    aside = soft(np.abs(shapes.x) - np.float32(0.06), 0.02)
    breast = np.maximum(np.abs(shapes.x) / 0.045, np.abs(shapes.y + half_depth + 0.018) / 0.013)
    breastbone = soft(np.asarray((1 - breast) * 0.013, dtype=np.float32), 0.008)
    return np.asarray(np.maximum(np.maximum(rib * across * aside, breastbone), _vertebra(anatomy, shapes)), np.float32)


def _vertebra(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    """Body, arch around the canal, transverse and spinous processes."""
    back = shapes.y - np.float32(anatomy.spine_y)
    ring = np.abs(np.hypot(shapes.x, back - np.float32(0.062)) - np.float32(0.025))
    arch = soft(np.float32(0.008) - ring, 0.008)
    spinous = np.maximum(np.abs(shapes.x) / 0.008, np.abs(back - np.float32(0.11)) / 0.028)
    tips = np.abs(back - np.float32(0.075) - 0.25 * (np.abs(shapes.x) - np.float32(0.03)))
    transverse = soft(np.float32(0.009) - tips, 0.008) * soft(np.float32(0.075) - np.abs(shapes.x), 0.01)
    transverse = transverse * soft(np.abs(shapes.x) - np.float32(0.024), 0.008)
    process = soft(np.asarray((1 - spinous) * 0.008, dtype=np.float32), 0.008)
    return np.asarray(np.maximum.reduce([soft(shapes.spine, 0.008), arch, transverse, process]), dtype=np.float32)


def middle(anatomy: CtAnatomy, shapes: CtShapes, below: Field) -> Field:
    """Mediastinal fat with heart or arch, descending aorta and, above the heart, the trachea."""
    inside = soft(shapes.cavity, 0.008) * soft(shapes.middle, 0.008)
    hu = over(below, inside, MEDIASTINAL_FAT_HU)
    hu = over(hu, soft(shapes.heart, 0.008), BLOOD_HU)
    aorta = np.hypot(shapes.x - 0.052, shapes.y - anatomy.spine_y + 0.03)
    hu = over(hu, soft(np.asarray(0.027 - aorta, dtype=np.float32), 0.008), BLOOD_HU)
    airway = np.hypot(shapes.x + 0.008, shapes.y - 0.045)
    reach = 0.008 if anatomy.shows_heart else 0.021
    return over(hu, soft(np.asarray(reach - airway, dtype=np.float32), 0.008), AIR_HU)


def lung_vessels(anatomy: CtAnatomy, size: int) -> Field:
    """Vessels from both hila outwards, thinner and thinner, cut along or across; 0 to 1, in the picture's pixels."""
    rng = np.random.default_rng([anatomy.seed, 13])
    segments: list[Segment] = []
    for side in (-1, 1):
        hilum = (side * (0.085 if anatomy.shows_heart else 0.065), 0.02)
        for heading in np.linspace(-1.35, 1.35, 8):
            start = float(heading + rng.normal(0, 0.12))
            _grow(segments, rng, hilum, start, float(rng.uniform(0.008, 0.0125)), side)
    return _ink(anatomy, segments, size)


def _grow(
    segments: list[Segment], rng: np.random.Generator, start: tuple[float, float], angle: float, width: float, side: int
) -> None:
    """Walk outwards; a slice is thin, so that a vessel leaves it now and then and comes back."""
    x, y = start
    while width > SHORTEST_VESSEL:
        step = 0.018 + 0.012 * rng.random()
        angle += float(rng.normal(0, 0.2))
        x_next, y_next = float(x + side * step * np.cos(angle)), float(y + step * np.sin(angle))
        if rng.random() < 0.6:
            segments.append((x, y, x_next, y_next, width))
        x, y, width = x_next, y_next, width * 0.86
        if rng.random() < 0.26:
            turn = float(rng.choice((-1, 1)) * rng.uniform(0.35, 0.8))
            _grow(segments, rng, (x, y), angle + turn, width * 0.75, side)


def _ink(anatomy: CtAnatomy, segments: list[Segment], size: int) -> Field:
    """Draw segments given in the body's coordinates onto the picture."""
    scale = 2 * size
    canvas = Image.new("L", (scale, scale))
    pen = ImageDraw.Draw(canvas)
    cos, sin = np.cos(anatomy.tilt), np.sin(anatomy.tilt)

    def on_slice(x: float, y: float) -> tuple[float, float]:
        across, down = x * cos - y * sin + anatomy.centre[0], x * sin + y * cos + anatomy.centre[1]
        return (across + 0.5) * scale, (down + 0.5) * scale

    for x0, y0, x1, y1, width in sorted(segments, key=lambda segment: segment[4]):
        pixels = max(1, round(width * scale))
        ink = round(255 * min(1.0, width * scale / pixels))
        pen.line([on_slice(x0, y0), on_slice(x1, y1)], ink, pixels)
    small = canvas.resize((size, size), Image.Resampling.BOX)
    return np.asarray(gaussian_filter(np.asarray(small, dtype=np.float32) / 255, 0.002 * size), dtype=np.float32)
