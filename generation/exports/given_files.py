"""What changed images of an export started from: masks and phantoms as files, everything by hash and source."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from generation.models import Batch, GivenPicture
from lungstudy.csv_lines import as_csv
from lungstudy.library.exports.zip_stream import Entry
from lungstudy.library.models import Image, Origin
from lungstudy.library.models.image import ImageQuerySet

COLUMNS = (
    "kind", "sha256", "file", "data_set", "licence", "citation", "phantom", "patient_key", "source_pixel_sha256",
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One start image or mask, and the library's image that it is a copy of, where that is known."""

    kind: str
    sha256: str
    source: Image | None
    picture: GivenPicture | None

    @cached_property
    def is_contained(self) -> bool:
        """Whether its picture is in the export: films of patients never are, they are named."""
        is_nobodys = self.kind == GivenPicture.Kind.MASK or bool(self.source and self.source.dataset.phantoms)
        return is_nobodys and self.picture is not None and self.picture.file.storage.exists(str(self.picture.file.name))

    @property
    def is_of_a_patient(self) -> bool:
        """Whether a patient is known to be seen on it: a film, or itself a change of one."""
        if self.source is None or self.source.dataset.phantoms:
            return False
        return self.source.dataset.origin == Origin.REAL or bool(self.source.patient_key)

    @property
    def file_name(self) -> str:
        """In the export."""
        return f"given/{self.sha256}.png" if self.is_contained else ""

    def row(self) -> list[str]:
        """Its line of the table."""
        if self.source is None:
            return [self.kind, self.sha256, self.file_name, "", "", "", "", "", ""]
        of, phantom = self.source.dataset, "yes" if self.source.dataset.phantoms else "no"
        facts = [of.name, of.licence, of.citation, phantom, self.source.patient_key, self.source.pixel_sha256]
        return [self.kind, self.sha256, self.file_name, *facts]


def given_in(images: ImageQuerySet) -> list[Given]:
    """All that these images started from; the same pixels of two films are two lines."""
    batches = list(Batch.objects.filter(jobs__images__image__in=images, start__has_key="image_sha256").distinct())
    hashes = {batch.start[name] for batch in batches for name in ("image_sha256", "mask_sha256")}
    pictures = {
        one.sha256: one for one in GivenPicture.objects.filter(sha256__in=hashes).select_related("source__dataset")
    }
    found: dict[tuple[str, str, int | None], Given] = {}
    for batch in batches:
        for kind, name in ((GivenPicture.Kind.IMAGE, "image_sha256"), (GivenPicture.Kind.MASK, "mask_sha256")):
            if not (sha256 := batch.start[name]):
                continue
            picture = pictures.get(sha256)
            source = source_of(batch, picture) if name == "image_sha256" else None
            found[kind.value, sha256, source.pk if source else None] = Given(kind.value, sha256, source, picture)
    return [found[key] for key in sorted(found, key=str)]


def source_of(batch: Batch, picture: GivenPicture | None) -> Image | None:
    """The library's image that a batch changes, as the batch says, else as the picture does."""
    return batch.changed_image or (picture.source if picture else None)


def given_entries(given: list[Given]) -> Iterator[Entry]:
    """The pictures that may be in it, and the table of all; nothing where no image is a change of another."""
    for name, one in {one.file_name: one for one in given if one.is_contained}.items():
        if one.picture:
            with one.picture.file.open("rb") as file:
                yield Entry(name, [file.read()])
    if given:
        yield Entry("given.csv", (line.encode() for line in as_csv(COLUMNS, (one.row() for one in given))))
