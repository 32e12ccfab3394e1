"""The reader app's tables."""

from reader.models.assignment import Assignment
from reader.models.case import Case, Presentation
from reader.models.reading import Reading, Verdict
from reader.models.sealing import Sealing
from reader.models.slot import Slot
from reader.models.study import Pool, Study

__all__ = ["Assignment", "Case", "Pool", "Presentation", "Reading", "Sealing", "Slot", "Study", "Verdict"]
