"""A contact sheet: many images on one page, each with its seed, finding and what was decided."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from lungstudy.library.models import Image

SIDE, GAP, LABEL, TITLE = 160, 12, 34, 44
MOST_COLUMNS, MOST = 8, 200
PAPER, INK, QUIET, REJECTED = 255, 0, 90, 150


def contact_sheet(images: Sequence[Image], title: str) -> bytes:
    """A grey PNG of the images' thumbnails, in their order; a missing file leaves a blank square."""
    columns = min(MOST_COLUMNS, max(len(images), 1))
    rows = -(-len(images) // columns)
    size = (GAP + max(columns, 4) * (SIDE + GAP), TITLE + rows * (SIDE + LABEL + GAP) + GAP)
    sheet = Pillow.new("L", size, PAPER)
    pen, large, small = ImageDraw.Draw(sheet), ImageFont.load_default(16), ImageFont.load_default(12)
    pen.text((GAP, GAP), shortened(title, large, size[0] - 2 * GAP), INK, large)
    for at, image in enumerate(images):
        left, top = GAP + at % columns * (SIDE + GAP), TITLE + at // columns * (SIDE + LABEL + GAP)
        sheet.paste(picture_of(image), (left, top))
        first, second = labels(image)
        pen.text((left, top + SIDE + 2), shortened(first, small, SIDE), INK, small)
        pen.text((left, top + SIDE + 17), shortened(second, small, SIDE), QUIET, small)
    target = BytesIO()
    sheet.save(target, "PNG")
    return target.getvalue()


def picture_of(image: Image) -> Pillow.Image:
    """The thumbnail on a black square; a rejected one is paler."""
    square = Pillow.new("L", (SIDE, SIDE), 0)
    try:
        with image.thumbnail.open("rb") as file, Pillow.open(file) as stored:
            small = stored.convert("L")
    except FileNotFoundError:
        return Pillow.new("L", (SIDE, SIDE), REJECTED)
    scale = SIDE / max(small.size)
    small = small.resize((max(1, round(small.width * scale)), max(1, round(small.height * scale))))
    square.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    return Pillow.blend(square, Pillow.new("L", square.size, PAPER), 0.6) if image.excluded_at else square


def labels(image: Image) -> tuple[str, str]:
    """Seed and finding; then what was decided."""
    provenance = getattr(image, "provenance", None)
    seed = f"seed {provenance.seed}" if provenance and provenance.seed is not None else image.source_name
    decided = {"keep": "kept", "exclude": f"rejected: {image.exclusion_reason}", "open": ""}[image.decision]
    return seed, ", ".join(part for part in (image.finding, decided) if part)


def shortened(words: str, font: "ImageFont.FreeTypeFont | ImageFont.ImageFont", width: int) -> str:
    """Cut to what fits, and to what the font can write."""
    plain = words.encode("latin-1", "replace").decode("latin-1")
    if font.getlength(plain) <= width:
        return plain
    while plain and font.getlength(f"{plain}...") > width:
        plain = plain[:-1]
    return f"{plain}..."
