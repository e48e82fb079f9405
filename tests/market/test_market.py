"""The whole market: what it keeps to, what changes nothing, and the limiting cases that need a run."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import mesa
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.cells.plant import CellPlant
from agents.charging.operator import ChargingOperator
from agents.makers.automaker import Automaker
from agents.population import row_work
from agents.population.consumers import Consumer
from agents.population.row_work import RowWork
from agents.power.data_center import DataCenterDeveloper
from agents.power.utility import Utility
from market.base import quarters
from market.base.categories import INCOMES
from market.model import Market
from market.policies.instrument import PolicySetting, PurchaseCredit
from market.policies.parameters import Policy
from market.recorder import TABLES
from market.scenario import Scenario

Small = Callable[..., Scenario]
TENTH_OF_A_POINT = 0.001


def tables_of(market: Market) -> dict[str, pd.DataFrame]:
    return {name: market.recorder.frame(name) for name in TABLES}


def run(scenario: Scenario, seed: int = 1) -> Market:
    market = Market(parameters=scenario, rng=seed)
    market.run()
    return market


def assert_same(left: Market, right: Market) -> None:
    for name, frame in tables_of(left).items():
        pd.testing.assert_frame_equal(frame, right.recorder.frame(name), check_exact=True)


def stepped_to(scenario: Scenario, quarter: str, seed: int = 1) -> Market:
    market = Market(parameters=scenario, rng=seed)
    while market.quarter < quarters.index(quarter):
        market.step()
    return market


def test_shares_to_the_origin_are_the_recorded_ones_within_a_tenth_of_a_point(finished: Market) -> None:
    national = finished.recorder.frame("national").iloc[: finished.origin + 1]
    for powertrain in ("bev", "phev", "hev"):
        miss = (national[f"{powertrain}_share_new"] - national[f"{powertrain}_share_recorded"]).abs()
        assert miss.max() < TENTH_OF_A_POINT, powertrain
    assert national["new_sales"].to_numpy() == pytest.approx(national["new_sales_recorded"].to_numpy(), rel=0.01)


def test_the_first_quarter_after_the_record_differs_by_no_more_than_the_season_and_the_inputs(small: Small) -> None:
    national = run(small("2025Q1", consumers=20_000)).recorder.frame("national")
    last_year = national["bev_share_new"].to_numpy(np.float64)[-5:-1]
    assert abs(national["bev_share_new"].to_numpy(np.float64)[-1] - last_year.mean()) <= np.ptp(last_year)


def test_every_quarter_the_ledger_checks(finished: Market) -> None:
    assert finished.ledger.checked > 20 * (finished.quarter + 1)


def test_the_same_seed_gives_the_same_bits_and_another_seed_another_draw(small: Small) -> None:
    scenario = small("2018Q4", origin="2017Q4")
    first, second, other = run(scenario), run(scenario), run(scenario, seed=2)
    assert_same(first, second)
    assert not first.recorder.frame("national").equals(other.recorder.frame("national"))


def test_threads_pieces_and_engine_change_no_bit(
    small: Small, thread_counts: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting and hurrying buyers among them: the run goes beyond the end of a credit known before."""
    policy = {"federal_credit_end": "2018Q4", "federal_credit_known": "2018Q2"}
    scenario = small("2019Q2", consumers=4_000, origin="2017Q4", policy=policy)
    plain = run(scenario)
    assert plain.recorder.frame("national")[["waiting_joined", "hurried"]].any().all()
    ways = (RowWork(compiled=True, piece_rows=700), RowWork(compiled=False, piece_rows=1_999), RowWork(compiled=True))
    for threads, work in zip((*thread_counts, 1), ways, strict=True):
        row_work.use_threads(threads)
        monkeypatch.setattr(RowWork, "for_rows", lambda _, work=work: work)
        other = run(scenario)
        assert_same(plain, other)
        for name, values in plain.drawn_fleet.consumers.columns.items():
            assert np.array_equal(values, other.drawn_fleet.consumers.columns[name]), name


