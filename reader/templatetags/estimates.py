"""Show an estimate the same way everywhere: value and interval in one cell, or the reason in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reader.stats.estimate import Estimate

register = template.Library()


@register.filter
def estimate(found: Estimate) -> SafeString:
    """Three decimals with the 95 % interval; "undefined" with its reason."""
    if not found.is_defined:
        return format_html('<span class="muted">undefined</span><br><small class="muted">{}</small>', found.reason)
    value = f"{found.value:.3f}"
    if not found.has_interval:
        return format_html('{}<br><small class="muted">{}</small>', value, found.reason)
    return format_html('{} <span class="muted">[{}, {}]</span>', value, f"{found.low:.3f}", f"{found.high:.3f}")
