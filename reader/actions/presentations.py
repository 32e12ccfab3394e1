"""Presentations: a case's film through its study's one pipeline, stored once and removed with its draw."""

import hashlib
from dataclasses import replace

import numpy as np
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from PIL import Image as Pillow

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.encoding import encode_constant_length_png, encode_png
from lungstudy.library.pixels.presenting import Policy, present
from reader.models import Case, Presentation, Study

ALGORITHM = (
    "border cropped at each side, grey rule over what is left, made square, resized by Pillow's bicubic filter to the "
    "study's depth; every masked box filled with the median of a narrow frame around it; PNG of stored deflate "
    "blocks, so that all have one length"
)
PREVIEW_SIZE = 512


def policy_of(study: Study) -> Policy:
    """How this study shows a film."""
    return Policy(
        size=study.image_size,
        border_crop=study.border_crop_percent / 100,
        fit=study.fit,  # type: ignore[arg-type]
        grey=study.grey,  # type: ignore[arg-type]
        bits=study.bits,  # type: ignore[arg-type]
        fixed_masks=study.fixed_masks,
    )


def film_of(case: Case) -> Grey:
    """The library's pixels of a case."""
    with case.image.file.open("rb") as stored, Pillow.open(stored) as opened:
        pixels = np.asarray(opened)
    return pixels if pixels.dtype == np.uint8 else pixels.astype(np.uint16)


def presented(case: Case) -> bytes:
    """The file that readers of this case get."""
    shown: bytes = encode_constant_length_png(present(film_of(case), policy_of(case.study), case.marker_masks))
    return shown


def preview(case: Case, *, masked: bool) -> bytes:
    """The same picture, smaller, for the researcher who masks it; without its masks where they are being drawn."""
    policy = policy_of(case.study)
    small = replace(
        policy, size=min(PREVIEW_SIZE, policy.size), bits=8, fixed_masks=policy.fixed_masks if masked else ()
    )
    shown: bytes = encode_png(present(film_of(case), small, case.marker_masks if masked else ()))
    return shown


def store_presentation(case: Case) -> Presentation:
    """Write the file, then its row; a file whose row fails is removed."""
    data = presented(case)
    presentation = Presentation(case=case, sha256=hashlib.sha256(data).hexdigest(), byte_length=len(data))
    presentation.file.save("presentation.png", ContentFile(data), save=False)
    try:
        with transaction.atomic():
            presentation.save()
    except IntegrityError:
        # Another worker stored the same picture first; of two equal files one is enough.
        presentation.file.delete(save=False)
        return Presentation.objects.get(case=case)
    except BaseException:
        presentation.file.delete(save=False)
        raise
    return presentation


def delete_presentations(study: Study) -> int:
    """Remove rendered files and their rows; how many there were."""
    presentations = list(Presentation.objects.filter(case__study=study))
    Presentation.objects.filter(case__study=study).delete()
    for presentation in presentations:
        transaction.on_commit(lambda file=presentation.file: file.storage.delete(file.name))  # type: ignore[misc]
    return len(presentations)
