"""The five parts of a protocol on the form: the fields of each, and how they lie on the page."""

from reader.forms.parts.asked import ASKED, AskedFields
from reader.forms.parts.briefing import BEFORE_READING, BriefingFields
from reader.forms.parts.part import Part
from reader.forms.parts.plan import PLAN, PlanFields
from reader.forms.parts.schedule import SCHEDULE, ScheduleFields
from reader.forms.parts.shown import SHOWN, ShownFields

PARTS: tuple[Part, ...] = (ASKED, SHOWN, SCHEDULE, BEFORE_READING, PLAN)

__all__ = ["PARTS", "AskedFields", "BriefingFields", "Part", "PlanFields", "ScheduleFields", "ShownFields"]
