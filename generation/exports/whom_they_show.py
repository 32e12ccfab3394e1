"""Whom the images of an export show, as far as that is known here: the first thing that its card says."""

from collections.abc import Sequence

from generation.exports.given_files import Given
from generation.models import GeneratedImage, GivenPicture
from lungstudy.library.models import Dataset
from lungstudy.library.models.image import ImageQuerySet

PHANTOMS = (
    "**These are computer-drawn phantoms, or images drawn or changed by models that have seen nothing else.** They "
    "show no patient and no disease; do not train or test anything for patients on them."
)
DRAWN = (
    "{n} drawn from noise: no film is behind any single one, but the models, embeddings and LoRAs named below may have "
    "learned from patients' films, and a model can repeat what it learned."
)
CHANGED = (
    "**{n} changed from another image.** Outside of its mask such an image keeps every pixel of the one that it "
    "started from, and one changed as a whole still resembles it. `given.csv` names what they started from."
)
IMPORTED = (
    "{n} imported as synthetic: how they were made, and whether a patient is to be seen, is known here only as far as "
    "the table says."
)
OF_PATIENTS = "**{n} of the start images show patients**, in {names}: handle what was made of them as those films."
OF_NOBODY = (
    "{n} of the start images came as files, and nobody here knows whom they show: handle them as patients' films."
)
OF_MODELS = "{n} of the start images are synthetic themselves, in {names}."
OF_PHANTOMS = "{n} of the start images are phantoms."


def whom_they_show(dataset: Dataset, images: ImageQuerySet, given: Sequence[Given]) -> str:
    """A paragraph for a set of phantoms, else a list by how the images were made."""
    if dataset.phantoms:
        return PHANTOMS + "\n"
    drawn_here = GeneratedImage.objects.filter(image__in=images)
    changed = drawn_here.filter(recipe__has_key="start").count()
    drawn = drawn_here.count() - changed
    counted = [(DRAWN, drawn), (CHANGED, changed), (IMPORTED, images.count() - drawn - changed)]
    lines = [f"- {sentence.format(n=n)}" for sentence, n in counted if n]
    lines += [f"- {line}" for line in started_from(given)] if changed else []
    return "\n".join(["## Whom these images show\n", *(lines or ["- There is no image."]), ""])


def started_from(given: Sequence[Given]) -> list[str]:
    """How many start images are of patients, of nobody knows whom, of models and of phantoms."""
    starts = [one for one in given if one.kind == GivenPicture.Kind.IMAGE]
    of_patients = [one for one in starts if one.is_of_a_patient]
    unknown = [one for one in starts if one.source is None]
    phantoms = [one for one in starts if one.source and one.source.dataset.phantoms]
    others = [one for one in starts if one not in of_patients + unknown + phantoms]
    kinds = ((OF_PATIENTS, of_patients), (OF_NOBODY, unknown), (OF_MODELS, others), (OF_PHANTOMS, phantoms))
    return [sentence.format(n=len(some), names=named(some)) for sentence, some in kinds if some]


def named(some: Sequence[Given]) -> str:
    """Their data sets, each with its licence."""
    sets = {one.source.dataset for one in some if one.source}
    return ", ".join(f"“{each}” ({each.licence or 'licence not stated'})" for each in sorted(sets, key=str))
