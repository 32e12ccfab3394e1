"""Keep the image that a batch changes, and its mask, under the hash of their pixels."""

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from generation.diffusion.material import Grey, Mask
from generation.models import GivenPicture
from lungstudy.library.models import Image
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import pixel_sha256

WHITE = 255


def keep_image(*, pixels: Grey, source: Image | None) -> GivenPicture:
    """Store an image to change, once for the same pixels; `source` is the library's image that it shows."""
    return _kept(pixels, GivenPicture.Kind.IMAGE, source)


def keep_mask(*, mask: Mask) -> GivenPicture:
    """Store a mask, white where the image is drawn anew."""
    return _kept(mask.astype("uint8") * WHITE, GivenPicture.Kind.MASK, None)


def _kept(pixels: Grey, kind: str, source: Image | None) -> GivenPicture:
    sha256 = pixel_sha256(pixels)
    if known := GivenPicture.objects.filter(sha256=sha256).first():
        return known
    picture = GivenPicture(sha256=sha256, kind=kind, source=source)
    picture.file.save("picture.png", ContentFile(encode_png(pixels)), save=False)
    try:
        with transaction.atomic():
            picture.save()
    except IntegrityError:  # the same pixels came from somebody else a moment earlier
        return GivenPicture.objects.get(sha256=sha256)
    return picture
