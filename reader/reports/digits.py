"""How numbers of results are printed: the same on pages, in figures, in sentences and in reports."""

import math

LEAST_P = 0.001
"""Below it a p-value is only said to be below it."""


def three_decimals(number: float) -> str:
    """Never -0.000."""
    return f"{round(number, 3) + 0.0:.3f}"


def p_value(p: float) -> str:
    """Three decimals; nothing where no test was made."""
    if math.isnan(p):
        return ""
    return f"<{LEAST_P}" if p < LEAST_P else f"{p:.3f}"


def p_in_a_sentence(p: float) -> str:
    """The same after the letter and its sign, on one line."""
    printed = p_value(p)
    sign, digits = ("<", printed[1:]) if printed.startswith("<") else ("=", printed)
    return f"p\u00a0{sign}\u00a0{digits}"
