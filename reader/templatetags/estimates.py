"""Show an estimate the same way everywhere: value and interval in one cell, or the reason in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reader.reports.sections.table import P
from reader.stats.estimate import Estimate
from reader.templatetags.p_values import p_value

register = template.Library()


NAMES = {
    "percent_agreement": "Percent agreement",
    "brennan_prediger": "Brennan and Prediger's kappa",
    "gwet_ac": "Gwet's AC1",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "light_kappa": "Light's kappa",
    "cohen_kappa": "Cohen's kappa",
    "scott_pi": "Scott's pi",
    "accuracy": "Right, unsure in the denominator",
    "accuracy_decided": "Right among decided",
    "coverage": "Decided (not unsure)",
    "sensitivity": "Fakes called fake",
    "specificity": "Reals called real",
    "dprime": "d'",
    "auc": "Area under the ROC curve",
}


@register.filter
def statistic(name: str) -> str:
    """A statistic's name in a reader's words; as it is where it has no other."""
    return NAMES.get(name, name.replace("_", " "))


@register.filter
def estimate(found: Estimate) -> SafeString:
    """Three decimals with the 95 % interval; "undefined" with its reason."""
    if not found.is_defined:
        return format_html('<span class="muted">undefined</span><br><small class="muted">{}</small>', found.reason)
    value = f"{found.value:.3f}"
    if not found.has_interval:
        return format_html('{}<br><small class="muted">{}</small>', value, found.reason)
    return format_html('{} <span class="muted">[{}, {}]</span>', value, f"{found.low:.3f}", f"{found.high:.3f}")


@register.filter
def cell(value: Estimate | P | int | str) -> SafeString | str | int:
    """What a table of results prints: an estimate with its interval, a p-value as papers do, a count or a word."""
    if isinstance(value, Estimate):
        return estimate(value)
    return p_value(value.value) if isinstance(value, P) else value


@register.filter
def sorted_as(value: Estimate | P | int | str) -> str:
    """The number that a column is sorted by; empty where there is none."""
    number = value.value if isinstance(value, Estimate | P) else value
    return "" if number != number else str(number)
