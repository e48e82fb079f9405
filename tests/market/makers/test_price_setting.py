"""Best prices at the demand of the market itself: slopes, cost at the end of the records, no jump (M10)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from agents.arrays import Floats
from market.base.categories import MAKERS
from market.buyers.demand import new_choice
from market.buyers.offer_values import Terms, new_terms, price_weight
from market.buyers.utility_terms import money_weights
from market.makers.price_setting import SeenMarket, class_of_stratum, expected_demand
from market.model import Market
from market.scenario import Scenario

NO_JUMP_KUSD = 1e-8


@pytest.fixture(scope="module")
def at_origin(small: Callable[..., Scenario]) -> Market:
    """A run that stops at its origin and end of records, 2017Q4; nobody may change it."""
    return stopped(small())


def stopped(scenario: Scenario, recorded_until: str = "2017Q4", factor: float = 1.0) -> Market:
    """A run at the end of its records, with a lever on BEV prices after its origin, 2017Q4."""
    spans = {"origin": "2017Q4", "recorded_until": recorded_until, "last_quarter": "2018Q2"}
    run = scenario.run.model_copy(update=spans)
    makers = scenario.makers.model_copy(update={"bev_price_factor": factor})
    market = Market(parameters=scenario.model_copy(update={"run": run, "makers": makers}), rng=1)
    while market.quarter < market.recorded_until:
        market.step()
    return market


def seen_by_makers(market: Market) -> SeenMarket:
    setting = market.offering.setting(market.quarter, market.expected_retention, market.world.loan_rate(market.quarter))
    weight = price_weight(market.offering.offers, setting, market.parameters.buyers)
    money = market.now.market.values.money
    return SeenMarket(
        market.now.in_market, market.now.outcome.flows, money, market.now.hazard, market.offering.price_kusd, weight
    )  # fmt: skip


def list_prices(market: Market) -> Floats:
    price = np.zeros(market.products.size)
    for maker in market.makers:
        price[maker.products] = maker.list_price_kusd
    return price


def costs(market: Market) -> Floats:
    cost = np.zeros(market.products.size)
    for maker in market.makers:
        cost[maker.products] = maker.cost_kusd
    return cost


def best_prices(market: Market) -> Floats:
    """Best prices at costs of the quarter just closed and the demand seen in it."""
    return market.offering.pricing.best_prices_kusd(costs(market), list_prices(market))


def test_the_weight_of_a_price_is_its_effect_on_values(at_origin: Market) -> None:
    market, step = at_origin, 0.5
    setting = market.offering.setting(market.quarter, market.expected_retention, market.world.loan_rate(market.quarter))
    no_trust: Terms = {}
    valuation = market.valuation
    gallons = valuation.reference_gallons_per_mile
    shared = (market.access, market.prices, gallons, valuation.buyers, valuation.charging, no_trust)

    def values(rise: float) -> Floats:
        dearer = replace(setting, price_kusd=setting.price_kusd + rise)
        terms = new_terms(market.products, market.offering.offers, dearer, *shared)
        return terms["price"] + terms["resale"]

    fall = (values(0.0) - values(step)) / step
    of_price = price_weight(market.offering.offers, setting, valuation.buyers)
    weight = money_weights(valuation.buyers.income_elasticity) * of_price
    assert fall == pytest.approx(np.broadcast_to(weight, fall.shape), rel=1e-9)


def test_slopes_of_all_cells_are_those_of_the_market_itself(at_origin: Market) -> None:
    market, step = at_origin, 1e-3
    seen, constants = seen_by_makers(market), replace(market.record.constants, hazard=market.now.hazard)
    strata = np.arange(market.now.in_market.group.size)
    slopes = expected_demand(seen, strata, market.nests, market.alphas).at(market.offering.price_kusd)
    assert slopes.cars == pytest.approx(market.now.outcome.flows.new, rel=1e-9, abs=1e-9)
    income_money = market.now.market.values.money
    group_money = np.zeros(market.now.in_market.group_code.size)
    group_money[market.now.in_market.group] = income_money

    def cars(product: int, rise: float) -> Floats:
        values = market.now.outcome.values
        new = values.new.copy()
        new[:, product] -= group_money * seen.price_weight[product] * rise
        moved = replace(values, new=new)
        choice = new_choice(market.now.in_market, moved, market.nests, market.alphas)
        return market.now.market.flows_at(moved, choice, market.used_price_kusd, constants).new

    largest = np.argsort(-market.now.outcome.flows.new, kind="stable")[[0, 3]]
    for product in (*largest, np.flatnonzero(market.products.is_bev & market.offering.offers.on_offer)[0]):
        change = (cars(product, step) - cars(product, -step)) / (2.0 * step)
        found = slopes.cross[:, product] - slopes.own * (np.arange(change.size) == product)
        # cells that own different goods are taken together: their chances of acquiring differ
        assert found == pytest.approx(change, rel=5e-3, abs=2e-4 * np.abs(change).max())


def test_a_hundred_kinds_of_buyer_give_the_demand_of_all_cells_and_nearly_its_slopes(at_origin: Market) -> None:
    seen, price = seen_by_makers(at_origin), at_origin.offering.price_kusd
    kinds = class_of_stratum(at_origin.now.in_market)
    few = expected_demand(seen, kinds, at_origin.nests, at_origin.alphas).at(price)
    strata = np.arange(kinds.size)
    many = expected_demand(seen, strata, at_origin.nests, at_origin.alphas).at(price)
    assert few.cars == pytest.approx(many.cars, rel=1e-9)
    assert few.own == pytest.approx(many.own, rel=1e-9)
    own_few, own_many = np.diag(few.own - few.cross), np.diag(many.own - many.cross)
    assert own_few[many.cars > 1.0] == pytest.approx(own_many[many.cars > 1.0], rel=0.03)


def test_markups_at_the_origin_are_positive_and_of_the_published_order(at_origin: Market) -> None:
    """Share-weighted 0.19 to 0.33 of the price: Grieco, Murry and Yurukoglu 2024."""
    rows = at_origin.recorder.frame("automakers")
    rows = rows[(rows["quarter"] == "2017Q4") & (rows["sales"] > 0)]
    assert set(rows["maker"]) <= set(MAKERS)
    assert (rows["markup_share"] > 0.05).all()
    assert (rows["marginal_cost_kusd"] > 0).all()
    assert 0.19 <= float((rows["markup_share"] * rows["sales"]).sum() / rows["sales"].sum()) <= 0.33


def test_after_the_records_with_nothing_changed_the_target_is_the_price(at_origin: Market) -> None:
    assert best_prices(at_origin) == pytest.approx(list_prices(at_origin), abs=NO_JUMP_KUSD)


def test_a_lever_on_recorded_prices_does_not_count_twice_after_them(small: Callable[..., Scenario]) -> None:
    market = stopped(small(), "2018Q1", 0.9)
    undistorted = list_prices(market) / np.where(market.products.is_bev, 0.9, 1.0)
    best = market.offering.pricing.best_prices_kusd(costs(market), undistorted)
    assert best == pytest.approx(undistorted, abs=NO_JUMP_KUSD)


def test_a_value_beyond_the_price_lowers_the_best_price(at_origin: Market) -> None:
    market = at_origin
    bev = market.products.is_bev & market.offering.offers.on_offer & (market.now.outcome.flows.new > 0)
    lower = market.offering.pricing.best_prices_kusd(costs(market) - 2.0 * bev, list_prices(market))
    lower -= list_prices(market)
    assert (lower[bev] < -1.0).all()
    assert (np.abs(lower[~bev]) < 0.3).all()


def test_no_price_jumps_where_the_records_end(finished: Market) -> None:
    rows = finished.recorder.frame("automakers")
    price = rows.pivot(index="quarter", columns="product", values="price_kusd")
    change = (price.loc["2025Q1"] / price.loc["2024Q4"] - 1.0).dropna().abs()
    assert len(change) > 50
    assert change.max() < 0.02
