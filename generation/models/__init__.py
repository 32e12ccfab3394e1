"""Generation's tables."""

from generation.models.batch import Batch
from generation.models.generated_image import GeneratedImage
from generation.models.generator import Generator
from generation.models.job import Job

__all__ = ["Batch", "GeneratedImage", "Generator", "Job"]
