"""The statistics and the report of any reader study, from a file that is read and not kept."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.csv_lines import as_csv
from reader.forms.analysing import AnalyseForm
from reader.reports.document.printing import write_report
from reader.reports.document.source import ReportSource, report_source_of_file
from reader.reports.row_tables import row_tables

PAGE = "page"
Download = Callable[[ReportSource], HttpResponseBase]


@researcher_required
@require_http_methods(["GET", "POST"])
def analysing(request: SignedInRequest) -> HttpResponseBase:
    """Take a file and show its statistics, or hand them over as a file."""
    if request.method == "GET":
        return render(request, "reader/analyse.html", {"form": AnalyseForm()})
    form = AnalyseForm(request.POST, request.FILES)
    alone = bool(request.headers.get("HX-Request"))
    template = "reader/_analysed.html" if alone else "reader/analyse.html"
    if not form.is_valid() or form.readings is None:
        # htmx swaps nothing that comes with an error's status.
        return render(request, template, {"form": form, "fragment": alone}, status=200 if alone else 400)
    title = Path(form.cleaned_data["file"].name).stem
    source = report_source_of_file(title, form.readings, form.chosen_weights)
    write = DOWNLOADS.get(request.POST.get("as", PAGE))
    if write is not None:
        return write(source)
    tables = row_tables(form.readings, source.results.rows)
    context = {"form": form, "fragment": alone, "source": source, "tables": tables}
    return render(request, template, context)


def as_json(source: ReportSource) -> HttpResponseBase:
    """The rows, as the command prints them."""
    rows = [row.as_json() for row in source.results.rows]
    text = json.dumps(rows, allow_nan=False, indent=1)
    return statistics(HttpResponse(text, content_type="application/json"), source, "json")


def as_lines(source: ReportSource) -> HttpResponseBase:
    """The rows, one on each line."""
    rows = [row.as_json() for row in source.results.rows]
    header = list(rows[0]) if rows else []
    lines = "".join(as_csv(header, (row.values() for row in rows)))
    return statistics(HttpResponse(lines, content_type="text/csv; charset=utf-8"), source, "csv")


def statistics(response: HttpResponse, source: ReportSource, kind: str) -> HttpResponse:
    """Saved under the file's own name."""
    response["Content-Disposition"] = f'attachment; filename="{name_of(source)}-statistics.{kind}"'
    return response


def name_of(source: ReportSource) -> str:
    """What downloads are called after."""
    return slugify(source.title) or "readings"


def report_of(kind: str, content_type: str) -> Download:
    """How a report of this kind is handed over; the file is gone after it."""

    def handed_over(source: ReportSource) -> HttpResponseBase:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"report.{kind}"
            write_report(source, path)
            response = HttpResponse(path.read_bytes(), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{name_of(source)}-report.{kind}"'
        return response

    return handed_over


DOWNLOADS: dict[str, Download] = {
    "json": as_json,
    "csv": as_lines,
    "html": report_of("html", "text/html; charset=utf-8"),
    "pdf": report_of("pdf", "application/pdf"),
}