def test_the_order_of_makers_changes_nothing(small: Small) -> None:
    scenario = small("2018Q4", origin="2017Q4")
    market = Market(parameters=scenario, rng=1)
    market.makers.reverse()
    market.run()
    straight = run(scenario).recorder.frame("national").drop(columns="quarter").to_numpy(np.float64)
    converted = market.recorder.frame("national").drop(columns="quarter").to_numpy(np.float64)
    assert converted == pytest.approx(straight, rel=1e-9, nan_ok=True)


def test_a_policy_after_the_origin_leaves_the_past_as_it_was_bit_for_bit(finished: Market, small: Small) -> None:
    changed = run(small(policy={"federal_credit_factor": 0.0, "state_rebate_factor": 0.0}))
    for name in ("national", "zones", "automakers", "used"):
        left, right = (
            frame[frame["quarter"] <= "2024Q4"]
            for frame in (finished.recorder.frame(name), changed.recorder.frame(name))
        )
        pd.testing.assert_frame_equal(left, right, check_exact=True)
    after = [market.recorder.frame("national").iloc[-8:]["bev_share_new"].mean() for market in (finished, changed)]
    assert after[1] < after[0]


class FlatCredit(PurchaseCredit):
    """A credit of 3 k$ on every BEV in every quarter: full take-up."""

    amount = 3.0

    def factor(self, policy: Policy) -> float:  # noqa: ARG002 - a law without a lever
        """Full strength."""
        return 1.0

    def statutory_kusd(self, quarter: int) -> Floats:
        """Shape (1, incomes, products)."""
        assert quarter >= 0
        return np.broadcast_to(
            self.setting.products.is_bev * self.amount, (1, len(INCOMES), self.setting.products.size)
        )


def at_the_last_quarter(small: Small, *, credit: float, price_cut: float) -> Market:
    """The market one quarter after the origin with only this credit, or with prices lower by this."""
    market = stepped_to(small("2025Q1", consumers=20_000, trust={"waiting_sensitivity": 0.0}), "2024Q4")
    setting = PolicySetting(market.parameters.policy, market.places, market.products, market.origin)
    flat = FlatCredit(setting)
    flat.amount = credit
    market.offering.policies = {"flat": flat}
    if price_cut:
        set_prices = market.offering.set_prices

        def cut(makers: Any, quarter: int) -> None:
            set_prices(makers, quarter)
            market.offering.price_kusd -= price_cut * market.products.is_bev

        market.offering.set_prices = cut  # type: ignore[method-assign]
        with patch("market.accounts._audit"):  # which finds a price that no automaker set
            market.step()
        return market
    market.step()
    return market


def test_a_credit_with_full_take_up_moves_shares_as_a_price_cut_of_its_size(small: Small) -> None:
    credited = at_the_last_quarter(small, credit=3.0, price_cut=0.0)
    cheaper = at_the_last_quarter(small, credit=0.0, price_cut=3.0)
    assert credited.now.outcome.flows.new == pytest.approx(cheaper.now.outcome.flows.new, rel=1e-9)
    bought = credited.products.is_bev[credited.drawn_fleet.trades.new_product].sum() * credited.fleet.weight
    national = credited.recorder.last("national")
    paid = national["credits_paid_musd"] - national["used_credits_paid_musd"]
    assert paid == pytest.approx(3.0 * bought / 1e3, rel=1e-9)
    assert paid > 0


def new_shares(market: Market) -> Floats:
    """Shares of segments, powertrains and products within new cars, for every kind of buyer in the market."""
    choice = market.clearing.outcome.choice
    return np.concatenate([choice.segment.ravel(), choice.nest.ravel(), choice.product.ravel()])


