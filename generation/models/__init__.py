"""Generation's tables."""

from generation.models.adapter import Adapter
from generation.models.attention_maps import AttentionMaps
from generation.models.batch import Batch
from generation.models.batch_line import BatchLine
from generation.models.download import Download
from generation.models.experiment import Experiment, ExperimentCell, ExperimentImage, Split
from generation.models.generated_image import GeneratedImage
from generation.models.generator import Generator
from generation.models.given_picture import GivenPicture
from generation.models.job import Job
from generation.models.mask_run import MaskProblem, MaskRun
from generation.models.quality_run import QualityRun
from generation.models.training_run import TrainingImage, TrainingLoss, TrainingRun, TrainingSample

__all__ = [
    "Adapter",
    "AttentionMaps",
    "Batch",
    "BatchLine",
    "Download",
    "Experiment",
    "ExperimentCell",
    "ExperimentImage",
    "GeneratedImage",
    "Generator",
    "GivenPicture",
    "Job",
    "MaskProblem",
    "MaskRun",
    "QualityRun",
    "Split",
    "TrainingImage",
    "TrainingLoss",
    "TrainingRun",
    "TrainingSample",
]
