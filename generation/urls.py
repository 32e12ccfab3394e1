"""The generation app's pages."""

from django.urls import path

from generation.views import batches, changing, drawings, exports, gallery, generators, quality, queue, training

app_name = "generation"
urlpatterns = [
    path("", batches.batches, name="batches"),
    path("new/", batches.new_batch, name="new_batch"),
    path("new/prompt-length/", batches.prompt_length, name="prompt_length"),
    path("new/adapters/", batches.adapters, name="batch_adapters"),
    path("new/preview/", batches.preview, name="batch_preview"),
    path("change/<uuid:token>/", changing.change_image, name="change_image"),
    path("generators/", generators.generators, name="generators"),
    path("generators/<uuid:token>/", generators.generator, name="generator"),
    path("generators/<uuid:token>/download/", generators.download, name="download"),
    path("generators/<uuid:token>/download/again/", generators.download_again, name="download_again"),
    path("generators/<uuid:token>/download/cancel/", generators.download_cancel, name="download_cancel"),
    path("generators/<uuid:token>/retire/", generators.retire, name="retire_generator"),
    path("adapters/<uuid:token>/retire/", generators.retire_one_adapter, name="retire_adapter"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/decide/", gallery.decide, name="decide"),
    path("gallery/compare/", gallery.compare, name="compare"),
    path("training/", training.trainings, name="training"),
    path("training/new/<str:kind>/", training.new_training, name="new_training"),
    path("training/<uuid:token>/", training.training_run, name="training_run"),
    path("training/<uuid:token>/progress/", training.training_progress, name="training_progress"),
    path("training/<uuid:token>/images/", training.training_images, name="training_images"),
    path("training/<uuid:token>/samples/<int:step>.png", training.training_sample, name="training_sample"),
    path("training/<uuid:token>/cancel/", training.cancel, name="cancel_training"),
    path("training/<uuid:token>/resume/", training.resume, name="resume_training"),
    path("gallery/contact-sheet/", exports.contact_sheet_png, name="contact_sheet"),
    path("export/<uuid:token>/", exports.export, name="export"),
    path("export/<uuid:token>/zip/", exports.export_zip, name="export_zip"),
    path("quality/", quality.quality, name="quality"),
    path("quality/<uuid:token>/", quality.quality_run, name="quality_run"),
    path("quality/<uuid:token>/progress/", quality.quality_progress, name="quality_progress"),
    path("quality/<uuid:token>/cancel/", quality.cancel_quality, name="cancel_quality"),
    path("images/<uuid:token>/", drawings.recipe, name="recipe"),
    path("<uuid:token>/", batches.batch, name="batch"),
    path("<uuid:token>/progress/", drawings.progress, name="progress"),
    path("<uuid:token>/more/", drawings.more, name="more"),
    path("<uuid:token>/cancel/", queue.cancel, name="cancel"),
    path("<uuid:token>/retry/", queue.retry, name="retry"),
    path("<uuid:token>/pause/", queue.pause, name="pause"),
    path("<uuid:token>/resume/", queue.resume, name="resume"),
    path("<uuid:token>/move/", queue.move, name="move"),
]
