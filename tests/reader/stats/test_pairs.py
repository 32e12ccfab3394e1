"""Scott's pi of a stack of tables is that of each table by itself, undefined ones included."""

import numpy as np
import pytest

from reader.stats.cohen import scott_pi
from reader.stats.pairs import scott_pis


@pytest.mark.parametrize("n_categories", [2, 3, 5])
def test_a_stack_of_tables_has_the_pis_of_its_tables(n_categories):
    tables = np.random.default_rng(0).integers(0, 4, (60, n_categories, n_categories))
    tables[0] = 0  # nothing read
    tables[1] = 0
    tables[1, 0, 0] = 1  # one image
    tables[2] = 0
    tables[2, 0, 0] = 7  # one category
    tables[3] = 3 * np.eye(n_categories, dtype=int)  # full agreement

    for table, one in zip(tables, scott_pis(tables), strict=True):
        alone = scott_pi(table)
        numbers = [(each.value, each.low, each.high, each.se, each.p, each.df) for each in (one, alone)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-10, abs=1e-12, nan_ok=True)
        assert (one.reason, one.n, one.population) == (alone.reason, alone.n, alone.population)
