"""The library's tables."""

from lungstudy.library.models.dataset import Dataset, Modality
from lungstudy.library.models.image import Image
from lungstudy.library.models.import_run import ImportProblem, ImportRun, ProblemKind
from lungstudy.library.models.origin import Origin
from lungstudy.library.models.provenance import Provenance

__all__ = ["Dataset", "Image", "ImportProblem", "ImportRun", "Modality", "Origin", "ProblemKind", "Provenance"]
