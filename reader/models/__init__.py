"""The reader app's tables."""

from reader.models.assignment import Assignment
from reader.models.background import Background
from reader.models.briefing import BriefingMixin
from reader.models.case import Case, Presentation
from reader.models.design import (
    AnswerOrder,
    AskedMixin,
    Confidence,
    Design,
    Marking,
    Revising,
    Target,
)
from reader.models.keymap import KeyMap
from reader.models.plan import Endpoint, PlanMixin, UnsureRule
from reader.models.pool import Pool
from reader.models.reading import Reading, Verdict, WhyApart
from reader.models.schedule import ScheduleMixin
from reader.models.sealing import Sealing
from reader.models.sitting import Sitting
from reader.models.slot import PRACTICE, Slot
from reader.models.study import Study
from reader.models.trial import Trial
from reader.models.viewing import Bits, Fit, Grey, ShownMixin

__all__ = [
    "PRACTICE", "AnswerOrder", "AskedMixin", "Assignment", "Background", "Bits", "BriefingMixin", "Case", "Confidence",
    "Design", "Endpoint", "Fit", "Grey", "KeyMap", "Marking", "PlanMixin", "Pool", "Presentation", "Reading",
    "Revising", "ScheduleMixin", "Sealing", "ShownMixin", "Sitting", "Slot", "Study", "Target", "Trial", "UnsureRule",
    "Verdict", "WhyApart",
]  # fmt: skip
