"""What is known about an imported picture: its CSV row first, then what its own file said."""

from typing import Any

from django.utils.crypto import salted_hmac

from lungstudy.library.actions.metadata import Row
from lungstudy.library.actions.storing import ImageFacts, fitting
from lungstudy.library.models import Image
from lungstudy.library.pixels.decoded import Decoded


def facts_of(*, name: str, decoded: Decoded, row: Row | None, flags: list[dict[str, Any]]) -> ImageFacts:
    """Everything that is stored beside the pixels; a patient's own number only as a pseudonym."""
    stated = row.facts if row else {}
    own = decoded.facts
    return ImageFacts(
        source_name=name,
        source_format=decoded.source_format,
        modality=decoded.modality,
        window=decoded.window,
        finding=stated.get("finding", ""),
        view=stated.get("view") or own.get("view", ""),
        sex=stated.get("sex") or own.get("sex", ""),
        age=stated.get("age") or own.get("age", ""),
        patient_key=stated.get("patient_key") or pseudonym(decoded.patient_id),
        removed_tags=decoded.removed_tags,
        notes=decoded.notes,
        flags=flags,
    )


def pseudonym(patient_id: str) -> str:
    """The same key for the same patient on this site, from which nobody without the site's secret gets the number."""
    plain = patient_id.strip()
    if not plain:
        return ""
    digest = salted_hmac("lungstudy.library.patient_key", plain, algorithm="sha256").hexdigest()
    return f"dicom-{digest[:16]}"


def complete_image(*, image: Image, row: Row) -> None:
    """Fill what is empty from a CSV that came with a later import; what is there stays."""
    new = {name: fitting(Image, name, value) for name, value in row.facts.items() if value and not getattr(image, name)}
    if new:
        Image.objects.filter(pk=image.pk).update(**new)
