"""What the reading room tells of itself: the screen it is seen on, and the keys its reader wants."""

from django import forms


class SittingForm(forms.Form):
    """The screen of one visit, as the browser states it."""

    key = forms.UUIDField()
    session = forms.IntegerField(min_value=0, max_value=32_000)
    screen_width = forms.IntegerField(min_value=0, max_value=100_000)
    screen_height = forms.IntegerField(min_value=0, max_value=100_000)
    window_width = forms.IntegerField(min_value=0, max_value=100_000)
    window_height = forms.IntegerField(min_value=0, max_value=100_000)
    pixel_ratio = forms.FloatField(min_value=0, max_value=100)
    colour_depth = forms.IntegerField(min_value=0, max_value=1_000)


class KeysForm(forms.Form):
    """Actions and the keys they are to have."""

    keys = forms.JSONField()

    def clean_keys(self) -> dict[str, str]:
        """Refuse anything but words for words."""
        keys = self.cleaned_data["keys"]
        if not isinstance(keys, dict) or not all(isinstance(key, str) and len(key) <= 20 for key in keys.values()):
            raise forms.ValidationError("Keys are named by words.")
        return keys
