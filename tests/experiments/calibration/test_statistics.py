"""Summary statistics by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.calibration import statistics
from experiments.calibration.evaluation import STATISTICS
from experiments.calibration.targets import targets
from market.base import quarters


def test_slope_on_lagged_log_odds_is_that_of_the_rule_that_made_them() -> None:
    rng = np.random.default_rng(3)
    place, year = rng.normal(size=6), rng.normal(size=5)
    odds = [rng.normal(size=6)]
    for each in year:
        odds.append(0.5 * odds[-1] + place + each)
    share = 1.0 / (1.0 + np.exp(-np.array(odds)))
    assert statistics.lagged_coefficient(share) == pytest.approx(0.5, abs=1e-9)


def test_bunching_is_the_mean_fall_after_a_credit_steps_down() -> None:
    sales = pd.Series(1.0, index=[quarters.label(quarter) for quarter in range(quarters.index("2020Q4") + 1)])
    sales["2018Q4"], sales["2019Q2"], sales["2019Q4"] = np.exp([0.3, 0.0, 0.6])
    assert statistics.bunching(sales) == pytest.approx(0.3)


def test_price_ratio_weighs_products_as_the_base_sold_them() -> None:
    base = pd.DataFrame({
        "quarter": "2023Q1", "product": ["a", "b"], "powertrain": "BEV", "sales": [3.0, 1.0],
        "price_kusd": [40.0, 80.0],
    })  # fmt: skip
    dearer = base.assign(price_kusd=[44.0, 80.0], sales=[1.0, 9.0])
    found = statistics.log_price_ratio(dearer, base, "2023Q1", "2023Q4")
    assert found == pytest.approx(np.log((3 * 44 + 80) / (3 * 40 + 80)))


def test_log_ratio_counts_the_quarters_asked_for() -> None:
    base = pd.DataFrame({"quarter": ["2022Q4", "2023Q1", "2023Q2"], "bev_sales": [5.0, 1.0, 1.0]})
    case = base.assign(bev_sales=[50.0, 2.0, 2.0])
    assert statistics.log_ratio(case, base, "2023Q1", "2023Q4") == pytest.approx(np.log(2.0))


def test_records_end_in_2022() -> None:
    assert statistics.recorded_bev_sales().index[-1] == "2022Q4"
    assert list(statistics.recorded_state_shares().index) == list(range(2017, 2023))
    assert statistics.recorded_storage_gw() == pytest.approx(0.2224 + 0.1968 + 0.5827 + 3.4008 + 4.2949)  # 2018 to 2022
    assert statistics.recorded_state_shares().loc[2022, "CA"] == pytest.approx(903_600 / 36_119_800)


def test_every_target_is_of_a_statistic_and_says_where_it_is_from() -> None:
    assert {target.statistic for target in targets()} == set(STATISTICS) - {"converted"}
    assert all(target.source and target.variance > 0.0 for target in targets())
