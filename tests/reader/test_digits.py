"""How numbers of results are printed, wherever they stand."""

import math

import pytest

from reader.reports.digits import p_in_a_sentence, three_decimals
from reader.reports.document.answers import printed
from reader.reports.sections.table import P
from reader.templatetags.estimates import cell

P_VALUES = [(0.0004, "<0.001"), (0.001, "0.001"), (0.0496, "0.050"), (1.0, "1.000"), (math.nan, "")]


@pytest.mark.parametrize(("p", "shown"), P_VALUES)
def test_a_page_and_a_report_print_a_p_value_alike(p, shown):
    assert cell(P(p)) == printed(P(p)) == shown


def test_a_p_value_in_a_sentence_says_below_or_equal():
    assert p_in_a_sentence(0.0004) == "p\u00a0<\u00a00.001"
    assert p_in_a_sentence(0.02) == "p\u00a0=\u00a00.020"


def test_nothing_is_ever_minus_zero():
    assert three_decimals(-0.0004) == "0.000"
