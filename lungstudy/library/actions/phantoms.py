"""Phantoms as a data set with their findings and exact lung masks, to try an experiment whose truth is known."""

import hashlib
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.actions.datasets import create_dataset
from lungstudy.library.actions.mask_sets import SetDescription, set_described_as
from lungstudy.library.actions.masks import store_mask
from lungstudy.library.actions.storing import ImageFacts, store_image
from lungstudy.library.models import Dataset, Definition, MaskSet, MaskSource, Modality, Origin
from lungstudy.library.pixels.phantom import Finding, Phantom, draw_phantom

LICENCE, CITATION = "CC0 1.0", "Drawn by lungstudy's phantom procedure; no patient."
OUTLINES: dict[Definition, Callable[[Phantom], NDArray[np.bool_]]] = {
    Definition.HEART_OUTSIDE: lambda phantom: phantom.lung_mask,
    Definition.HEART_INSIDE: lambda phantom: phantom.whole_lung_mask,
}


class PhantomError(ValueError):
    """Why phantoms cannot be stored, in one sentence with what to do."""


def store_phantoms(
    *,
    name: str,
    origin: Origin,
    wanted: Iterable[tuple[int, Finding]],
    size: int,
    on_progress: Callable[[int], object],
) -> Dataset:
    """Draw the phantoms of these seeds and findings; those that are there already stay as they are.

    Raises
    ------
    PhantomError
        The data set holds something else.
    """
    dataset = phantom_dataset(name, origin)
    sets = {each: set_described_as(described=outlines_of(name).under(each), by=None) for each in OUTLINES}
    for done, (seed, finding) in enumerate(wanted, start=1):
        store_phantom(dataset, sets, draw_phantom(seed, finding, size), seed)
        on_progress(done)
    return dataset


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
    """The procedure's own lungs: it knows where it drew them."""
    return SetDescription(
        name=f"Lungs of {name}"[:100],
        structure="lungs",
        definition=Definition.UNSTATED,
        source=MaskSource.SOFTWARE,
        method={"drawn by": "the procedure that drew the phantoms"},
        licence=LICENCE,
        citation=CITATION,
    )


def store_phantom(dataset: Dataset, sets: dict[Definition, MaskSet], phantom: Phantom, seed: int) -> None:
    """The picture with its facts, and its lungs under each definition."""
    facts = ImageFacts(
        source_name=f"phantom {seed}",
        source_format="phantom",
        finding=str(phantom.finding),
        view=phantom.view,
        sex=phantom.sex,
        patient_key=f"phantom {seed}",
        notes=["A computer-drawn phantom; no patient."],
    )
    source = hashlib.sha256(f"phantom {phantom.finding} {seed} {phantom.image.shape[0]}".encode()).hexdigest()
    image, _ = store_image(dataset=dataset, pixels=phantom.image, source_sha256=source, facts=facts)
    for definition, mask_set in sets.items():
        store_mask(mask_set=mask_set, image=image, pixels=OUTLINES[definition](phantom))
