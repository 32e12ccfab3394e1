"""The library app's pages."""

from django.urls import path

from lungstudy.library.views import datasets, importing, pictures, triage

app_name = "library"
urlpatterns = [
    path("", datasets.datasets, name="datasets"),
    path("datasets/<uuid:token>/", datasets.dataset, name="dataset"),
    path("datasets/<uuid:token>/edit/", datasets.edit, name="edit_dataset"),
    path("datasets/<uuid:token>/triage/", triage.triage, name="triage"),
    path("import/", importing.import_page, name="import"),
    path("imports/<uuid:token>/", importing.import_run, name="import_run"),
    path("imports/<uuid:token>/progress/", importing.import_progress, name="import_progress"),
    path("imports/<uuid:token>/cancel/", importing.cancel, name="cancel_import"),
    path("imports/<uuid:token>/retry/", importing.retry, name="retry_import"),
    path("images/<uuid:token>.png", pictures.picture, name="picture"),
    path("images/<uuid:token>/decision/", triage.decide, name="decide"),
    path("thumbnails/<uuid:token>.png", pictures.thumbnail, name="thumbnail"),
]
