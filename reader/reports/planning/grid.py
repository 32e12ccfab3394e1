"""Power of the primary test by readers and images, from assumed components."""

from collections.abc import Callable
from dataclasses import dataclass

from reader.reports.planning.answer import LEVEL_WORDS, WANTED_POWER, Answer, Table, percent, plain
from reader.stats.planning_mrmc import Assumed, power_against_chance, power_grid

READERS = (2, 3, 4, 5, 6, 8, 10, 15, 20)
IMAGES = (40, 60, 80, 100, 150, 200, 300, 400)
MOST_IMAGES, MOST_READERS = 10_000, 200
PER = 100
"""Images to which a reader's error is stated."""

FIGURES = {"auc": "AUC", "accuracy": "accuracy"}
OF_ERROR = {
    "auc": "Hanley and McNeil (1982), Radiology 143:29-36, eq. 1: the error of one reader's AUC.",
    "accuracy": "Binomial error of one reader's accuracy over images.",
}


@dataclass(frozen=True)
class Plan:
    """A study of the primary test, as planned and assumed.

    Attributes
    ----------
    figure : str
        A name of `FIGURES`.
    expected : float
        True mean figure over readers.
    among : int
        Guessing is right once in this many; 2 for the AUC.
    fakes : float
        Share of the images that are synthetic.
    reader_sd : float
        Standard deviation of readers' true figures.
    correlation : float
        How alike two readers err over images.
    error_sd : float or None
        Standard deviation of one reader's figure over 100 images; None for what the expected figure implies.
    n_readers, n_images : int
    """

    figure: str
    expected: float
    among: int
    fakes: float
    reader_sd: float
    correlation: float
    error_sd: float | None
    n_readers: int
    n_images: int

    @property
    def effect(self) -> float:
        """What is to be found: the figure less chance."""
        return self.expected - 1 / self.among

    @property
    def assumed(self) -> Assumed:
        """The components."""
        if self.error_sd is None and self.figure == "auc":
            fakes = min(max(round(self.fakes * PER), 1), PER - 1)
            return Assumed.of_area(
                self.expected, fakes=fakes, reals=PER - fakes, reader_sd=self.reader_sd, correlation=self.correlation
            )
        of_guess = self.expected * (1 - self.expected) / PER
        error = of_guess if self.error_sd is None else self.error_sd**2
        return Assumed(self.reader_sd**2, error, self.correlation * error, PER)

    def power(self, *, n_readers: int | None = None, n_images: int | None = None) -> float:
        """Power as planned, or with other numbers."""
        return power_against_chance(
            self.assumed,
            effect=self.effect,
            n_readers=n_readers or self.n_readers,
            n_images=n_images or self.n_images,
        )


def readers_by_images(plan: Plan) -> Answer:
    """Power as planned, what would reach 80 %, and a grid around it."""
    power = plan.power()
    few = "With three readers or fewer the test itself finds an effect too often; plan with four or more."
    return Answer(
        lead=f"{percent(power)} power with {plan.n_readers} readers and {plan.n_images:,} images",
        also=f"{images_words(plan)} {readers_words(plan)}",
        assumption=assumption_of(plan),
        sources=(
            "Obuchowski and Rockette's analysis with Hillis' degrees of freedom, noncentral t: Hillis, Obuchowski and "
            "Berbaum (2011), Acad. Radiol. 18:129-142; Obuchowski (1995), Acad. Radiol. 2:522-529.",
            OF_ERROR[plan.figure] if plan.error_sd is None else "One reader's error as given.",
        ),
        protocol=protocol_of(plan, power),
        table=grid_of(plan),
        warning=few if plan.n_readers <= 3 else "",
    )


def images_words(plan: Plan) -> str:
    """Images that reach the power with the readers planned."""
    needed = least(lambda n: plan.power(n_images=n), 2, MOST_IMAGES)
    if needed is None:
        return f"No number of images reaches 80 % with {plan.n_readers} readers: readers differ too much, so have more."
    return f"{needed:,} images reach 80 % with {plan.n_readers} readers."


def readers_words(plan: Plan) -> str:
    """Readers that reach the power with the images planned."""
    needed = least(lambda n: plan.power(n_readers=n), 2, MOST_READERS)
    if needed is None:
        return f"No number of readers reaches it with {plan.n_images:,} images: have more images."
    return f"{needed} readers reach it with {plan.n_images:,} images."


def least(power_of: Callable[[int], float], first: int, last: int) -> int | None:
    """The smallest number with the wanted power, which grows with it; None where the last has not got it."""
    if power_of(last) < WANTED_POWER:
        return None
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if power_of(middle) >= WANTED_POWER else (middle + 1, last)
    return first


def assumption_of(plan: Plan) -> str:
    """What stands behind the numbers."""
    error = (plan.assumed.var_error) ** 0.5
    of_fakes = f", {100 * plan.fakes:.0f} % of the images synthetic" if plan.figure == "auc" else ""
    return (
        f"True mean {FIGURES[plan.figure]} {plan.expected:.3g} against {1 / plan.among:.3g} by guessing; readers' true "
        f"figures spread by {plan.reader_sd:.3g} (SD), one reader's error with {PER} images is {error:.3g} (SD), two "
        f"readers' errors correlate by {plan.correlation:.2g}{of_fakes}; readers and images are both samples, "
        "every reader reads every image."
    )


def protocol_of(plan: Plan, power: float) -> str:
    """The sentence for the analysis plan."""
    return (
        f"With {plan.n_readers} readers each reading {plan.n_images:,} images, a true mean {FIGURES[plan.figure]} of "
        f"{plan.expected:.3g} is told from {1 / plan.among:.3g} by the Obuchowski-Rockette test with readers and "
        f"images as samples at {LEVEL_WORDS} with a power of {percent(power)}, assuming a standard deviation of "
        f"{plan.reader_sd:.3g} between readers, of {plan.assumed.var_error**0.5:.3g} for one reader over {PER} images, "
        f"and a correlation of {plan.correlation:.2g} between readers' errors."
    )


def grid_of(plan: Plan) -> Table:
    """Power by readers (rows) and images (columns), those planned among them; marked from 80 % on."""
    readers = sorted({*READERS, plan.n_readers})
    images = sorted({*IMAGES, plan.n_images})
    powers = power_grid(plan.assumed, effect=plan.effect, readers=readers, images=images)
    rows = tuple((str(n), *(percent(power) for power in row)) for n, row in zip(readers, powers, strict=True))
    reached = frozenset(
        (int(row), int(column)) for row, column in zip(*(powers >= WANTED_POWER).nonzero(), strict=True)
    )
    header = ("Readers", *(f"{n:,}" for n in images))
    return Table("Power by readers (rows), images (columns)", header, rows, reached)


def summary(plan: Plan) -> str:
    """The picture in words."""
    return f"Power by readers and images where the mean {FIGURES[plan.figure]} is {plain(plan.expected)}"
