"""Write down, by name, what happened to files that a person should know about."""

from collections.abc import Iterable

from lungstudy.library.actions.storing import fitting
from lungstudy.library.models import ImportProblem, ImportRun, ProblemKind

LONGEST_NAME = 300


def refuse(*, run: ImportRun, file_name: str, reason: str) -> None:
    """This file was not imported, and why."""
    _write(run, file_name, reason, ProblemKind.REFUSED)


def remark(*, run: ImportRun, file_name: str, reason: str) -> None:
    """Nothing was lost, but somebody should look."""
    _write(run, file_name, reason, ProblemKind.REMARK)


def remark_on_each(*, run: ImportRun, file_names: Iterable[str], reason: str) -> None:
    """The same remark on many files."""
    problems = [
        ImportProblem(run=run, file_name=_name(name), reason=reason, kind=ProblemKind.REMARK) for name in file_names
    ]
    ImportProblem.objects.bulk_create(problems, ignore_conflicts=True, batch_size=500)


def _write(run: ImportRun, file_name: str, reason: str, kind: ProblemKind) -> None:
    values = {"reason": fitting(ImportProblem, "reason", reason), "kind": kind}
    ImportProblem.objects.update_or_create(run=run, file_name=_name(file_name), defaults=values)


def _name(file_name: str) -> str:
    """The end of a long path, which is the part that tells files apart."""
    return fitting(ImportProblem, "file_name", file_name[-LONGEST_NAME:])
