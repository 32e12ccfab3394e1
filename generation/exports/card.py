"""The card of an exported data set: what it is, how it was made, what was picked out of it, and what it is not."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Count

from generation.models import GeneratedImage, Generator
from lungstudy.library.models import Dataset, Modality, Provenance
from lungstudy.library.reports.rejects import Rejects

PHANTOMS = (
    "**These are computer-drawn phantoms, or images by a model that has seen nothing else.** They show no patient and "
    "no disease; do not train or test anything for patients on them."
)
FINDINGS = """## Findings

The label is what was asked for; nobody has confirmed it.

| finding | images |
|---|---|"""
FILES = """## Files

- `{table}`: one line for each image: prompt, model, seed, every setting, hashes, and what a person decided.
- `recipes.jsonl`: the whole recipe of each image, with the versions and the device that drew it. The same recipe with
  the same versions, device and threads gives the same image.

In the table a text that begins with =, +, - or @ has an apostrophe before it, so that no spreadsheet runs it.
"""


@dataclass(frozen=True)
class Card:
    """Of one export with `n` images; `missing` pictures were not in the store."""

    dataset: Dataset
    n: int
    missing: int
    with_rejected: bool

    def text(self, *, with_header: bool) -> str:
        """The README, for people and, with its header, for Hugging Face."""
        table = "train/metadata.csv" if with_header else "metadata.csv"
        parts = [
            self.header() if with_header else "",
            f"# {self.dataset.name}\n",
            f"{self.n} synthetic images ({Modality(self.dataset.modality).label.lower()}), drawn by diffusion models. "
            "No image shows a patient. For research, not for diagnosis.\n",
            f"{PHANTOMS}\n" if self.is_phantom else "",
            self.selection(),
            self.models(),
            self.findings(),
            FILES.format(table=table),
            f"## Licence and citation\n\nLicence: {self.dataset.licence or 'not stated'}\n\n{self.dataset.citation}\n",
            self.versions(),
        ]
        return "\n".join(part for part in parts if part)

    @property
    def is_phantom(self) -> bool:
        """Whether phantoms, or a model of phantoms, are behind it."""
        return self.dataset.phantoms or self.generators().filter(phantoms=True).exists()

    def generators(self) -> models.QuerySet[Generator]:
        """The models that drew it here."""
        return Generator.objects.filter(batches__jobs__images__image__dataset=self.dataset).distinct()

    def header(self) -> str:
        """What Hugging Face reads; JSON strings are YAML strings."""
        lines = {
            "pretty_name": self.dataset.name,
            "license": "other",
            "license_name": self.dataset.licence or "not stated",
            "tags": ["synthetic", "medical", "chest", *(["phantom"] if self.is_phantom else [])],
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
        lost = f"Of the others, {self.missing} could not be found in the site's store." if self.missing else ""
        return f"## Selection by hand\n\n{' '.join(part for part in (said, here, lost) if part)}\n"

    def models(self) -> str:
        """Which models drew the images, with hash and licence."""
        known = list(self.generators())
        lines = [f"- {each.name}: weights SHA-256 {each.weights_sha256 or 'not known'}; licence: "
                 f"{each.licence or 'not stated'}{'; trained on phantoms only' if each.phantoms else ''}"
                 for each in known]  # fmt: skip
        drawn_here = {each.name for each in known}
        others = Provenance.objects.filter(image__dataset=self.dataset).values_list("generator", flat=True).distinct()
        lines += [f"- {name}" for name in others.order_by("generator") if name not in drawn_here]
        return "## Models\n\n" + "\n".join(lines or ["- not known: the images were imported"]) + "\n"

    def findings(self) -> str:
        """How many images of each label."""
        images = self.dataset.images.all() if self.with_rejected else self.dataset.images.usable()
        counts = images.order_by("finding").values_list("finding").annotate(n=Count("pk"))
        lines = [f"| {finding or 'no label'} | {n} |" for finding, n in counts]
        return "\n".join([FINDINGS, *lines, ""])

    def versions(self) -> str:
        """What drew the images and what wrote this."""
        drawn = GeneratedImage.objects.filter(image__dataset=self.dataset)
        latest = drawn.order_by("-pk").values_list("versions", flat=True).first() or {}
        said = ", ".join(f"{name} {version}" for name, version in latest.items())
        last = f" The last image was drawn with {said}." if said else ""
        return f"## Versions\n\nExported by lungstudy {settings.VERSION}.{last}\n"
