"""The site's own pages."""

from django.urls import path

from lungstudy.site.views import demonstration, home, image, system

app_name = "site"
urlpatterns = [
    path("", home.home, name="home"),
    path("images/<uuid:token>/", image.image, name="image"),
    path("demonstration/", demonstration.sign_in, name="demonstration_sign_in"),
    path("system/", system.system, name="system"),
    path("system/workers/", system.workers, name="workers"),
    path("health/", system.health, name="health"),
]
