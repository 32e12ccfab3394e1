"""The results of an unblinded study: its readings, every statistic of them as rows, and the planned primary one."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import NamedTuple

from django.db.models import Count, Max, Q

from reader.models import Endpoint, Reading, Study, UnsureRule
from reader.reports.marked import Marked, marked_of
from reader.reports.truth import facts_of, readings_of, refuse_while_blind
from reader.stats.accuracy import truth_by_verdict
from reader.stats.accuracy_rows import EFFECTS
from reader.stats.analysis import analyse, weights_of
from reader.stats.readings import Readings
from reader.stats.rows import EVERYBODY, Row
from reader.stats.verdicts import MISSING
from reader.stats.weights import Weights

TRUTHS = ("fake", "real")
SAMPLED = EFFECTS["readers_and_images"]
ACCURACY_BY_RULE = {
    UnsureRule.DECIDED: "or_accuracy_decided",
    UnsureRule.HALF: "or_accuracy",
    UnsureRule.WRONG: "or_accuracy_worst",
}
PRIMARY = {
    Endpoint.SENSITIVITY: ("or_sensitivity", SAMPLED),
    Endpoint.AUC: ("or_auc", SAMPLED),
    Endpoint.AGREEMENT: ("fleiss_kappa", EVERYBODY),
    Endpoint.CHOICE: ("or_share_found", SAMPLED),
    Endpoint.REALISM: ("or_auc", SAMPLED),
}
"""Name and group of the row that each endpoint means; accuracy depends on the rule for unsure."""


@dataclass(frozen=True)
class ReaderTable:
    """One reader's 2 x 3 table of truth by verdict."""

    reader: str
    n_read: int
    table: list[list[int]]

    @property
    def rows(self) -> list[tuple[str, list[int], int]]:
        """Truth, counts by verdict in the order of `VERDICTS`, and their sum."""
        return [(truth, row, sum(row)) for truth, row in zip(TRUTHS, self.table, strict=True)]


@dataclass(frozen=True)
class Results:
    """Everything that pages, reports and exports of one study show."""

    data: Readings
    rows: list[Row]
    facts: dict[str, list[str]]
    primary: tuple[str, str]
    n_late: int
    marked: Marked | None = None

    def named(self, *names: str, weights: Weights = Weights.IDENTITY) -> list[Row]:
        """Rows of these statistics, in their order."""
        return [row for row in self.rows if row.name in names and row.weights == weights]

    def row(self, name: str, group: str) -> Row | None:
        """One row, None where this design has none such."""
        return self.by_name_and_group.get((name, group))

    @cached_property
    def by_name_and_group(self) -> dict[tuple[str, str], Row]:
        """Rows to look up, the first of each name and group: the unweighted one."""
        return {(row.name, row.group): row for row in reversed(self.rows)}

    @cached_property
    def defined_names(self) -> frozenset[str]:
        """Statistics of which at least one row has a value."""
        return frozenset(row.name for row in self.rows if row.estimate.is_defined)

    @property
    def primary_row(self) -> Row | None:
        """What the protocol named as the primary result before anybody read."""
        return self.row(*self.primary)

    @property
    def n_fake(self) -> int:
        """Fakes among the images; 0 where trials show several."""
        return int(self.data.is_fake.sum()) if self.data.is_fake is not None else 0

    def tables(self) -> Iterator[ReaderTable]:
        """Truth by verdict of every reader; none where readers gave no verdicts."""
        if self.data.is_fake is None or not self.data.are_verdicts:
            return
        for column, reader in enumerate(self.data.readers):
            codes = self.data.verdict_codes[:, column]
            table = truth_by_verdict(self.data.is_fake, codes)
            yield ReaderTable(reader, int((codes != MISSING).sum()), table.tolist())


def results_of(study: Study) -> Results:
    """Compute the results.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    return _results(study, stored_of(study).n_late)


KEPT_STUDIES = 2
COMPUTING = Lock()


def kept_results_of(study: Study) -> Results:
    """`results_of`, computed once in a process: a page asks for all of its figures at once.

    Nothing of an unblinded study changes but for answers that arrive late, so that their number is part of the key.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    stored = stored_of(study)
    with COMPUTING:
        return _kept(study.token, study.protocol_sha256, stored)


class Stored(NamedTuple):
    """Answers of a study, the newest of them, and those that arrived too late to count."""

    n: int
    newest: int | None
    n_late: int


def stored_of(study: Study) -> Stored:
    """What is stored now, of sessions and practice."""
    late = Q(slot__session__gt=0, counted=False)
    counts = {"n": Count("pk"), "newest": Max("pk"), "n_late": Count("pk", filter=late)}
    return Stored(**Reading.objects.filter(slot__assignment__study=study).aggregate(**counts))


@lru_cache(maxsize=KEPT_STUDIES)
def _kept(token: uuid.UUID, protocol_sha256: str, stored: Stored) -> Results:  # noqa: ARG001 - the hash is of the key
    return _results(Study.objects.get(token=token), stored.n_late)


def _results(study: Study, n_late: int) -> Results:
    data, facts = readings_of(study), facts_of(study)
    return Results(data, analyse(data, weights_of(data), facts), facts, primary_of(study), n_late, marked_of(study))


def primary_of(study: Study) -> tuple[str, str]:
    """Name and group of the prespecified primary row."""
    if study.primary_endpoint == Endpoint.ACCURACY:
        return ACCURACY_BY_RULE[UnsureRule(study.unsure_rule)], SAMPLED
    return PRIMARY[Endpoint(study.primary_endpoint)]
