"""What the reading room sends with a verdict."""

from django import forms


class ReadingForm(forms.Form):
    """One verdict as the browser's outbox sends it."""

    client_key = forms.UUIDField()
    sequence = forms.IntegerField(min_value=0, max_value=2**53)
    answer = forms.CharField(max_length=8)
    seconds_open = forms.FloatField(min_value=0, max_value=86_400)