def test_without_weight_on_resale_used_prices_do_not_matter_within_new_cars(small: Small) -> None:
    scenario = small("2025Q1", buyers={"resale_weight": 0.0})
    markets = [stepped_to(scenario, "2024Q4") for _ in range(2)]
    markets[1].used_price_kusd = markets[1].used_price_kusd * np.linspace(0.8, 1.2, markets[1].used_price_kusd.size)
    dearer = [market.used_price_kusd.copy() for market in markets]
    for market, price in zip(markets, dearer, strict=True):
        market.quarter += 1
        market.ledger.open(market.quarter)
        market._turn_the_world()
        market.used_price_kusd = dearer[0]  # the same cars are scrapped in both
        market._complete()
        market.used_price_kusd = price
        market._form_expectations()
        market._set_prices()
        market._serve_charging()
        market._clear_used_cars()
    assert not np.allclose(dearer[0], dearer[1])
    assert new_shares(markets[0]) == pytest.approx(new_shares(markets[1]), rel=1e-12)


def at_ports(small: Small, factor: float, **charging: float) -> Market:
    return run(small("2025Q1", charging={**charging, "port_factor": factor}))


def test_without_weight_on_charging_ports_do_not_matter_to_anybody(small: Small) -> None:
    off = {"network_weight": 0.0, "living_public_weight": 0.0, "trip_time_weight": 0.0, "failed_visit_usd": 0.0}
    usual, many = at_ports(small, 1.0, **off), at_ports(small, 10.0, **off)
    ports = [market.recorder.last("national")["fast_ports"] for market in (usual, many)]
    assert ports[1] == pytest.approx(10.0 * ports[0])
    assert np.array_equal(new_shares(usual), new_shares(many))
    counted, many_counted = at_ports(small, 1.0), at_ports(small, 10.0)
    gain = [market.recorder.last("national")["bev_share_new"] for market in (counted, many_counted)]
    assert gain[1] > gain[0]


@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(
    seed=st.integers(0, 2**31),
    taste=st.floats(0.0, 18.0),
    theta=st.floats(0.0, 6.0),
    margin=st.floats(0.0, 0.2),
    elasticity=st.floats(-1.0, 0.0),
    gasoline=st.floats(0.3, 3.0),
    ports=st.floats(0.0, 10.0),
)
def test_the_books_balance_in_any_scenario(
    seed: int, taste: float, theta: float, margin: float, elasticity: float, gasoline: float, ports: float
) -> None:
    scenario = Scenario.model_validate({
        "run": {
            "consumers": 1_000, "fast_graph": True, "origin": "2017Q4", "recorded_until": "2017Q4",
            "last_quarter": "2019Q2",
        },
        "buyers": {"taste_sd_kusd": taste},
        "charging": {"network_weight": theta, "port_factor": ports},
        "ownership": {"dealer_margin": margin, "scrap_elasticity": elasticity},
        "world": {"gasoline_factor": gasoline},
    })  # fmt: skip
    market = run(scenario, seed)
    national = market.recorder.frame("national")
    for share in ("bev_share_new", "phev_share_new", "hev_share_new", "keep_share", "trip_coverage", "local_adequacy"):
        assert national[share].between(0.0, 1.0).all(), share
    assert (national[["new_sales", "used_sales", "dealer_stock", "bev_stock"]] >= 0).all(axis=None)


def test_consumers_answer_as_mesa_agents(finished: Market) -> None:
    consumers = finished.agents_by_type[Consumer]
    assert len(consumers) == finished.parameters.run.consumers
    firms = (Automaker, CellPlant, Utility, DataCenterDeveloper, ChargingOperator)
    assert [len(finished.agents_by_type[kind]) for kind in firms] == [11, 25, 10, 10, 7]
    assert len(finished.agents) == len(consumers) + 63
    some = finished.agents.select(consumers.get("zone") == 3, agent_type=Consumer)
    assert 0 < len(some) < len(consumers)
    one = some[0]
    assert isinstance(one, Consumer)
    assert isinstance(one, mesa.Agent)
    assert one.zone == 3
    assert one.model is finished
    assert "zone 3" in one.describe()
