"""What is typed about prompts and seeds, as the lines of an order: one prompt, a template with choices, or a CSV."""

from typing import Any

from django import forms

from generation.actions.orders import HIGHEST_SEED, MOST_IMAGES, OrderLine
from generation.actions.prompt_csv import lines_from_csv
from generation.actions.prompt_lines import (
    LinesError,
    Seeds,
    Wording,
    choices_from,
    lines_of,
    seed_ranges,
    wordings_of,
)
from generation.diffusion.composing import terms_of
from generation.diffusion.errors import DiffusionError
from lungstudy.styling import StyledForm


class LinesForm(StyledForm, forms.Form):
    """Prompts, labels and seeds; `lines` once they are checked."""

    prompt = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "chest radiograph, left pleural effusion"}),
        help_text="What the image should show, in the words that the model was trained on. "
        "“a :0.5 AND b :0.5” draws two conditions at once, with these weights; “{finding} in the {side} lung” draws "
        "every combination of the choices below.",
    )
    choices = forms.CharField(
        required=False,
        max_length=20_000,
        label="Choices for {placeholders}",
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "finding: nodule, pneumonia\nside: left, right"}),
        help_text="One placeholder a line, its choices with commas between them.",
    )
    prompts_csv = forms.FileField(
        required=False,
        label="Or prompts from a CSV file",
        help_text="Columns: prompt, and where wanted negative_prompt, finding, count, seed. One prompt a row.",
    )
    negative_prompt = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 1}),
        help_text="What it should not show. May be empty.",
    )
    finding = forms.CharField(
        required=False,
        max_length=120,
        label="Finding label",
        help_text="Stored with each image, so that studies can balance findings. The model does not see it. "
        "Empty with a placeholder {finding}: its choice.",
    )
    count = forms.IntegerField(
        label="Images of each prompt", initial=8, min_value=1, max_value=MOST_IMAGES, help_text="How many to draw."
    )
    first_seed = forms.IntegerField(
        min_value=0,
        max_value=HIGHEST_SEED,
        help_text="Image 1 has this seed, image 2 the next one, and so on. The same recipe draws the same image.",
    )
    seeds = forms.CharField(
        required=False,
        max_length=2000,
        label="Or the very seeds",
        widget=forms.TextInput(attrs={"placeholder": "1-50, 100"}),
        help_text="Of every prompt, in place of the number of images and the first seed.",
    )
    same_seeds = forms.BooleanField(
        required=False,
        label="Start every prompt at the first seed",
        help_text="Pairs that share their noise differ in little but the prompt. Otherwise each image has a seed of "
        "its own.",
    )

    def clean(self) -> dict[str, Any]:
        """Make the lines, or say at which field they fail."""
        data = super().clean() or {}
        if not self.errors:
            try:
                data["lines"] = self._lines(data)
            except LinesError as exc:
                self.add_error(exc.field if exc.field in self.fields else None, str(exc))
        return data

    def _lines(self, data: dict[str, Any]) -> tuple[OrderLine, ...]:
        seeds = Seeds(
            first=data["first_seed"],
            count=data["count"],
            ranges=seed_ranges(data["seeds"]),
            same=data["same_seeds"],
        )
        if file := data["prompts_csv"]:
            if data["prompt"] or data["choices"]:
                raise LinesError("prompts_csv", "Give prompts in the file or in the form, not both.")
            lines = lines_from_csv(file.read(), seeds)
        elif data["prompt"]:
            template = Wording(prompt=data["prompt"], negative_prompt=data["negative_prompt"], finding=data["finding"])
            lines = lines_of(wordings_of(template, choices_from(data["choices"])), seeds)
        else:
            raise LinesError("prompt", "This field is required, unless a CSV file has the prompts.")
        refuse_unreadable(lines)
        return lines


def refuse_unreadable(lines: tuple[OrderLine, ...]) -> None:
    """Read the terms of every prompt; raises LinesError."""
    for prompt in dict.fromkeys(line.prompt for line in lines):
        try:
            terms_of(prompt)
        except DiffusionError as exc:
            raise LinesError("prompt", f"“{prompt[:60]}”: {exc}" if len(lines) > 1 else str(exc)) from exc
