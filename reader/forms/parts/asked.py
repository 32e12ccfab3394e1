"""What readers are asked: the design, its question and answers, and what may be said beside an answer."""

from django import forms

from reader.forms.parts.lines import LinesField
from reader.forms.parts.part import Part
from reader.models import Design, Target
from reader.models.design import LARGEST_SCALE, LARGEST_TUPLE, AnswerOrder, Confidence, Marking, Revising

USUAL_TUPLE = 4
REASONS = ["Texture", "Vessels", "Ribs or clavicles", "Heart border", "Lung border", "Letters or devices", "Other"]
"""Offered where marks are asked for; the researcher edits them."""

ASKED = Part(
    "What readers are asked",
    "The design decides which questions follow.",
    ("design", "target", "tuple_size", "match_finding", "question", "scale_points", "scale_low", "scale_high",
     "allow_unsure"),
    "Buttons, revising, confidence, comment, marks",
    ("answer_order", "revising", "confidence", "marking", "mark_reasons", "allow_comment"),
)  # fmt: skip

SEVERAL = (Design.PAIR, Design.TUPLE)
MARKED = (Marking.POINT, Marking.BOX, Marking.BOTH)
NEEDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "target": ("design", SEVERAL),
    "tuple_size": ("design", (Design.TUPLE,)),
    "match_finding": ("design", SEVERAL),
    "scale_points": ("design", (Design.RATING,)),
    "scale_low": ("design", (Design.RATING,)),
    "scale_high": ("design", (Design.RATING,)),
    "allow_unsure": ("design", (Design.SINGLE, *SEVERAL)),
    "answer_order": ("design", (Design.SINGLE,)),
    "mark_reasons": ("marking", MARKED),
}
"""Fields that mean something only with some values of another."""


def usual_question(design: str, target: str) -> str:
    """What is asked where nobody wrote another question."""
    if design == Design.SINGLE:
        return "Is this image real or fake?"
    if design == Design.RATING:
        return "How real does this image look?"
    return "Which image is real?" if target == Target.REAL else "Which image is fake?"


QUESTIONS = {f"{design} {target}": usual_question(design, target) for design in Design for target in Target}
"""The usual question by design and target."""


class AskedFields(forms.Form):
    """Controls of the question and its answers."""

    design = forms.ChoiceField(choices=Design.choices, initial=Design.SINGLE, label="Design")
    target = forms.ChoiceField(choices=Target.choices, initial=Target.REAL, label="Readers choose")
    tuple_size = forms.IntegerField(
        min_value=3,
        max_value=LARGEST_TUPLE,
        initial=USUAL_TUPLE,
        label="Images of each trial",
        help_text=f"3 to {LARGEST_TUPLE}, one of them to be found.",
    )
    match_finding = forms.BooleanField(
        required=False,
        label="Images of a trial share their finding",
        help_text="Then give each pool its finding, with numbers that match.",
    )
    question = forms.CharField(
        max_length=200,
        required=False,
        initial=usual_question(Design.SINGLE, Target.REAL),
        label="Question",
        help_text="Follows the design until you write another. Empty: the usual one.",
    )
    scale_points = forms.IntegerField(
        min_value=2, max_value=LARGEST_SCALE, initial=5, label="Points of the scale", help_text=f"2 to {LARGEST_SCALE}."
    )
    scale_low = forms.CharField(max_length=60, required=False, initial="surely fake", label="Words at 1")
    scale_high = forms.CharField(
        max_length=60, required=False, initial="surely real", label="Words at the highest point"
    )
    allow_unsure = forms.BooleanField(required=False, initial=True, label="Readers may say unsure")

    answer_order = forms.ChoiceField(
        choices=AnswerOrder.choices,
        initial=AnswerOrder.FIXED,
        label="Order of the buttons",
        help_text="Counterbalanced: the orders are dealt to readers in turn.",
    )
    revising = forms.ChoiceField(choices=Revising.choices, initial=Revising.ANY, label="Answers that may be changed")
    confidence = forms.ChoiceField(choices=Confidence.choices, initial=Confidence.NONE, label="Confidence")
    marking = forms.ChoiceField(
        choices=Marking.choices,
        initial=Marking.NONE,
        label="Marks on the image",
        help_text="Drawn where an image looks generated.",
    )
    mark_reasons = LinesField(
        longest=60,
        most=20,
        required=False,
        initial=REASONS,
        label="Reasons to choose from, one per line",
        help_text="A reader gives one of these with each mark. Empty: marks without a reason.",
    )
    allow_comment = forms.BooleanField(required=False, label="Readers may write a comment")
