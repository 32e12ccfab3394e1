"""The library's tables."""

from lungstudy.library.models.dataset import Dataset, Modality
from lungstudy.library.models.image import Image
from lungstudy.library.models.import_run import ImportProblem, ImportRun, ProblemKind
from lungstudy.library.models.mask import Mask, MaskVersion
from lungstudy.library.models.mask_set import Definition, MaskSet, MaskSource
from lungstudy.library.models.origin import Origin
from lungstudy.library.models.provenance import Provenance

__all__ = [
    "Dataset",
    "Definition",
    "Image",
    "ImportProblem",
    "ImportRun",
    "Mask",
    "MaskSet",
    "MaskSource",
    "MaskVersion",
    "Modality",
    "Origin",
    "ProblemKind",
    "Provenance",
]
