"""Generation's tables."""

from generation.models.adapter import Adapter
from generation.models.batch import Batch
from generation.models.batch_line import BatchLine
from generation.models.download import Download
from generation.models.generated_image import GeneratedImage
from generation.models.generator import Generator
from generation.models.given_picture import GivenPicture
from generation.models.job import Job
from generation.models.quality_run import QualityRun
from generation.models.training_run import TrainingImage, TrainingLoss, TrainingRun, TrainingSample

__all__ = [
    "Adapter",
    "Batch",
    "BatchLine",
    "Download",
    "GeneratedImage",
    "Generator",
    "GivenPicture",
    "Job",
    "QualityRun",
    "TrainingImage",
    "TrainingLoss",
    "TrainingRun",
    "TrainingSample",
]
