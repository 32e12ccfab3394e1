"""Keep the image that a batch changes, and its mask, under the hash of their pixels."""

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Case, Q, When

from generation.diffusion.material import Grey, Mask
from generation.models import GivenPicture
from lungstudy.library.models import Image
from lungstudy.library.pixels.arrays import Grey as Film
from lungstudy.library.pixels.encoding import encode_png, to_8_bit
from lungstudy.library.pixels.hashes import content_sha256, pixel_sha256

WHITE = 255


def keep_image(*, pixels: Grey, source: Image | None) -> GivenPicture:
    """Store an image to change, once for the same pixels; `source` is the library's image that it shows.

    A picture that came without a source gets it from whoever knows it; what is known stays, and each batch says
    itself which image it changes.
    """
    return _kept(pixels, GivenPicture.Kind.IMAGE, source)


def keep_mask(*, mask: Mask) -> GivenPicture:
    """Store a mask, white where the image is drawn anew."""
    return _kept(mask.astype("uint8") * WHITE, GivenPicture.Kind.MASK, None)


def _kept(pixels: Grey, kind: str, source: Image | None) -> GivenPicture:
    sha256 = pixel_sha256(pixels)
    if known := GivenPicture.objects.filter(sha256=sha256).first():
        return _with_source(known, source)
    picture = GivenPicture(sha256=sha256, kind=kind, source=source)
    picture.file.save("picture.png", ContentFile(encode_png(pixels)), save=False)
    try:
        with transaction.atomic():
            picture.save()
    except IntegrityError:  # the same pixels came from somebody else a moment earlier
        return _with_source(GivenPicture.objects.get(sha256=sha256), source)
    return picture


def _with_source(known: GivenPicture, source: Image | None) -> GivenPicture:
    if source and GivenPicture.objects.filter(pk=known.pk, source=None).update(source=source):
        known.source = source
    return known


def source_of(*, content: bytes, pixels: Film) -> Image | None:
    """The library's image that a file shows: imported from it, or with its pixels; of several one of a patient."""
    levels = pixel_sha256(to_8_bit(pixels))
    same = Q(pixel_sha256__in=[pixel_sha256(pixels), levels]) | Q(source_sha256=content_sha256(content))
    nobodys = Case(When(patient_key="", then=1), default=0)
    found = Image.objects.filter(same).select_related("dataset").order_by("dataset__phantoms", nobodys, "pk").first()
    if found is None:  # perhaps a copy at the size that is drawn, which an earlier batch changed
        given = GivenPicture.objects.filter(sha256=levels).select_related("source__dataset").first()
        found = given.source if given else None
    return found
