"""What a draft's protocol asks that cannot be: each problem with the field or pool whose number to change."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from lungstudy.library.models import Origin
from reader.actions.grouping import Drawn, misfits
from reader.actions.picking import Pick, pick_for
from reader.actions.totals import trials_in
from reader.models import Case, Design, Pool, Study
from reader.models.design import LARGEST_SCALE, LARGEST_TUPLE

FRAME_MS = 17
"""One frame of a display that draws 60 in a second, rounded up."""
POOLS = "pools"


@dataclass(frozen=True)
class Problem:
    """A sentence that says which number to change, and its field; `pools` where it is a pool's."""

    field: str
    sentence: str


def problems_of(study: Study) -> list[Problem]:
    """Everything that refuses this draft as it is: by its draw where there is one, else by what it would draw."""
    if study.cases.exists():
        return [*field_problems(study), *drawn_problems(study)]
    return [*field_problems(study), *pick_problems(study, pick_for(study, study.pools.select_related("dataset")))]


def field_problems(study: Study) -> list[Problem]:
    """What the numbers of the protocol refuse by themselves."""
    return [*range_problems(study), *washout_problems(study)]


def range_problems(study: Study) -> list[Problem]:
    """Numbers below or above what can be shown."""
    found = [
        Problem(name, f"There are {getattr(study, name)} {what}. Ask for at least 1.")
        for name, what in (("sessions", "sessions"), ("blocks", "blocks of readers"))
        if getattr(study, name) < 1
    ]
    if study.repeats and study.repeat_distance < 1:
        found.append(
            Problem("repeat_distance", "A repeat comes after its first showing. Ask for a distance of 1 or more.")
        )
    if study.design == Design.TUPLE and not 2 <= study.tuple_size <= LARGEST_TUPLE:
        found.append(
            Problem("tuple_size", f"{study.tuple_size} images do not fit a trial. Ask for 2 to {LARGEST_TUPLE}.")
        )
    if study.design == Design.RATING and not 2 <= study.scale_points <= LARGEST_SCALE:
        sentence = f"A scale of {study.scale_points} points cannot be shown. Ask for 2 to {LARGEST_SCALE}."
        found.append(Problem("scale_points", sentence))
    if study.exposure_ms is not None and study.exposure_ms < FRAME_MS:
        found.append(Problem("exposure_ms", f"{study.exposure_ms} ms is less than one frame of a display. {EXPOSURE}"))
    return found


EXPOSURE = f"Ask for {FRAME_MS} ms or more, or leave it empty."


def washout_problems(study: Study) -> list[Problem]:
    """A last day that is over, or too soon for all sessions."""
    if study.read_until is None:
        return []
    today = timezone.localdate()
    if study.read_until < today:
        return [Problem("read_until", f"{study.read_until:%-d %B %Y} is over. Choose a later last day, or none.")]
    between = study.sessions - 1
    there = (study.read_until - today).days
    if between * study.washout_days <= there:
        return []
    earliest = today + timedelta(days=between * study.washout_days)
    return [
        Problem(
            "washout_days",
            f"{study.sessions} sessions with {study.washout_days} days between them last until {earliest:%-d %B %Y} at "
            f"least, but the last day is {study.read_until:%-d %B %Y}. Ask for {there // between} days of washout or "
            "fewer, for fewer sessions, or choose a later last day.",
        )
    ]


