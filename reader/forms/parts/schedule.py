"""Schedule: seed, repeats, sessions with washout, blocks, breaks."""

from django import forms

from reader.actions.seeds import fresh_seed
from reader.forms.parts.part import Part

SCHEDULE = Part(
    "Schedule",
    "Every reader's orders are drawn once and stored.",
    ("repeats", "repeat_distance", "sessions", "washout_days"),
    "Seed, patients, blocks of readers, last day, breaks",
    ("seed", "blocks", "read_until", "break_every", "break_seconds", "one_per_patient"),
)


class ScheduleFields(forms.Form):
    """Controls of the order of things."""

    repeats = forms.IntegerField(
        min_value=0,
        max_value=5000,
        initial=0,
        label="Hidden repeats, trials",
        help_text="Shown twice in a session without saying so, for agreement of a reader with themselves.",
    )
    repeat_distance = forms.IntegerField(
        min_value=1,
        max_value=5000,
        initial=10,
        label="Distance of a repeat, positions",
        help_text="At least so far behind the first showing.",
    )
    sessions = forms.IntegerField(
        min_value=1,
        max_value=20,
        initial=1,
        label="Sessions",
        help_text="How often each reader reads all their images, each time in a fresh order.",
    )
    washout_days = forms.IntegerField(
        min_value=0,
        max_value=1000,
        initial=14,
        label="Washout, days",
        help_text="From the end of a session until the next may begin.",
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        initial=fresh_seed,
        label="Seed of the draw",
        help_text="The same seed draws the same images from the same library.",
    )
    blocks = forms.IntegerField(
        min_value=1,
        max_value=100,
        initial=1,
        label="Blocks of readers",
        help_text="1: every reader reads all. More: the images are shared; reader 1 reads block 1, reader 2 block 2, …",
    )
    read_until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        label="Last planned day of reading",
        help_text="All sessions and washouts must fit before it. Empty: no last day.",
    )
    break_every = forms.IntegerField(
        min_value=1, max_value=5000, required=False, label="Break after, answers", help_text="Empty: no forced breaks."
    )
    break_seconds = forms.IntegerField(min_value=5, max_value=3600, initial=60, label="Length of a break, s")
    one_per_patient = forms.BooleanField(
        required=False,
        initial=True,
        label="Never two images of one patient",
        help_text="Practice shares no patient with the study in any case.",
    )
