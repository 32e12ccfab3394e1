"""Phantoms as a data set with their findings and exact lung masks, to try an experiment whose truth is known."""

from collections.abc import Callable, Sequence

from lungstudy.library.actions.datasets import create_dataset
from lungstudy.library.actions.mask_sets import SetDescription, set_described_as
from lungstudy.library.actions.masks import store_mask
from lungstudy.library.actions.storing import ImageFacts, store_image
from lungstudy.library.models import Dataset, Definition, MaskSet, MaskSource, Modality, Origin
from lungstudy.library.pixels.phantom import Finding, Phantom, draw_phantom

LICENCE, CITATION = "CC0 1.0", "Drawn by lungstudy's procedure; of nobody."


class PhantomError(ValueError):
    """Why phantoms cannot be stored, in one sentence with what to do."""


def store_phantoms(
    *,
    name: str,
    origin: Origin,
    seeds: Sequence[int],
    findings: Sequence[Finding],
    size: int,
    on_progress: Callable[[int], None],
) -> tuple[Dataset, MaskSet]:
    """Draw one phantom for each seed, the findings in turn; seeds that are there already stay as they are.

    Raises
    ------
    PhantomError
        The data set holds something else.
    """
    dataset = phantom_dataset(name, origin)
    masks = set_described_as(described=outlines_of(name), by=None)
    for number, seed in enumerate(seeds):
        store_phantom(dataset, masks, draw_phantom(seed, findings[number % len(findings)], size), seed)
        on_progress(number + 1)
    return dataset, masks


def phantom_dataset(name: str, origin: Origin) -> Dataset:
    """The data set of that name, made if there is none."""
    known = Dataset.objects.filter(name=name).first()
    if known is None:
        known = create_dataset(
            name=name, origin=origin, modality=Modality.RADIOGRAPH, licence=LICENCE, citation=CITATION, by=None
        )
        known.phantoms = True
        known.save(update_fields=["phantoms"])
    if not known.phantoms or known.origin != origin:
        raise PhantomError(f"“{name}” holds other images; give the phantoms a data set of their own.")
    return known


def outlines_of(name: str) -> SetDescription:
    """The procedure's own lungs: air-filled, beside the heart."""
    return SetDescription(
        name=f"Lungs of {name}"[:120],
        structure="lungs",
        definition=Definition.HEART_OUTSIDE,
        source=MaskSource.SOFTWARE,
        method={"drawn by": "the procedure that drew the phantoms"},
        licence=LICENCE,
        citation=CITATION,
    )


def store_phantom(dataset: Dataset, masks: MaskSet, phantom: Phantom, seed: int) -> None:
    """The picture with its facts, and its lungs."""
    facts = ImageFacts(
        source_name=f"phantom {seed}",
        source_format="phantom",
        finding=str(phantom.finding),
        view=phantom.view,
        sex=phantom.sex,
        patient_key=f"phantom {seed}",
    )
    source = f"phantom {phantom.finding} {seed} {phantom.image.shape[0]}"
    image, _ = store_image(dataset=dataset, pixels=phantom.image, source_sha256=source, facts=facts)
    store_mask(mask_set=masks, image=image, pixels=phantom.lung_mask)
