"""Generated images as the gallery shows them: what is known of each, and how recipes differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lungstudy.library.models import Image, Mask
from lungstudy.library.models.image import ImageQuerySet

# What a person compares first; the rest of a recipe follows in its own order.
FIRST_FIELDS = ("model", "prompt", "negative_prompt", "seed", "steps", "guidance", "scheduler", "width", "height")


def generated_images() -> ImageQuerySet:
    """All images of synthetic data sets, drawn here or imported, newest first, with all that a tile shows."""
    images = Image.objects.synthetic().select_related("provenance", "generated", "dataset", "triaged_by")
    # `generated.recipe` alone is large, and a tile needs none of it.
    return images.defer("generated__recipe", "generated__versions", "removed_tags", "notes").order_by("-pk")


class Tile(NamedTuple):
    """One image of the gallery, and its mask in the set that is shown over it, if it has one."""

    image: Image
    mask: Mask | None


def with_masks(images: Iterable[Image], mask_set: str | None) -> list[Tile]:
    """Tiles with the masks of the set that has this token."""
    images = list(images)
    masks = Mask.objects.none()
    if mask_set:
        masks = Mask.objects.filter(mask_set__token=mask_set, image__in=images).with_newest()
    by_image = {mask.image_id: mask for mask in masks}
    return [Tile(image, by_image.get(image.pk)) for image in images]


@dataclass(frozen=True)
class Line:
    """One field of several recipes side by side."""

    name: str
    values: tuple[Any, ...]

    @property
    def differs(self) -> bool:
        """Whether the images differ in it."""
        return any(value != self.values[0] for value in self.values)


def side_by_side(images: Sequence[Image]) -> list[Line]:
    """The images' recipes, field by field; imported images have few."""
    facts = [facts_of(image) for image in images]
    names = [name for name in FIRST_FIELDS if any(name in one for one in facts)]
    names += [name for one in facts for name in one if name not in names]
    ordered = dict.fromkeys(names)
    return [Line(name, tuple(one.get(name, "") for one in facts)) for name in ordered]


def facts_of(image: Image) -> dict[str, Any]:
    """All that decided an image, as far as it is known, then what became of it."""
    known: dict[str, Any] = {}
    if provenance := getattr(image, "provenance", None):
        known = {"model": provenance.generator, "prompt": provenance.prompt, "seed": provenance.seed,
                 "steps": provenance.steps, "guidance": provenance.guidance}  # fmt: skip
    if generated := getattr(image, "generated", None):
        words = ", ".join(f"{name} {version}" for name, version in generated.versions.items())
        known |= generated.recipe
        known |= {"recipe_sha256": generated.recipe_sha256, "versions": words}
    decision = {"keep": "kept", "exclude": f"rejected: {image.exclusion_reason}", "open": "undecided"}[image.decision]
    noticed = " ".join(flag["sentence"] for flag in image.flags)
    return known | {"finding": image.finding, "decision": decision, "noticed": noticed}
