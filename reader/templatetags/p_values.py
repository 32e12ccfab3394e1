"""Show a p-value and a difference the same way everywhere."""

import math

from django import template

register = template.Library()
LEAST = 0.001


@register.filter
def p_value(p: float) -> str:
    """Three decimals; nothing where no test was made."""
    if math.isnan(p):
        return ""
    return f"<{LEAST}" if p < LEAST else f"{p:.3f}"


@register.filter
def signed(difference: float) -> str:
    """Three decimals with the sign; nothing where undefined."""
    return "" if math.isnan(difference) else f"{difference:+.3f}"
