"""Ages as sources state them, read into bands."""

import pytest

from generation.experiments.ages import age_band


@pytest.mark.parametrize(("stated", "band"), [
    ("", "age unknown"), ("nan", "age unknown"), ("unknown", "age unknown"), ("1948", "age unknown"),
    ("61", "60 to 69"), ("61.0", "60 to 69"), ("061Y", "60 to 69"), ("61 years", "60 to 69"), ("60-69", "60 to 69"),
    ("18", "18 to 29"), ("29.5", "18 to 29"), ("17", "under 18"), ("0", "under 18"),
    ("paediatric (1-5 y)", "under 18"), ("Child", "under 18"), ("003M", "under 18"), ("18 months", "under 18"),
    ("240 months", "18 to 29"), ("2 wk", "under 18"), ("89", "80 to 89"), ("90+", "90 or more"), ("101", "90 or more"),
    ("adult", "18 or more"), ("61 male", "60 to 69"),
])  # fmt: skip
def test_ages_fall_into_bands(stated, band):
    assert age_band(stated) == band
