"""What a policy buys, from two paired runs: by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.attribution.paired_outcomes import Frames, public_cost, public_money_change, surplus_change


def _run(paid: dict[str, list[float]], bevs: float, gwh: float, co2_kt: float) -> Frames:
    money = [(name, each) for name, by_quarter in paid.items() for each in by_quarter]
    kt = co2_kt / 4.0
    return {
        "public_money": pd.DataFrame(money, columns=["instrument", "paid_musd"]),
        "national": pd.DataFrame({"bev_sales": [bevs / 2.0] * 2, "storage_added_gwh": [gwh, 0.0]}),
        "emissions": pd.DataFrame(
            {"tailpipe_ice_kt": [kt], "tailpipe_hev_kt": [kt], "tailpipe_phev_kt": [kt], "grid_kt": [kt]}
        ),
    }


WITHOUT = _run({"45X": [100.0, 100.0], "ITC": [50.0]}, 1_000.0, 10.0, 5_000.0)
WITH = _run({"30D": [75.0], "45X": [110.0, 105.0], "ITC": [50.0]}, 16_000.0, 10.0, 4_970.0)


def test_the_cost_of_a_further_bev_and_ton_counts_all_money_that_changed() -> None:
    change = public_money_change(WITH, WITHOUT)
    assert change.to_dict() == {"30D": 75.0, "45X": 15.0, "ITC": 0.0, "all instruments": 90.0}
    rows = public_cost(WITH, WITHOUT)
    assert rows["what"].tolist() == ["BEV sold", "GWh of storage installed", "t CO2 avoided"]
    assert rows["paid_musd"].tolist() == [90.0] * 3
    assert rows["change"].tolist() == pytest.approx([15_000.0, 0.0, 30_000.0])
    assert rows["usd_per_unit"].tolist() == pytest.approx([6_000.0, np.nan, 3_000.0], nan_ok=True)


def _incomes(values: list[float], acquirers: list[float], used_kusd: float = 10.0, bought: float = 1e5) -> Frames:
    keys = {"quarter": ["2025Q1"] * 3, "income": ["lt35k", "lt35k", "gt200k"], "home_charging": [False, True, True]}
    goods = {"quarter": ["2025Q1"], "kind": ["BEV_long"], "age_bucket": ["0-3"]}
    return {
        "incomes": pd.DataFrame({**keys, "acquisition_value_usd": values, "acquirers": acquirers}),
        "used": pd.DataFrame({**goods, "price_kusd": [used_kusd], "bought": [bought]}),
    }


def test_surplus_is_summed_over_homes_with_the_mean_number_of_acquirers() -> None:
    before, after = _incomes([0.0, 10.0, -5.0], [1e6, 2e6, 1e6]), _incomes([1.0, 10.0, -3.0], [1e6, 4e6, 3e6])
    rows = surplus_change(after, before).set_index("who")
    assert rows["musd"].to_dict() == pytest.approx({"lt35k": 1.0, "gt200k": 4.0, "sellers of used cars": 0.0})
    assert rows["usd_per_acquirer"].to_dict() == pytest.approx(
        {"lt35k": 1.0 / 4.0, "gt200k": 2.0, "sellers of used cars": 0.0}
    )
    assert surplus_change(before, after)["musd"].sum() == pytest.approx(-5.0)


def test_what_buyers_gain_by_lower_used_prices_sellers_lose() -> None:
    before = _incomes([0.0, 0.0, 0.0], [1e6, 1e6, 1e6], used_kusd=10.0, bought=1e5)
    after = _incomes([0.0, 0.0, 0.0], [1e6, 1e6, 1e6], used_kusd=9.0, bought=3e5)
    lost = surplus_change(after, before).set_index("who").loc["sellers of used cars"]
    assert lost["musd"] == pytest.approx(-200.0)
    assert lost["usd_per_acquirer"] == pytest.approx(-200.0 / 3.0)
