"""Ages as sources state them ("61", "061Y", "paediatric (1-5 y)"), read into bands that splits keep in proportion."""

import re

UNKNOWN, CHILDREN, ADULTS = "age unknown", "under 18", "18 or more"
CHILDHOOD = re.compile(r"paediatric|pediatric|child|infant|newborn|neonat|baby|toddler|adolescent")
NUMBER, UNIT = r"(\d+(?:\.\d+)?)", r"(d|w|m)(?:ays?|ks?|eeks?|os?|onths?)?\b"
NUMBERS = re.compile(rf"{NUMBER}(?:\s*(?:-|–|to)\s*{NUMBER})?\s*(?:{UNIT})?")
IN_A_YEAR = {"d": 365.25, "w": 52.18, "m": 12}
OF_AGE, FIRST_DECADE, LAST_DECADE, OLDEST = 18, 30, 90, 125


def age_band(stated: str) -> str:
    """Under 18, 18 to 29, decades, 90 or more; or that the age is not known."""
    words = stated.strip().lower()
    if CHILDHOOD.search(words):
        return CHILDREN
    years = years_in(words)
    if years is None or years > OLDEST:
        return ADULTS if "adult" in words else UNKNOWN
    return band_of(years)


def years_in(words: str) -> float | None:
    """The first number with its unit (years where none is stated); of a range its middle."""
    if not (found := NUMBERS.search(words)):
        return None
    first, last, unit = found.groups()
    return (float(first) + float(last or first)) / 2 / IN_A_YEAR.get(unit, 1)


def band_of(years: float) -> str:
    """By whole years."""
    if years < OF_AGE:
        return CHILDREN
    if years < FIRST_DECADE:
        return f"{OF_AGE} to {FIRST_DECADE - 1}"
    decade = int(years // 10) * 10
    return f"{decade} to {decade + 9}" if years < LAST_DECADE else f"{LAST_DECADE} or more"
