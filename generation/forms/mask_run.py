"""The form that asks for the masks of a batch."""

import uuid
from typing import Any

from django import forms

from generation.actions.mask_run_queueing import MaskOrder, definition_refusal, kept_phrases, parts_of
from generation.masks.methods import DEFAULT_METHOD, METHODS
from generation.models import Batch
from lungstudy.library.models import Definition, MaskSet
from lungstudy.library.models.mask_set import LONGEST_NAME, LONGEST_STRUCTURE
from lungstudy.styling import StyledForm

MOST_PARTS, MOST_SEED = 20, 2**31 - 1


class MaskRunForm(StyledForm, forms.Form):
    """Structure, phrases, method, and the set that the masks go into."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)
    structure = forms.CharField(
        max_length=LONGEST_STRUCTURE,
        widget=forms.TextInput(attrs={"list": "structures", "autocomplete": "off"}),
        help_text="What is outlined, such as lungs, left lung or heart.",
    )
    phrases = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="Phrases to add up",
        help_text="“left lung” and “right lung” together make lungs. An image whose prompt lacks one gets no mask.",
    )
    definition = forms.ChoiceField(
        choices=[("", "Choose"), *((value, label) for value, label in Definition.choices if value != "unstated")],
        help_text="Masks of different definitions never share a set, and studies never pool them.",
    )
    method = forms.ChoiceField(
        choices=[(method.key, method.title) for method in METHODS.values()],
        initial=DEFAULT_METHOD,
        help_text="The one that is chosen at first measures best on real films; docs/masks.md has the table. Methods "
        "with a net learn from this batch alone: the more images, the better.",
    )
    parts = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_PARTS,
        label="Largest parts to keep",
        help_text="Empty: 2 of lungs, 1 of one lung or of a heart, all of anything else. 0 keeps all.",
    )
    seed = forms.IntegerField(initial=0, min_value=0, max_value=MOST_SEED, help_text="Of nets and of folds.")
    name = forms.CharField(max_length=LONGEST_NAME, label="Name of the set of masks")

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.kept = kept_phrases(batch)
        choices = [(phrase, f"{phrase} ({count} images)") for phrase, count in sorted(self.kept.items())]
        self.fields["phrases"].choices = choices  # type: ignore[attr-defined]
        self.fields["phrases"].widget.attrs["class"] = "form-check-input"

    def clean_name(self) -> str:
        """A set's name says which masks are meant, so it is given once."""
        name: str = self.cleaned_data["name"].strip()
        if MaskSet.objects.filter(name=name).exists():
            raise forms.ValidationError(f"A set of masks called “{name}” exists; choose another name.")
        return name

    def clean(self) -> dict[str, Any]:
        """A definition that the structure can have."""
        data = super().clean() or {}
        definition = data.get("definition")
        if definition and (refusal := definition_refusal(data.get("structure", ""), definition)):
            self.add_error("definition", refusal)
        return data

    def order(self) -> MaskOrder:
        """What the checked fields ask for."""
        data = self.cleaned_data
        parts = parts_of(data["structure"]) if data["parts"] is None else data["parts"]
        return MaskOrder(
            batch=self.batch,
            phrases=tuple(data["phrases"]),
            structure=data["structure"],
            definition=Definition(data["definition"]),
            method=data["method"],
            name=data["name"],
            parts=parts,
            seed=data["seed"],
        )


def blank_mask_run(batch: Batch) -> dict[str, Any]:
    """What a fresh form offers for this batch."""
    kept = sorted(kept_phrases(batch))
    lungs = [phrase for phrase in kept if "lung" in phrase]
    phrases = lungs or kept[:1]
    structure = phrases[0] if len(phrases) == 1 else "lungs" if phrases else ""
    return {
        "request_key": uuid.uuid4(),
        "phrases": phrases,
        "structure": structure,
        "definition": "" if "lung" in structure else Definition.NOT_APPLICABLE,
        "method": DEFAULT_METHOD,
        "seed": 0,
        "name": free_name(f"{structure.capitalize()} in {batch.dataset}"[:110]) if structure else "",
    }


def free_name(wanted: str) -> str:
    """The name, or the name with the first number that is not taken."""
    taken = set(MaskSet.objects.filter(name__startswith=wanted).values_list("name", flat=True))
    names = (wanted, *(f"{wanted} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
