"""Show an estimate the same way everywhere: value and interval in one cell, or the reason in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reader.reports.digits import p_value, three_decimals
from reader.reports.sections.table import P
from reader.stats.estimate import Estimate

register = template.Library()


NAMES = {
    "percent_agreement": "Percent agreement",
    "brennan_prediger": "Brennan and Prediger's kappa",
    "gwet_ac": "Gwet's AC",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "light_kappa": "Light's kappa",
    "cohen_kappa": "Cohen's kappa",
    "scott_pi": "Scott's pi",
    "category_kappa": "Kappa of one category against the others",
    "icc": "Intraclass correlation",
    "accuracy": "Right, unsure as not right",
    "accuracy_decided": "Right among decided",
    "accuracy_half_credit": "Right, unsure as half",
    "accuracy_worst": "Right, unsure as wrong",
    "accuracy_best": "Right, unsure as right",
    "pooled_accuracy_decided": "Right among decided, all verdicts pooled (anticonservative)",
    "coverage": "Decided (not unsure)",
    "sensitivity": "Fakes called fake",
    "sensitivity_decided": "Fakes called fake, among decided",
    "specificity": "Reals called real",
    "specificity_decided": "Reals called real, among decided",
    "balanced_accuracy": "Balanced accuracy",
    "balanced_accuracy_decided": "Balanced accuracy, among decided",
    "predictive_value_fake": "Fakes among those called fake",
    "predictive_value_real": "Reals among those called real",
    "dprime": "d'",
    "criterion_c": "Criterion c",
    "ln_beta": "ln beta",
    "auc": "Area under the ROC curve",
    "u_auc": "Area under the ROC curve, by U-statistics",
    "cochran_q": "Right equally often (Cochran's Q)",
    "mcnemar": "Right more often (McNemar)",
    "share_found": "Right image chosen",
    "rank_sum": "Real rated above fake",
    "rank_sum_holm": "Real rated above fake, Holm's p",
    "fool_rate": "Fakes called real",
    "fool_rate_test": "Fakes called real, any difference (F)",
    "realism": "Realism rating, 0 to 1",
    "bradley_terry": "Taken for the real one (log strength)",
    "learning_per_100": "Learning per 100 images",
    "pace_per_100": "Pace per 100 images (ratio)",
    "median_seconds": "Median time (s)",
}
AGAIN, OF_MEAN, DIFFERENCES = "intra_", "or_", ("fool_rate_difference: ", "fool_rate_between: ")


@register.filter
def statistic(name: str) -> str:
    """A statistic's name in a reader's words; as it is where it has no other."""
    if name.startswith(OF_MEAN):  # Obuchowski and Rockette's mean of a figure, which has the figure's name
        figure = name.removeprefix(OF_MEAN)
        return NAMES["accuracy_half_credit"] if figure == "accuracy" else statistic(figure)
    if name.startswith(DIFFERENCES):
        return f"Fakes called real, {name.split(': ', 1)[1]}"
    known = NAMES.get(name.removeprefix(AGAIN))
    return known or name.replace("_", " ")


@register.filter
def estimate(found: Estimate) -> SafeString:
    """Three decimals with the 95 % interval; "undefined" with its reason."""
    if not found.is_defined:
        return format_html('<span class="muted">undefined</span><br><small class="muted">{}</small>', found.reason)
    value, low, high = map(three_decimals, (found.value, found.low, found.high))
    if not found.has_interval:
        return format_html('{}<br><small class="muted">{}</small>', value, found.reason)
    return format_html('{} <span class="muted">[{}, {}]</span>', value, low, high)


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
