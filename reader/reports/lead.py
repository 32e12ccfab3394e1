"""The planned result in one plain sentence: what was fixed before anybody read, and what came of it."""

from dataclasses import dataclass

from reader.models import Endpoint, Study
from reader.reports.digits import p_in_a_sentence
from reader.reports.figures.readers import chance_of
from reader.reports.results import Results
from reader.stats.estimate import Estimate

NOT_GIVEN = "These readings do not give it: nobody has read, or the design asks for something else."
NO_CHANCE = "It is not tested: guessing gives it no fixed value."


@dataclass(frozen=True)
class Lead:
    """The primary endpoint as it was planned, as it was found, and what to beware of; sentences."""

    planned: str
    found: str
    warning: str


def lead_of(study: Study, results: Results) -> Lead:
    """The study's primary result."""
    row = results.primary_row
    planned = study.get_primary_endpoint_display()
    if study.primary_endpoint == Endpoint.ACCURACY:
        rule = study.get_unsure_rule_display()
        planned += f". Unsure is {rule[0].lower()}{rule[1:]}"
    if row is None:
        return Lead(f"{planned}.", NOT_GIVEN, "")
    if not row.estimate.is_defined:
        return Lead(f"{planned}.", f"Undefined: {row.estimate.reason}", "")
    return Lead(f"{planned}.", found(results, row.estimate, row.n_readers, row.n_images), row.estimate.warning)


def found(results: Results, one: Estimate, n_readers: int, n_images: int) -> str:
    """Value, interval, test and population."""
    several = f"{n_readers} readers" if n_readers != 1 else "one reader"
    interval = f", 95 % interval {one.low:.3f} to {one.high:.3f}" if one.has_interval else ""
    value = f"Over {several} and {n_images} {images_word(results, n_images)}: {one.value:.3f}{interval}."
    about = f"It speaks about {one.population}." if one.has_interval else one.reason
    return f"{value} {test_of(results, one)} {about}"


def images_word(results: Results, n_images: int) -> str:
    """Images, or trials where each shows several."""
    word = "image" if results.data.right is None else "trial"
    return word if n_images == 1 else f"{word}s"


def test_of(results: Results, one: Estimate) -> str:
    """The test against guessing in words."""
    if one.p != one.p:
        return NO_CHANCE
    chance = chance_of(results, results.primary[0]) if results.primary[0].startswith("or_") else None
    against = "no agreement beyond chance" if chance is None else f"guessing, {chance:.3g}"
    return f"Against {against}: {p_in_a_sentence(one.p)}."
