"""The library app's pages."""

from django.urls import path

from lungstudy.library.views import (
    correcting,
    datasets,
    importing,
    mask_exports,
    mask_import,
    masks,
    pictures,
    triage,
)

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
    path("masks/", masks.mask_sets, name="mask_sets"),
    path("masks/import/", mask_import.mask_import, name="mask_import"),
    path("masks/sets/<uuid:token>/", masks.mask_set, name="mask_set"),
    path("masks/sets/<uuid:token>/reject-low/", masks.reject_low, name="reject_low_scores"),
    path("masks/sets/<uuid:token>/export.zip", mask_exports.export_masks, name="export_masks"),
    path("masks/versions/<uuid:token>.png", masks.mask_version, name="mask_version"),
    path("masks/versions/<uuid:token>/probability.png", masks.mask_probability, name="mask_probability"),
    path("masks/<uuid:token>/", correcting.correct, name="correct_mask"),
    path("masks/<uuid:token>/save/", correcting.save, name="save_correction"),
    path("masks/<uuid:token>/restore/", correcting.restore, name="restore_version"),
    path("masks/<uuid:token>/decision/", masks.decide, name="decide_mask"),
]
