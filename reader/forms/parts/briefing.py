"""Before reading: instructions, consent, questions about the reader, monitor check, feedback in practice."""

from django import forms

from reader.forms.parts.part import Part

BEFORE_READING = Part(
    "Before reading",
    "What readers meet on their way to the first image. Practice images come from pools for practice.",
    ("instructions",),
    "Consent, questions about the reader, monitor check, practice",
    ("consent", "ask_background", "monitor_check", "practice_feedback"),
)


class BriefingFields(forms.Form):
    """Controls of the way into a study."""

    instructions = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Instructions",
        help_text="In Markdown. Say nothing of how many images are real.",
    )
    consent = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Consent",
        help_text="In Markdown. Readers accept it before anything else. Empty: nothing to accept.",
    )
    ask_background = forms.BooleanField(
        required=False, label="Ask about the reader", help_text="Years, specialty, subspecialty and display."
    )
    monitor_check = forms.BooleanField(
        required=False, label="Check the monitor", help_text="A grey-scale pattern to be seen before reading."
    )
    practice_feedback = forms.BooleanField(
        required=False, label="Practice tells what was right", help_text="Only in practice, never in the study."
    )
