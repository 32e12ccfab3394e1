"""Downloads of an unblinded study: single tables, the workbook, and everything in one zip; each is on record."""

from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.audit.actions import record_event
from reader.exports.columns import TABLES
from reader.exports.csv_lines import table_csv
from reader.exports.package import write_package
from reader.exports.parquet import write_parquet
from reader.exports.workbook import write_workbook
from reader.models import Study
from reader.reports.document.printing import write_report
from reader.reports.document.source import report_source_of
from reader.reports.truth import StillBlindError, refuse_while_blind

Write = Callable[[Study, Path], None]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[str, tuple[Write, str]] = {
    "zip": (write_package, "application/zip"),
    "xlsx": (write_workbook, XLSX),
    "html": (lambda study, path: write_report(report_source_of(study), path), "text/html; charset=utf-8"),
    "pdf": (lambda study, path: write_report(report_source_of(study), path), "application/pdf"),
}
"""Kinds of file that hold the whole study."""


@researcher_required
@require_GET
def whole(request: SignedInRequest, token: UUID, kind: str) -> HttpResponseBase:
    """The whole study as one file."""
    if kind not in FILES:
        raise Http404
    study = get_object_or_404(Study.objects.visible_to(request.user), token=token)
    write, content_type = FILES[kind]
    return blind_page(request, study) or written(request, study, kind, content_type, write)


@researcher_required
@require_GET
def table(request: SignedInRequest, token: UUID, name: str, kind: str) -> HttpResponseBase:
    """One table as CSV, streamed, or as Parquet."""
    if name not in TABLES or kind not in ("csv", "parquet"):
        raise Http404
    study = get_object_or_404(Study.objects.visible_to(request.user), token=token)
    refused = blind_page(request, study)
    if refused:
        return refused
    if kind == "parquet":
        return written(
            request, study, f"{name}.parquet", "application/vnd.apache.parquet",
            lambda study, path: write_parquet(study, name, path),
        )  # fmt: skip
    record_event(verb=f"exported {name}", by=request.user, target=study)
    response = StreamingHttpResponse(table_csv(study, name), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(study.title)}-{name}.csv"'
    return response


def blind_page(request: SignedInRequest, study: Study) -> HttpResponse | None:
    """What is shown instead while the study is blind."""
    try:
        refuse_while_blind(study)
    except StillBlindError as blind:
        context = {"study": study, "sentence": str(blind)}
        return render(request, "reader/results_blind.html", context, status=409)
    return None


def written(request: SignedInRequest, study: Study, what: str, content_type: str, write: Write) -> HttpResponseBase:
    """A file made for this download and gone after it."""
    record_event(verb=f"exported {what}", by=request.user, target=study)
    file = NamedTemporaryFile(suffix=f".{what.rsplit('.')[-1]}")  # noqa: SIM115 - the response closes it
    write(study, Path(file.name))
    file.seek(0)
    name = f"{slugify(study.title)}{'-' if '.' in what else '.'}{what}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
