"""The audit app's pages."""

from django.urls import path

from lungstudy.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
]
