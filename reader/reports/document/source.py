"""What a report is written from: results, and the study behind them where there is one."""

from dataclasses import dataclass

from reader.models import Study
from reader.reports.results import SAMPLED, Results, results_of
from reader.stats.analysis import analyse
from reader.stats.readings import Readings
from reader.stats.weights import Weights


@dataclass(frozen=True)
class ReportSource:
    """Results under a title; `study` is None where readings came from a file."""

    title: str
    results: Results
    study: Study | None = None


def report_source_of(study: Study) -> ReportSource:
    """The report of an unblinded study.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    return ReportSource(study.title, results_of(study), study)


def report_source_of_file(title: str, data: Readings, weights: Weights = Weights.IDENTITY) -> ReportSource:
    """The report of any other study's readings."""
    facts = {"group": list(data.conditions)} if data.conditions else {}
    rows = analyse(data, weights, facts)
    return ReportSource(title, Results(data, rows, facts, ("or_auc", SAMPLED), n_late=0))
