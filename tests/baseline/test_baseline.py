"""Frozen runs: no number of any table moves by accident."""

import numpy as np
import pandas as pd
import pytest

from market.recorder import TABLES
from market.version import RESULTS_VERSION
from tests.baseline.numbers import RUNS, VERSION, kept, moved, numbers_of, tables_of

_QUICK = "reference"


def _check(name: str) -> None:
    assert moved(kept(name), numbers_of(tables_of(name))) == []


def test_the_small_reference_run_is_the_frozen_one() -> None:
    _check(_QUICK)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in RUNS if name != _QUICK])
def test_other_small_runs_are_the_frozen_ones(name: str) -> None:
    _check(name)


@pytest.mark.parametrize("name", list(RUNS))
def test_every_table_and_column_with_numbers_is_kept(name: str) -> None:
    assert set(kept(name).index.get_level_values("table")) == set(TABLES)
    assert ("national", "bev_share_new") in kept(name).index
    assert int(VERSION.read_text(encoding="utf-8")) == RESULTS_VERSION


def made(prices: list[float], quarters: str = "2027Q1") -> pd.DataFrame:
    return numbers_of({"used": pd.DataFrame({"quarter": quarters, "price_kusd": prices, "kind": "bev"})})


def test_a_number_that_moves_is_told_with_both_its_values() -> None:
    before = made([10.0, 20.0, 30.0])
    assert moved(before, made([10.0, 20.0, 30.0 + 1e-6])) == []
    assert moved(before, made([10.0, 20.0, 31.0])) == ["used.price_kusd of 2027: 23.3333 to 23.8333"]


def test_rows_that_change_places_come_or_go_are_seen() -> None:
    before = made([10.0, 20.0, 30.0])
    assert len(moved(before, made([20.0, 10.0, 30.0]))) == 1
    assert moved(before, made([23.0 + 1.0 / 3.0] * 4)) == ["used.(rows) of 2027: 3 to 4"]
    assert moved(before, made([np.nan] * 3)) == ["used.price_kusd of 2027: 23.3333 to nan"]


def test_the_largest_change_is_told_first_and_columns_that_come_or_go_are_named() -> None:
    before = pd.concat([made([10.0]), made([5.0]).rename(index={"used": "new"}, level=0)])
    after = pd.concat([made([10.1]), made([9.0]).rename(index={"used": "new"}, level=0)])
    told = moved(before, after)
    assert [line.partition(".")[0] for line in told] == ["new", "used"]
    assert moved(before, made([10.0])) == ["new.(rows) is gone", "new.price_kusd is gone"]
    assert moved(made([10.0]), before) == ["new.(rows) is new", "new.price_kusd is new"]
