"""The results of an unblinded study: agreement between readers, and each reader against the truth."""

from dataclasses import dataclass

from reader.models import Reading, Study
from reader.reports.truth import ReadStudy, read_study
from reader.stats.accuracy import ReaderAccuracy, reader_accuracy, truth_by_verdict
from reader.stats.agreement import fleiss_kappa, percent_agreement
from reader.stats.cohen import pairwise_agreement
from reader.stats.estimate import Estimate
from reader.stats.verdicts import MISSING, VERDICTS, count_table

TRUTHS = ("fake", "real")


@dataclass(frozen=True)
class Named:
    """One statistic as a page or an export shows it."""

    name: str
    readers: str
    estimate: Estimate


@dataclass(frozen=True)
class ReaderResult:
    """One reader: the 2 x 3 table of truth by verdict and the shares read from it."""

    number: int
    n_read: int
    table: list[list[int]]
    accuracy: ReaderAccuracy

    @property
    def rows(self) -> list[tuple[str, list[int], int]]:
        """Truth, counts by verdict in the order of `VERDICTS`, and their sum."""
        return [(truth, row, sum(row)) for truth, row in zip(TRUTHS, self.table, strict=True)]


@dataclass(frozen=True)
class Results:
    """Everything the results page and the agreement export show."""

    n_cases: int
    n_fake: int
    readers: list[ReaderResult]
    agreement: list[Named]
    n_late: int

    @property
    def every_statistic(self) -> list[Named]:
        """Agreement first, then each reader's shares, as the export lists them."""
        shares = [
            Named(name.replace("_", " "), f"reader {reader.number}", estimate)
            for reader in self.readers
            for name, estimate in vars(reader.accuracy).items()
        ]
        return [*self.agreement, *shares]


def results_of(study: Study) -> Results:
    """Compute the results.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    read = read_study(study)
    late = Reading.objects.filter(slot__assignment__study=study, counted=False).count()
    readers = [reader_result(read, column) for column in range(len(read.reader_numbers))]
    return Results(len(read.case_numbers), int(read.is_fake.sum()), readers, agreement_of(read), late)


def reader_result(read: ReadStudy, column: int) -> ReaderResult:
    """One reader's table and shares."""
    codes = read.codes[:, column]
    table = truth_by_verdict(read.is_fake, codes)
    n_read = int((codes != MISSING).sum())
    return ReaderResult(read.reader_numbers[column], n_read, table.tolist(), reader_accuracy(table))


def agreement_of(read: ReadStudy) -> list[Named]:
    """Fleiss' kappa and percent agreement of all readers, then both for every pair."""
    counts = count_table(read.codes, len(VERDICTS))
    everybody = "all readers"
    rows = [
        Named("Fleiss' kappa", everybody, fleiss_kappa(counts)),
        Named("percent agreement", everybody, percent_agreement(counts)),
    ]
    for pair in pairwise_agreement(read.codes, len(VERDICTS)):
        names = f"{read.reader_numbers[pair.first]} and {read.reader_numbers[pair.second]}"
        rows.append(Named("Cohen's kappa", f"readers {names}", pair.kappa))
        rows.append(Named("percent agreement", f"readers {names}", pair.percent))
    return rows
