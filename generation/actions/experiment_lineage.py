"""Whom synthetic images show: an image that was changed from a test film must not be learned from."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from generation.experiments.splitting import KEY, PIXELS, families
from generation.models import GeneratedImage, GivenPicture
from generation.models.batch import SOURCE
from lungstudy.library.models import Image

ITSELF = "image"
Name = tuple[str, str]
OF_IMAGE = ("token", "patient_key", "pixel_sha256")


def families_among(images: Sequence[Image]) -> list[int]:
    """A number for each image: the same for images of a patient, and for whatever was changed from one of these."""
    own = [names_of(image.token, image.patient_key, image.pixel_sha256) for image in images]
    return families([*own, *changes(), *given_pictures()])[: len(own)]


def names_of(token: UUID | str, key: str, pixels: str) -> list[Name]:
    """By what an image is known; a patient's key holds across data sets, as it does where real images are split."""
    return [name for name in ((ITSELF, str(token)), (KEY, key), (PIXELS, pixels)) if name[1]]


def changes() -> Iterator[list[Name]]:
    """Every changed image of the library with what it was changed from: ways back may lead through sets not chosen."""
    fields = [f"image__{field}" for field in OF_IMAGE]
    made = GeneratedImage.objects.filter(job__batch__start__has_key="image_sha256")
    sources: set[str] = set()
    for token, key, pixels, start in made.values_list(*fields, "job__batch__start").iterator():
        source = start.get(SOURCE, "")
        sources |= {source} - {""}
        yield [*names_of(token, key, pixels), *names_of(source, "", start["image_sha256"])]
    for image in Image.objects.only(*OF_IMAGE).in_bulk(sources, field_name="token").values():
        yield names_of(image.token, image.patient_key, image.pixel_sha256)


def given_pictures() -> Iterator[list[Name]]:
    """Start images with the library's image that each is a copy of."""
    fields = [f"source__{field}" for field in OF_IMAGE]
    for sha256, *source in GivenPicture.objects.exclude(source=None).values_list("sha256", *fields):
        yield [(PIXELS, sha256), *names_of(*source)]
