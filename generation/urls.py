"""The generation app's pages."""

from django.urls import path

from generation.views import batches, drawings, generators

app_name = "generation"
urlpatterns = [
    path("", batches.batches, name="batches"),
    path("new/", batches.new_batch, name="new_batch"),
    path("new/prompt-length/", batches.prompt_length, name="prompt_length"),
    path("generators/", generators.generators, name="generators"),
    path("generators/<uuid:token>/retire/", generators.retire, name="retire_generator"),
    path("images/<uuid:token>/", drawings.recipe, name="recipe"),
    path("<uuid:token>/", batches.batch, name="batch"),
    path("<uuid:token>/progress/", drawings.progress, name="progress"),
    path("<uuid:token>/more/", drawings.more, name="more"),
    path("<uuid:token>/cancel/", batches.cancel, name="cancel"),
    path("<uuid:token>/retry/", batches.retry, name="retry"),
]
