"""Where each app's pages hang; apps are named by string so that nothing here imports them."""

from django.urls import include, path

urlpatterns = [
    path("", include("reader.urls")),
    path("", include("lungstudy.site.urls")),
    path("", include("lungstudy.accounts.urls")),
    path("audit/", include("lungstudy.audit.urls")),
    path("library/", include("lungstudy.library.urls")),
    path("generation/", include("generation.urls")),
]

handler400 = "lungstudy.site.views.errors.bad_request"
handler403 = "lungstudy.site.views.errors.refused"
handler404 = "lungstudy.site.views.errors.not_found"
handler500 = "lungstudy.site.views.errors.broken"
