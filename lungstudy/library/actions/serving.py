"""Send a stored file: through nginx where it is told where the files lie, else streamed by this process."""

from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase


def file_response(field_file: FieldFile, content_type: str) -> HttpResponseBase:
    """The file, with headers that are the same for every file of one length: no tag, no date, no name.

    The reading room sends its pictures through here, so nothing may be added that depends on the picture.
    """
    response = _from_nginx(field_file) if settings.ACCEL_PREFIX else _streamed(field_file)
    response["Content-Type"] = content_type
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _from_nginx(field_file: FieldFile) -> HttpResponseBase:
    response = HttpResponse()
    response["X-Accel-Redirect"] = settings.ACCEL_PREFIX + quote(field_file.name or "")
    return response


def _streamed(field_file: FieldFile) -> HttpResponseBase:
    try:
        opened = field_file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The stored file is missing; ask an admin to restore it from the backup.") from error
    response = FileResponse(opened)
    # Django names the stored file here; its name is nobody's business.
    del response["Content-Disposition"]
    return response
