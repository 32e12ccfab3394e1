"""What people fill in: sign-in, account, profile, passwords, invitations and roles."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, PasswordChangeForm, SetPasswordForm

from lungstudy.accounts.models import Role, User
from lungstudy.accounts.time_zones import time_zone_choices
from lungstudy.styling import StyledForm

NO_SUCH_PAIR = "This username and password do not belong together. Check both; capitals matter."
USERNAME_TAKEN = "Somebody has this username already. Choose another; capitals make no difference."


class SignInForm(StyledForm, AuthenticationForm):
    """Name and password; the same sentence whether the name or the password is wrong."""

    error_messages = {"invalid_login": NO_SUCH_PAIR, "inactive": NO_SUCH_PAIR}


class NameAndTimeZoneForm(StyledForm, forms.Form):
    """A person's name and time zone."""

    name = forms.CharField(
        max_length=150,
        label="Your name",
        help_text="As colleagues know you.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(choices=time_zone_choices, label="Time zone", help_text="Times are shown in it.")


class JoinForm(StyledForm, BaseUserCreationForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A new account for somebody who was invited."""

    name = NameAndTimeZoneForm.base_fields["name"]
    time_zone = NameAndTimeZoneForm.base_fields["time_zone"]
    field_order = ["name", "username", "password1", "password2", "time_zone"]

    class Meta:
        model = User
        fields = ["username"]
        help_texts = {"username": "What you sign in with: letters, digits and @ . + - _"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django puts the cursor into the username, which is not the first question here.
        del self.fields["username"].widget.attrs["autofocus"]

    def clean_username(self) -> str:
        """Names that differ only in capitals would be taken for one person."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(USERNAME_TAKEN)
        return username

    def accepted(self) -> dict[str, str]:
        """What the action needs."""
        data = self.cleaned_data
        return {field: data[field] for field in ("username", "name", "time_zone")} | {"password": data["password1"]}


class InviteForm(StyledForm, forms.Form):
    """Whom to invite as what."""

    role = forms.ChoiceField(choices=Role.choices, label="Role")
    note = forms.CharField(
        max_length=120, required=False, label="For whom", help_text="A note for you; the person does not see it."
    )
    days = forms.IntegerField(min_value=1, max_value=90, initial=14, label="Good for days", help_text="1 to 90.")


class RoleForm(StyledForm, forms.Form):
    """Another role for a person."""

    role = forms.ChoiceField(choices=Role.choices, label="Role")


class PeopleFilterForm(StyledForm, forms.Form):
    """Which people to list."""

    q = forms.CharField(required=False, label="Name or username", widget=forms.TextInput(attrs={"type": "search"}))
    role = forms.ChoiceField(required=False, choices=[("", "All roles"), *Role.choices], label="Role")


class NewPasswordForm(StyledForm, SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A password by a one-use link."""


class ChangePasswordForm(StyledForm, PasswordChangeForm):
    """A person's own new password, after the old one."""
