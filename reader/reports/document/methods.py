"""Methods, in words that follow from what was actually set and computed."""

import platform
from importlib.metadata import version

from django.conf import settings

from reader.models import AnswerOrder, Confidence, Design, Study
from reader.reports.results import Results
from reader.stats.estimate import LEVEL
from reader.stats.resampling import FEW_READERS

PACKAGES = ("django", "numpy", "scipy", "matplotlib", "typst")
AGREEMENT = (
    "Agreement is given as percent agreement, Brennan and Prediger's kappa, Gwet's AC1, Fleiss' and Conger's kappa, "
    "Krippendorff's alpha and Light's kappa, pairs by Cohen's kappa. Standard errors are large-sample ones over images "
    "with these readers held fixed (Gwet 2014; Fleiss, Cohen and Everitt 1969)."
)
PRIMARY = (
    "Means over readers are tested by Obuchowski and Rockette's analysis (1995) with Hillis' degrees of freedom "
    "(2007), readers and images both taken as samples, covariances by the jackknife; analyses with readers or images "
    "fixed are given beside it. Verdicts of all readers poured together are no test: that is anticonservative."
)
READER = (
    "Shares of single readers have Wilson's interval, tests against chance are exact. Signal detection indices use the "
    "log-linear correction (Hautus 1995); areas under the ROC curve have DeLong's interval. The signal is fake."
)
UNSURE = (
    "Unsure is never merged with missing: coverage, accuracy among decided answers, half credit, and the bounds with "
    "unsure counted wrong and right are given side by side; the three-level area takes unsure between fake and real."
)


def methods_paragraphs(results: Results, study: Study | None) -> list[str]:
    """What was done, paragraph by paragraph."""
    told = study_paragraphs(study) if study is not None else ["The readings were taken from a file."]
    computed = [AGREEMENT]
    if results.n_fake or results.data.right is not None:
        computed += [READER, PRIMARY]
    if "unsure" in results.data.categories:
        computed.append(UNSURE)
    computed.append(
        f"Intervals are two-sided at {100 * LEVEL:.0f} %. Undefined numbers are said to be so, with a reason."
    )
    if 0 < len(results.data.readers) <= FEW_READERS:
        computed.append("With three readers or fewer, tests that take readers as a sample find an effect too often.")
    return [*told, *computed, software()]


def study_paragraphs(study: Study) -> list[str]:
    """Design, images and reading, from the protocol."""
    return [asked(study), shown(study), scheduled(study)]


def asked(study: Study) -> str:
    """The question, and how it was answered."""
    several = {
        Design.PAIR: "Readers saw two images at once and chose one. ",
        Design.TUPLE: f"Readers saw {study.images_per_trial} images at once and chose one. ",
        Design.RATING: f"Readers rated single images from 1 ({study.scale_low}) to {study.scale_points} "
        f"({study.scale_high}). ",
    }.get(Design(study.design), "Readers saw one image at a time. ")
    order = " in an order counterbalanced between readers" if study.answer_order == AnswerOrder.COUNTERBALANCED else ""
    sure = (
        ""
        if study.confidence == Confidence.NONE
        else f" They said how sure they were ({study.get_confidence_display()})."
    )
    return f"{several}They were asked: “{study.question}” Answers were {', '.join(study.verdicts)}{order}.{sure}"


def shown(study: Study) -> str:
    """How images were rendered."""
    masked = study.cases.exclude(marker_masks=[]).count()
    limited = f" Each could be seen for {study.exposure_ms} ms." if study.exposure_ms else ""
    return (
        f"All images went through one pipeline: {study.border_crop_percent} % cropped at each side, "
        f"{study.get_fit_display().lower()}, {study.get_grey_display().lower()}, {study.image_size} × "
        f"{study.image_size} pixels at {study.bits} bit, files of equal length without metadata. Burnt-in letters were "
        f"masked by hand on {masked} images and by {len(study.fixed_masks)} boxes on all.{limited}"
    )


def scheduled(study: Study) -> str:
    """Draw, orders, repeats and sessions."""
    parts = [f"Images were drawn from their pools by seed {study.seed}"]
    parts.append(", never two of one patient" if study.one_per_patient else "")
    parts.append(". Every reader read in an order of their own, drawn from the protocol's hash and stored.")
    if study.blocks > 1:
        parts.append(f" The images were split into {study.blocks} blocks, each read by some of the readers.")
    if study.repeats:
        parts.append(
            f" {study.repeats} trials were shown twice in a session without saying so, at least "
            f"{study.repeat_distance} positions apart."
        )
    if study.sessions > 1:
        parts.append(f" There were {study.sessions} sessions with {study.washout_days} days of washout between them.")
    return "".join(parts)


def software() -> str:
    """Versions of everything that computed a number."""
    found = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Software: lungstudy {settings.VERSION}, {found}, Python {platform.python_version()}."
