"""Which part of the log to show."""

from django import forms
from django.contrib.auth import get_user_model

from lungstudy.audit.models import Event
from lungstudy.styling import StyledForm


class LogFilterForm(StyledForm, forms.Form):
    """By kind of event and by person; both empty shows everything."""

    verb = forms.ChoiceField(required=False, label="What happened")
    person = forms.ModelChoiceField(
        get_user_model().objects.order_by("username"), required=False, label="By or about", empty_label="Everybody"
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        verbs = [(verb, verb) for verb in Event.objects.all().verbs()]
        self.fields["verb"].choices = [("", "Everything"), *verbs]  # type: ignore[attr-defined]
