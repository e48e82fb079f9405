"""Tables by state, income and segment add up to the nation."""

import numpy as np
import pandas as pd
import pytest

from market.base import tables
from market.base.categories import CLASSES, HOMES, INCOMES, TASTES
from market.exogenous.zones import Places
from market.fleet.population import class_shares
from market.model import Market
from market.outcomes.buyer_outputs import Bought
from market.outcomes.places import state_parts


def _nation(market: Market) -> pd.DataFrame:
    return market.recorder.frame("national").set_index("quarter")


@pytest.mark.parametrize("table", ["states", "incomes", "segments"])
def test_sales_add_up_to_those_of_the_nation_in_every_quarter(finished: Market, table: str) -> None:
    sums, nation = finished.recorder.frame(table).groupby("quarter").sum(numeric_only=True), _nation(finished)
    for column in ("new_sales", "bev_sales"):
        assert sums[column].to_numpy() == pytest.approx(nation[column].to_numpy(), rel=1e-9)


@pytest.mark.parametrize("table", ["states", "segments"])
def test_cars_on_the_road_add_up_to_those_of_the_nation(finished: Market, table: str) -> None:
    sums, nation = finished.recorder.frame(table).groupby("quarter").sum(numeric_only=True), _nation(finished)
    for column in ("bev_stock", "cars_stock"):
        assert sums[column].to_numpy() == pytest.approx(nation[column].to_numpy(), rel=1e-9)


def test_used_cars_by_income_add_up_to_those_of_the_nation(finished: Market) -> None:
    sums = finished.recorder.frame("incomes").groupby("quarter")["used_sales"].sum()
    assert sums.to_numpy() == pytest.approx(_nation(finished)["used_sales"].to_numpy(), rel=1e-9)


def test_ports_and_money_of_states_add_up_to_the_nation(finished: Market) -> None:
    sums, nation = finished.recorder.frame("states").groupby("quarter").sum(numeric_only=True), _nation(finished)
    assert sums["fast_ports"].to_numpy() == pytest.approx(nation["fast_ports"].to_numpy(), rel=1e-6)
    paid = nation["credits_paid_musd"] - nation["used_credits_paid_musd"]
    assert sums["purchase_credits_musd"].to_numpy() == pytest.approx(paid.to_numpy(), rel=1e-9, abs=1e-9)
    money = finished.recorder.frame("public_money")
    credit = money[money["instrument"] == "45X"].set_index("quarter")["paid_musd"]
    assert sums["production_credits_musd"].to_numpy() == pytest.approx(credit.to_numpy(), rel=1e-9, abs=1e-9)
    plants = finished.recorder.frame("plants")
    abroad = tables.load("plants").set_index("plant")["country"] != "US"
    here = plants[~plants["plant"].map(abroad)].groupby("quarter")["output_gwh"].sum()
    assert sums["cell_output_gwh"].to_numpy() == pytest.approx(here.to_numpy(), rel=1e-9, abs=1e-12)
    assert sums["production_credits_musd"].max() > 100.0


def test_every_zone_is_shared_out_whole_among_states_and_regions(places: Places) -> None:
    parts = state_parts(places)
    assert parts.of_pair.sum(axis=1) == pytest.approx(np.ones(places.size), rel=1e-12)
    for state in ("CA", "TX", "HI"):
        pairs = np.array([name == state for name in parts.pair_state])
        of_state = parts.of_state[:, parts.states.index(state)]
        assert parts.of_pair[:, pairs].sum(axis=1) == pytest.approx(of_state, abs=1e-12)
    regions = {state: {r for s, r in zip(parts.pair_state, parts.pair_region, strict=True) if s == state}
               for state in ("CA", "NY", "HI")}  # fmt: skip
    assert "CAISO" in regions["CA"]
    assert "NYISO" in regions["NY"]
    assert regions["HI"] == {"AK/HI"}
    assert len(set(zip(parts.pair_state, parts.pair_region, strict=True))) == len(parts.pair_state)
    assert (parts.fips[parts.states.index("CA")], parts.fips[parts.states.index("TX")]) == ("06", "48")


def test_what_buyers_pay_by_hand() -> None:
    new = np.zeros((2, 1, 2, 2))  # zones, incomes, homes, products
    new[:, 0, 1] = [[1_000.0, 0.0], [0.0, 500.0]]
    credit = np.zeros((2, 1, 2))
    credit[1, 0, 1] = 7.5
    used = np.array([[[100.0], [0.0]]])
    bought = Bought(new, used, np.array([30.0, 50.0]), credit, np.array([[12.0]]))
    assert bought.paid_musd() == pytest.approx(np.array([[1.2, 30.0 + 25.0 - 3.75]]), rel=1e-12)


def test_the_value_of_acquiring_is_a_mean_over_all_households_of_a_class(finished: Market) -> None:
    """Not over those in the market; the class is 75-125 k$ with charging at home."""
    now, alpha = finished.now, finished.alphas.market
    people = (class_shares(finished.places) * finished.places.seats[:, None]).ravel()
    first = INCOMES.index("75_125k") * HOMES * TASTES + TASTES
    of_class = [place for place, code in enumerate(now.in_market.stratum_code) if 0 <= code % CLASSES - first < TASTES]
    weight = people[now.in_market.stratum_code[of_class]]
    inclusive, share = now.outcome.choice.inclusive_kusd[of_class], now.outcome.flows.tables.new[of_class]
    value = (inclusive - np.log(share) / alpha) / now.outcome.values.money[of_class] * 1e3
    last = finished.recorder.frame("incomes").tail(10).set_index(["income", "home_charging"])
    found = last["acquisition_value_usd"].unstack()[True]["75_125k"]
    assert found == pytest.approx(np.average(value, weights=weight), rel=1e-9)


def test_who_can_charge_at_home_and_earns_more_buys_more_bevs(finished: Market) -> None:
    last = finished.recorder.frame("incomes").tail(10).set_index(["income", "home_charging"])
    share, burden = last["bev_share_new"].unstack(), last["cost_burden"].unstack()
    assert (share[True] > share[False]).mean() >= 0.8
    assert (burden.loc["lt35k"] > 3.0 * burden.loc["gt200k"]).all()
