"""The card of an exported data set: what it is, how it was made, what was picked out of it, and what it is not."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Count

from generation.exports.given_files import Given
from generation.exports.whom_they_show import whom_they_show
from generation.models import Adapter, GeneratedImage, Generator
from lungstudy.library.models import Dataset, Modality, Provenance
from lungstudy.library.models.image import ImageQuerySet
from lungstudy.library.reports.rejects import Rejects

FINDINGS = """## Findings

The label of a drawn image is what was asked for, that of an imported one what came with it; nobody has confirmed it.

| finding | images |
|---|---|"""
FILES = """## Files

- `{table}`: one line for each image: prompt, model, seed, every setting, hashes, and what a person decided.
- `recipes.jsonl`: the whole recipe of each image that was drawn here, with the versions and the device that drew it.
  The same recipe with the same versions, device and threads gives the same image.
{given}
In the table a text that begins with =, +, - or @ has an apostrophe before it, so that no spreadsheet runs it.
"""


GIVEN = """- `given.csv`: the start images and masks of changed images, named as recipes name them (SHA-256 of depth,
  size and grey levels), with the data set and the pixel hash of the image that each is a copy of: its central square,
  at the size that is drawn. Masks, and start images that are phantoms, lie in `given/`; no other start image does.
"""


@dataclass(frozen=True)
class Card:
    """Of one export: its `n` images, and what they started from; `missing` pictures were not in the store."""

    dataset: Dataset
    images: ImageQuerySet
    given: list[Given]
    n: int
    missing: int
    with_rejected: bool

    def text(self, *, with_header: bool) -> str:
        """The README, for people and, with its header, for Hugging Face."""
        table = "train/metadata.csv" if with_header else "metadata.csv"
        parts = [
            self.header() if with_header else "",
            f"# {self.dataset.name}\n",
            f"{self.n} synthetic images ({Modality(self.dataset.modality).label.lower()}). For research, not for "
            "diagnosis.\n",
            whom_they_show(self.dataset, self.images, self.given),
            self.selection(),
            self.models(),
            self.adapters(),
            self.findings(),
            FILES.format(table=table, given=GIVEN if self.given else ""),
            f"## Licence and citation\n\nLicence: {self.dataset.licence or 'not stated'}\n\n{self.dataset.citation}\n",
            self.versions(),
        ]
        return "\n".join(part for part in parts if part)

    def generators(self) -> models.QuerySet[Generator]:
        """The models that drew it here."""
        return Generator.objects.filter(batches__jobs__images__image__in=self.images).distinct()

    def header(self) -> str:
        """What Hugging Face reads; JSON strings are YAML strings."""
        lines = {
            "pretty_name": self.dataset.name,
            "license": "other",
            "license_name": self.dataset.licence or "not stated",
            "tags": ["synthetic", "medical", "chest", *(["phantom"] if self.dataset.phantoms else [])],
            "task_categories": ["text-to-image"],
            "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "train/*"}]}],
        }
        return "\n".join(["---", *(f"{name}: {json.dumps(value)}" for name, value in lines.items()), "---", ""])

    def selection(self) -> str:
        """What people took out: a picked set says less about a model than all of its images."""
        rejects = Rejects.of(self.dataset.images.all())
        said = f"{rejects.sentence} {rejects.kept} were looked at and kept, {rejects.undecided} nobody decided on."
        here = "The rejected ones are in this export, marked in the table." if self.with_rejected else ""
        here = here or ("The rejected ones are not in this export." if rejects.rejected else "")
        lost = (
            f"Of those that belong here, {self.missing} could not be found in the site's store." if self.missing else ""
        )
        return f"## Selection by hand\n\n{' '.join(part for part in (said, here, lost) if part)}\n"

    def models(self) -> str:
        """Which models drew the images, with hash and licence."""
        known = list(self.generators())
        lines = [f"- {each.name}: weights SHA-256 {each.weights_sha256 or 'not known'}; licence: "
                 f"{each.licence or 'not stated'}{'; trained on phantoms only' if each.phantoms else ''}"
                 for each in known]  # fmt: skip
        drawn_here = {each.name for each in known}
        others = Provenance.objects.filter(image__in=self.images).values_list("generator", flat=True).distinct()
        lines += [f"- {name}" for name in others.order_by("generator") if name not in drawn_here]
        return "## Models\n\n" + "\n".join(lines or ["- not known: the images were imported"]) + "\n"

    def adapters(self) -> str:
        """Which embeddings and LoRAs took part, with hash and licence; nothing where none did."""
        drawn = GeneratedImage.objects.filter(image__in=self.images, recipe__has_key="adapters").order_by()
        several = drawn.values_list("recipe__adapters", flat=True).distinct()
        used = {(one["kind"], one["name"], one["sha256"]) for some in several for one in some}
        lines = [adapter_line(*one) for one in sorted(used)]
        return "\n".join(["## Embeddings and LoRAs\n", *lines, ""]) if lines else ""

    def findings(self) -> str:
        """How many images of each label."""
        counts = self.images.order_by("finding").values_list("finding").annotate(n=Count("pk"))
        lines = [f"| {finding or 'no label'} | {n} |" for finding, n in counts]
        return "\n".join([FINDINGS, *lines, ""])

    def versions(self) -> str:
        """What drew the images and what wrote this."""
        drawn = GeneratedImage.objects.filter(image__in=self.images)
        latest = drawn.order_by("-pk").values_list("versions", flat=True).first() or {}
        said = ", ".join(f"{name} {version}" for name, version in latest.items())
        last = f" The last image was drawn with {said}." if said else ""
        return f"## Versions\n\nExported by lungstudy {settings.VERSION}.{last}\n"


def adapter_line(kind: str, name: str, sha256: str) -> str:
    """One embedding or LoRA as far as the site knows it."""
    known = Adapter.objects.filter(kind=kind, sha256=sha256).order_by("pk").first()
    licence = (known.licence if known else "") or "not stated"
    seen = "; trained on phantoms only" if known and known.phantoms else ""
    return f"- {Adapter.Kind(kind).label} {name}: SHA-256 {sha256}; licence: {licence}{seen}"
