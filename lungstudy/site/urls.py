"""The site's own pages."""

from django.urls import path

from lungstudy.site import views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("system/", views.system, name="system"),
    path("health/", views.health, name="health"),
]
