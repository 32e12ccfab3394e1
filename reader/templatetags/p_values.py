"""Show a p-value and a difference the same way everywhere."""

import math

from django import template

from reader.reports.digits import p_value

register = template.Library()
register.filter("p_value", p_value)


@register.filter
def signed(difference: float) -> str:
    """Three decimals with the sign; nothing where undefined."""
    return "" if math.isnan(difference) else f"{difference:+.3f}"
