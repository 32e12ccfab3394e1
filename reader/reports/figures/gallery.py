"""Every figure with its caption and how it was made, and which of them a set of results has."""

from collections.abc import Callable
from dataclasses import dataclass

from reader.reports.figures.agreement import agreement, coefficients
from reader.reports.figures.fooling import by_fact, fooled
from reader.reports.figures.marks import marks
from reader.reports.figures.order import learning, pace
from reader.reports.figures.readers import mean_shown, readers
from reader.reports.figures.roc import roc
from reader.reports.figures.said import said
from reader.reports.figures.unsure import bounds, unsure
from reader.reports.results import Results
from reader.stats.verdicts import MISSING

Draw = Callable[[Results, str], bytes]


@dataclass(frozen=True)
class Picture:
    """One figure: its name in addresses, how it is drawn, what it shows, how that was computed, and where it applies.

    Attributes
    ----------
    name : str
    draw : callable of Results and theme to bytes
    caption : str
        What is seen, in one sentence.
    method : str
        How it was computed and about whom its intervals speak.
    applies : callable of Results to bool
        Whether these results have what the figure shows.
    """

    name: str
    draw: Draw
    caption: str
    method: str
    applies: Callable[[Results], bool]


def has(*names: str) -> Callable[[Results], bool]:
    """Whether there is a defined row of one of these names."""
    return lambda results: any(name in results.defined_names for name in names)


def has_two_readers(results: Results) -> bool:
    """Whether anybody can agree with anybody."""
    return len(results.data.readers) > 1


def was_said_of_single_images(results: Results) -> bool:
    """Whether answers were verdicts or ratings of images whose truth is known."""
    return results.data.is_fake is not None and bool((results.data.codes != MISSING).any())


def may_be_unsure(results: Results) -> bool:
    """Whether unsure was an answer beside a right and a wrong one."""
    return "unsure" in results.data.categories and has("or_accuracy_decided")(results)


def has_marks(results: Results) -> bool:
    """Whether somebody drew a mark."""
    return results.marked is not None and len(results.marked.places) > 0


OF_READERS = (
    "Each reader's interval speaks about that reader and images like these (Wilson's for shares, the exact one among "
    "decided and for choices, DeLong's for areas). "
)
MRMC = (
    "The mean's interval and test take readers and images as samples (Obuchowski and Rockette, jackknife covariance, "
    "Hillis' degrees of freedom): it speaks about readers like these on images like these."
)
PICTURES = (
    Picture(
        "readers",
        readers,
        "Each reader, highest first, and the mean over readers, with 95 % intervals; dotted: what guessing gives",
        OF_READERS + MRMC,
        lambda results: bool(mean_shown(results)),
    ),
    Picture(
        "said",
        said,
        "What was said of the fake and of the real images, all readers together and one by one; numbers "
        "are counts of answers",
        "Shares of the images that each reader has read, at their first showing; an unread "
        "image is missing and never counted as unsure. All readers together are a sum of counts, not a test.",
        was_said_of_single_images,
    ),
    Picture(
        "roc",
        roc,
        "ROC curve of every reader and of their mean; dotted: guessing",
        "Images are ordered by how fake "
        "they looked: fake above unsure above real, and by confidence within each where it was asked; ratings by their "
        "points. The mean curve averages readers' hits at the same share of false alarms. " + MRMC,
        has("auc"),
    ),
    Picture(
        "unsure",
        unsure,
        "The mean over readers under each way of counting unsure, the planned one as a diamond; "
        "dotted: guessing, for those that have it",
        MRMC,
        may_be_unsure,
    ),
    Picture(
        "bounds",
        bounds,
        "How far unsure moves each reader: the bar runs from counting it as not right to counting it "
        "as right; the dot is the share right among decided",
        "Bars are bounds, not intervals: what the reader would "
        "have got by deciding all of them wrong, or all right. The dot's interval is the exact binomial one, for this "
        "reader and images like these.",
        may_be_unsure,
    ),
    Picture(
        "agreement",
        agreement,
        "Cohen's kappa of every pair of readers; on the diagonal each reader against "
        "themselves, where images were shown again; 0 and below, no agreement beyond chance, share one tone",
        "Over the images that both have read, without weights. The "
        "intervals are in the table (Fleiss, Cohen and Everitt 1969): for these readers and images like these.",
        has_two_readers,
    ),
    Picture(
        "coefficients",
        coefficients,
        "Every coefficient of agreement of all readers with its 95 % interval; dotted: agreement by chance",
        "Large-sample errors over images (Gwet 2014; alpha by its own; Light's by the "
        "jackknife): they speak about these readers and images like these; with readers as a sample too they would be "
        "wider. Near misses count by Gwet's ordinal weights; for alpha by Krippendorff's ordinal metric.",
        has_two_readers,
    ),
    Picture(
        "fooled",
        fooled,
        "Share of fakes called real, mean over readers with 95 % interval, by how the fakes were made "
        "and by group of readers",
        "Unsure counts as not fooled. " + MRMC + " Levels are compared by eye here: they "
        "were not randomised against each other, and many intervals are shown.",
        lambda results: bool(by_fact(results)),
    ),
    Picture(
        "pace",
        pace,
        "Seconds per answer along each reader's own order",
        "Medians of the time an image was open before "
        "its answer, in equal parts of the order, first showings only; intervals are those of order statistics.",
        has("median_seconds"),
    ),
    Picture(
        "learning",
        learning,
        "Whether readers get better as they go on: change of the share right (unsure as half) per "
        "100 answers; dotted: no change",
        "Least squares over the reader's own positions with errors that hold for any "
        "spread (HC3), for this reader and images like these; the mean takes readers as the sample.",
        has("learning_per_100"),
    ),
    Picture(
        "marks",
        marks,
        "Where readers marked fakes and reals, over the mean of up to 24 presented images; brighter: "
        "more marks per answer, on one scale",
        "Each mark weighs 1; a box is spread over what it covers, then smoothed. "
        "Places are fractions of the presented square. A map shows where eyes went, not what is wrong with an image.",
        has_marks,
    ),
)
FIGURES: dict[str, Draw] = {picture.name: picture.draw for picture in PICTURES}


def pictures_of(results: Results) -> list[Picture]:
    """The figures that these results have, in their order."""
    return [picture for picture in PICTURES if picture.applies(results)]
