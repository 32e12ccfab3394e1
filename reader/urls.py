"""The reader app's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from reader.views import results, room


def pending(request: HttpRequest) -> HttpResponse:
    """Replaced by the app's own pages."""
    return HttpResponse("pending")


app_name = "reader"
urlpatterns = [
    path("studies/", pending, name="studies"),
    path("studies/<uuid:token>/results/", results.results, name="results"),
    path("studies/<uuid:token>/readings.csv", results.export_readings, name="readings_csv"),
    path("studies/<uuid:token>/agreement.csv", results.export_agreement, name="agreement_csv"),
    path("studies/<uuid:token>/figures/<str:name>/<str:theme>.svg", results.figure, name="figure"),
    path("read/<uuid:token>/", room.room, name="room"),
    path("read/<uuid:token>/thanks/", room.thanks, name="thanks"),
    path("read/slots/<uuid:token>/image", room.slot_image, name="slot_image"),
    path("read/slots/<uuid:token>/reading", room.slot_reading, name="slot_reading"),
]
