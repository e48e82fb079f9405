"""Recorded value of used cars by good and quarter: what is recorded, what an origin may know, what follows."""

import numpy as np
import pytest

from market.base import quarters, tables
from market.base.categories import AGE_BUCKETS, BEV_TESLA, GOODS, ICE, KINDS
from market.vehicles.recorded_retention import recorded_retention
from market.vehicles.recorded_sales import base_retention

LAST = quarters.index("2024Q4")


def test_the_base_year_has_the_base_table() -> None:
    assert recorded_retention(LAST)[:4].mean(axis=0) == pytest.approx(base_retention(), rel=2e-3)


@pytest.mark.parametrize("row", tables.load("retention_records").to_dict("records"))
def test_the_mean_of_a_year_is_near_what_is_recorded(row: dict[str, object]) -> None:
    """From one year's last quarter on; between them the ratio to the price level goes in a line."""
    good = KINDS.index(str(row["kind"])) * len(AGE_BUCKETS) + AGE_BUCKETS.index(str(row["age_bucket"]))
    last = quarters.index(f"{row['year']}Q4")
    path = recorded_retention(last)
    share = float(str(row["retention_share"]))
    level = recorded_retention(LAST)[last - 3 : last + 1, good]
    assert path[last, good] / level[-1] * level.mean() == pytest.approx(share, rel=0.13)


def test_an_origin_knows_nothing_of_later_years() -> None:
    for label in ("2019Q4", "2020Q4", "2022Q4", "2023Q4"):
        last = quarters.index(label)
        early = recorded_retention(last)
        assert early.shape == (last + 1, GOODS)
        assert np.isfinite(early).all()
    known = recorded_retention(quarters.index("2022Q3"))
    # in 2022Q3 the figures of 2022 are not out: the ratio is that of 2020, the level the recorded one
    ratio = known[quarters.index("2022Q3"), ICE] / known[quarters.index("2020Q4"), ICE]
    index = tables.load("used_price_index").set_index("quarter")["index"]
    real = tables.real_2025(index[["2020Q4", "2022Q3"]].to_numpy(), np.array([2020, 2022]))
    assert ratio == pytest.approx(real[1] / real[0], rel=1e-9)


def test_older_cars_are_worth_less_and_ages_without_figures_follow_the_oldest_that_has() -> None:
    path = recorded_retention(LAST).reshape(-1, len(KINDS), len(AGE_BUCKETS))
    assert (np.diff(path, axis=2) < 0).all()
    base = base_retention().reshape(len(KINDS), -1)
    grown = path[-1] / base
    assert grown[BEV_TESLA, 2:] == pytest.approx(np.full(2, grown[BEV_TESLA, 1]), rel=1e-9)


def test_used_bevs_fell_by_three_tenths_from_2023_to_2024() -> None:
    path = recorded_retention(LAST)
    fall = path[quarters.index("2024Q2")] / path[quarters.index("2023Q2")] - 1.0
    assert -0.35 < fall[BEV_TESLA * len(AGE_BUCKETS)] < -0.2
    assert -0.15 < fall[ICE * len(AGE_BUCKETS)] < -0.05
