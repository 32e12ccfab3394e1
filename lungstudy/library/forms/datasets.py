"""Forms about one data set: what is said about it, and which of its images are shown."""

from typing import Any

from django import forms

from lungstudy.library.models import Dataset
from lungstudy.library.models.image import ImageQuerySet
from lungstudy.styling import StyledForm

ANY_FLAG = "any flag"


class DatasetForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Name, licence and citation; origin and kind are fixed once images are in studies."""

    class Meta:
        model = Dataset
        fields = ["name", "licence", "citation"]
        widgets = {"citation": forms.Textarea(attrs={"rows": 4})}


class ImageFilterForm(StyledForm, forms.Form):
    """Narrow the grid of one data set; each choice offers what the data set holds."""

    STATES = (("", "All"), ("open", "Undecided"), ("kept", "Kept"), ("excluded", "Excluded"))

    finding = forms.ChoiceField(required=False)
    view = forms.ChoiceField(required=False)
    flag = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False, choices=STATES, label="Decision")

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        images = dataset.images.all()
        self._offer("finding", images.values_of("finding"))
        self._offer("view", images.values_of("view"))
        self._offer("flag", [ANY_FLAG, *images.flag_codes()])

    def _offer(self, name: str, values: list[str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        named = [(value, value.replace("_", " ")) for value in values]
        field.choices = [("", "All"), *named]

    def chosen(self, images: ImageQuerySet) -> ImageQuerySet:
        """The images that match every choice; a choice that is none of those on offer is left out."""
        self.is_valid()
        data = self.cleaned_data
        if finding := data.get("finding"):
            images = images.filter(finding=finding)
        if view := data.get("view"):
            images = images.filter(view=view)
        if flag := data.get("flag"):
            images = images.flagged() if flag == ANY_FLAG else images.with_flag(flag)
        verb = {"open": images.untriaged, "kept": images.usable().decided, "excluded": images.excluded}
        return verb[data["state"]]() if data.get("state") else images
