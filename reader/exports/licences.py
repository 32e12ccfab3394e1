"""What may be done with a study's images, from the licences of their data sets."""

import re

from lungstudy.library.models import Dataset
from reader.models import Study

NON_COMMERCIAL = re.compile(r"\bnc\b|non-?commercial", re.IGNORECASE)
NO_DERIVATIVES = re.compile(r"\bnd\b|no-?deriv", re.IGNORECASE)


def warnings_of(licence: str) -> list[str]:
    """What a licence forbids, as far as its name says so."""
    found = []
    if NON_COMMERCIAL.search(licence):
        found.append("Not for commercial use, which includes many journals' reprints.")
    if NO_DERIVATIVES.search(licence):
        found.append("Changed images must not be passed on; presentations of a study are changed images.")
    return found


def licence_notes(study: Study) -> str:
    """Each data set with licence, citation and warnings."""
    datasets = Dataset.objects.filter(images__cases__study=study).distinct()
    parts = [
        "\n".join([dataset.name, f"  licence: {dataset.licence}", f"  cite: {dataset.citation}",
                   *(f"  WARNING: {warning}" for warning in warnings_of(dataset.licence))])
        for dataset in datasets
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"
