"""The accounts app's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from lungstudy.accounts.views import invitation, password, people, profile
from lungstudy.accounts.views.sign_in import SignInView

app_name = "accounts"
urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="change_password"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/role/", people.change_role, name="change_role"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("people/<int:pk>/password-link/", people.password_link, name="password_link"),
    path("people/invitations/<int:pk>/revoke/", people.revoke_invitation, name="revoke_invitation"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("password/<str:uid>/<str:token>/", password.set_password, name="set_password"),
]
