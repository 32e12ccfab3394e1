"""A synthetic data set as files: pictures, a table, recipes and a card; rejected images stay out unless asked for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generation.exports.card import Card
from generation.exports.given_files import given_entries, given_in
from lungstudy.csv_lines import as_csv
from lungstudy.library.exports.zip_stream import Entry
from lungstudy.library.models import Dataset, Image
from lungstudy.library.models.image import ImageQuerySet

PLAIN, IMAGEFOLDER = LAYOUTS = ("plain", "imagefolder")
AT_ONCE = 200
FROM_RECIPE = (
    "model", "weights_sha256", "prompt", "negative_prompt", "seed", "steps", "guidance", "scheduler", "width", "height",
    "batch_shape", "adapters", "start",
)  # fmt: skip
COLUMNS = (
    "finding", "patient_key", *FROM_RECIPE, "recipe_sha256", "pixel_sha256", "decision", "reason", "noticed",
)  # fmt: skip


@dataclass
class SyntheticSet:
    """One export. Which images are in it is settled when it begins; a picture that is missing is left out and said."""

    dataset: Dataset
    layout: str
    with_rejected: bool
    missing: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Number the images; keys alone, so that a million of them is a few megabytes."""
        self.keys: list[int] = list(self.chosen().order_by("pk").values_list("pk", flat=True))

    def chosen(self) -> ImageQuerySet:
        """What is asked for, as the database has it now."""
        images: ImageQuerySet = Image.objects.filter(dataset=self.dataset)
        return images if self.with_rejected else images.usable()

    def images_in_it(self) -> ImageQuerySet:
        """Those whose pictures are in the export; what was drawn since it began is not."""
        return self.chosen().filter(pk__lte=max(self.keys, default=0)).exclude(pk__in=self.missing)

    @property
    def folder(self) -> str:
        """Where the pictures lie."""
        return "train" if self.layout == IMAGEFOLDER else "images"

    def entries(self) -> Iterator[Entry]:
        """Every file, the card last: only then is it known what was missing."""
        yield from self.pictures()
        table = f"{self.folder}/metadata.csv" if self.layout == IMAGEFOLDER else "metadata.csv"
        yield Entry(table, (line.encode() for line in self.table()))
        yield Entry("recipes.jsonl", (line.encode() for line in self.recipes()))
        images = self.images_in_it()
        given = given_in(images)
        yield from given_entries(given)
        n = len(self.keys) - len(self.missing)
        card = Card(self.dataset, images, given, n, len(self.missing), self.with_rejected)
        yield Entry("README.md", [card.text(with_header=self.layout == IMAGEFOLDER).encode()])

    def pictures(self) -> Iterator[Entry]:
        """One PNG for each image, numbered from 1."""
        for number, image in self.numbered():
            try:
                with image.file.open("rb") as file:
                    content = file.read()
            except FileNotFoundError:
                self.missing.add(image.pk)
                continue
            yield Entry(f"{self.folder}/{number:06d}.png", [content])

    def table(self) -> Iterator[str]:
        """A line for each picture; the name of the first column is what Hugging Face's `datasets` looks for."""
        return as_csv(("file_name", *COLUMNS), self.rows())

    def rows(self) -> Iterator[list[Any]]:
        """Cells of each picture."""
        prefix = "" if self.layout == IMAGEFOLDER else f"{self.folder}/"
        for number, image in self.stored():
            facts = facts_of(image)
            yield [f"{prefix}{number:06d}.png", *(facts.get(name, "") for name in COLUMNS)]

    def recipes(self) -> Iterator[str]:
        """One recipe in a line, of the images that were drawn here."""
        for number, image in self.stored():
            generated = getattr(image, "generated", None)
            if generated:
                line = {
                    "file_name": f"{self.folder}/{number:06d}.png",
                    "recipe": generated.recipe,
                    "recipe_sha256": generated.recipe_sha256,
                    "versions": generated.versions,
                }
                yield json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"

    def stored(self) -> Iterator[tuple[int, Image]]:
        """The images whose pictures are in the export."""
        return (pair for pair in self.numbered() if pair[1].pk not in self.missing)

    def numbered(self) -> Iterator[tuple[int, Image]]:
        """Every image with its number, a few at a time."""
        images = Image.objects.select_related("generated", "provenance")
        for start in range(0, len(self.keys), AT_ONCE):
            keys = self.keys[start : start + AT_ONCE]
            found = images.in_bulk(keys)
            for at, key in enumerate(keys, start=start + 1):
                if key in found:
                    yield at, found[key]


def facts_of(image: Image) -> dict[str, Any]:
    """What the table says of an image, as far as it is known."""
    provenance, generated = getattr(image, "provenance", None), getattr(image, "generated", None)
    facts: dict[str, Any] = {"finding": image.finding, "width": image.width, "height": image.height}
    facts["patient_key"] = image.patient_key  # of a changed film: whoever splits the set splits by patient
    if provenance:
        names = ("prompt", "seed", "steps", "guidance")
        facts |= {"model": provenance.generator} | {name: getattr(provenance, name) for name in names}
    if generated:
        facts |= generated.recipe | {"recipe_sha256": generated.recipe_sha256}
    decision = {"keep": "kept", "exclude": "rejected", "open": "undecided"}[image.decision]
    noticed = ", ".join(flag["code"] for flag in image.flags)
    return facts | {
        "pixel_sha256": image.pixel_sha256, "decision": decision, "reason": image.exclusion_reason, "noticed": noticed,
    }  # fmt: skip