def pick_problems(study: Study, picks: list[Pick]) -> list[Problem]:
    """What the pools refuse: one origin, too few images, trials that are not whole, a schedule they cannot fill."""
    own = [pick.pool for pick in picks if not pick.pool.practice]
    if not own:
        return []
    n_trials = trials_in(study, own)
    return [
        *one_origin(pool.origin for pool in own),
        *(stock_problems(picks) or fit_problems(study, picks)),
        *schedule_problems(study, n_trials, n_trials // max(study.blocks, 1)),
    ]


def stock_problems(picks: list[Pick]) -> list[Problem]:
    """Pools that ask for more than there is."""
    return [Problem(POOLS, too_few(place, pick)) for place, pick in enumerate(picks, start=1) if pick.is_short]


def fit_problems(study: Study, picks: list[Pick]) -> list[Problem]:
    """Images that do not make whole trials, in the study or in practice."""
    return [
        Problem(POOLS, sentence) for practice in (False, True) for sentence in misfits(study, drawn_in(picks, practice))
    ]


def drawn_in(picks: list[Pick], practice: bool) -> list[Drawn]:
    """The images of the study, or those of practice, each with its pool."""
    return [
        Drawn(pick.pool, image.pk, image.finding)
        for pick in picks
        if pick.pool.practice == practice
        for image in pick.drawn
    ]


def one_origin(origins: Iterable[str]) -> list[Problem]:
    """Nothing to tell apart."""
    there = set(origins)
    return [
        Problem(POOLS, f"The study holds no {origin} image, so there is nothing to tell apart. Add a pool of them.")
        for origin in Origin.values
        if origin not in there
    ]


def too_few(place: int, pick: Pick) -> str:
    """Which number to change, and why there are not more."""
    asked = f"Pool {place} ({pick.pool}) asks for {counted(pick.pool.count, 'image')}"
    if not pick.drawable:
        return f"{asked}, but none is left for it. Remove the pool, or add images to the library."
    fit = f"{counted(pick.images, 'image')} {'fits' if pick.images == 1 else 'fit'}"
    of = f" of {counted(pick.patients, 'patient')}" if pick.patients else ""
    return (
        f"{asked}, but {pick.drawable} can be drawn ({fit}{of}, and other pools may use some). "
        f"Ask for {pick.drawable} or fewer, or add images."
    )


def counted(number: int, what: str) -> str:
    """A number with its noun."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def schedule_problems(study: Study, n_trials: int, smallest_block: int) -> list[Problem]:
    """Blocks and repeats for which there are too few trials."""
    if study.blocks > max(n_trials, 1):
        sentence = (
            f"{counted(n_trials, 'trial')} cannot be shared by {study.blocks} blocks. Ask for {n_trials} or fewer."
        )
        return [Problem("blocks", sentence)]
    if not study.repeats:
        return []
    where = f"{counted(smallest_block, 'trial')} of {'the study' if study.blocks == 1 else 'the smallest block'}"
    found = []
    if study.repeats > smallest_block:
        sentence = f"{counted(study.repeats, 'hidden repeat')} cannot be chosen among the {where}. "
        found.append(Problem("repeats", f"{sentence}Ask for {smallest_block} or fewer, or draw more images."))
    if study.repeat_distance > smallest_block:
        sentence = (
            f"A repeat {study.repeat_distance} positions after its first showing does not fit among the {where}. "
        )
        found.append(Problem("repeat_distance", f"{sentence}Ask for {smallest_block} or less, or draw more images."))
    return found


def drawn_problems(study: Study) -> list[Problem]:
    """What refuses the images that are drawn, as the library and the protocol are now."""
    origins = study.cases.filter(trial__practice=False).values_list("pool__origin", flat=True)
    blocks = study.trials.filter(practice=False).values("block").order_by("block").annotate(n=Count("pk"))
    sizes = [row["n"] for row in blocks] or [0]
    return [
        *one_origin(origins),
        *schedule_problems(study, sum(sizes), min(sizes)),
        *patient_problems(study),
        *label_problems(study),
        *matching_problems(study),
    ]


def patient_problems(study: Study) -> list[Problem]:
    """Patient keys that were changed after the draw, so that one patient now comes twice."""
    rows = list(study.cases.exclude(image__patient_key="").values_list("image__patient_key", "trial__practice"))
    times = Counter(key for key, _ in rows)
    both = {key for key, practice in rows if practice} & {key for key, practice in rows if not practice}
    if both:
        sentence = f"{counted(len(both), 'patient')} of practice {'is' if len(both) == 1 else 'are'} also in the study"
        return [Problem(POOLS, f"{sentence}, since patient keys were changed after the draw. Draw the images again.")]
    twice = sum(count > 1 for count in times.values())
    if study.one_per_patient and twice:
        sentence = f"{counted(twice, 'patient')} {'has' if twice == 1 else 'have'} more than one drawn image"
        return [Problem(POOLS, f"{sentence}, since patient keys were changed after the draw. Draw the images again.")]
    return []


def label_problems(study: Study) -> list[Problem]:
    """Labels that were changed after the draw, so that a drawn image is no longer one of its pool's."""
    moved = sum(moved_away(pool) for pool in study.pools.all())
    if not moved:
        return []
    sentence = f"{counted(moved, 'drawn image')} no longer {'fits its pool' if moved == 1 else 'fit their pools'}"
    return [Problem(POOLS, f"{sentence}, since labels were changed after the draw. Draw the images again.")]


def moved_away(pool: Pool) -> int:
    """How many drawn images of a pool it would not find any more; those excluded since are counted elsewhere."""
    drawn = Case.objects.filter(pool=pool, image__excluded_at=None)
    return drawn.exclude(image__in=pool.images()).count()


def matching_problems(study: Study) -> list[Problem]:
    """Trials whose images no longer share their finding."""
    if not study.match_finding:
        return []
    findings = study.trials.annotate(findings=Count("cases__image__finding", distinct=True))
    mixed = findings.filter(findings__gt=1).count()
    if not mixed:
        return []
    sentence = f"{counted(mixed, 'trial')} {'shows' if mixed == 1 else 'show'} images of different findings"
    return [Problem(POOLS, f"{sentence}, since labels were changed after the draw. Draw the images again.")]
