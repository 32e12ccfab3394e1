"""Why a sealed protocol is changed."""

from django import forms

from lungstudy.styling import StyledForm


class AmendForm(StyledForm, forms.Form):
    """The reason of an amendment, printed with the protocol."""

    reason = forms.CharField(
        max_length=2000,
        label="Why is the protocol changed?",
        help_text="Printed with the new version's protocol, beside what changed.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
