"""The plugs of operators (M9): records split, the hand-over, lags, rules, closures; what switches undo."""

from collections.abc import Callable
from types import SimpleNamespace

import mesa
import numpy as np
import pandas as pd
import pytest

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.clock import Clock
from market.charging.graph import ChargingGraph
from market.charging.network import ChargingNetwork, plug_costs
from market.charging.operator_shares import OperatorShares
from market.charging.parameters import Charging, Operators
from market.charging.service import ChargingService
from market.model import Market
from market.policies.parameters import Policy
from market.recorder import TABLES
from market.scenario import Scenario
from tests.market.shipped import LONG, Run, shipped_runs

Small = Callable[..., Scenario]
ORIGIN = quarters.index("2024Q4")


def network(graph: ChargingGraph, **operators: object) -> ChargingNetwork:
    """A network without a market."""
    given = Operators.model_validate(operators)
    clock = Clock(-1, ORIGIN, ORIGIN, quarters.index("2035Q4"), seed=1)
    return ChargingNetwork(mesa.Model(rng=1), given, Charging(), Policy(), graph, clock)


def service_of(found: ChargingNetwork, sessions_a_plug: float) -> ChargingService:
    """A service in which every plug serves so many sessions a quarter."""
    served = found.plugs * sessions_a_plug
    return SimpleNamespace(served=served, sought=served.sum(axis=0), most_sessions_per_quarter=3_500.0)  # type: ignore[return-value]


def run_on(found: ChargingNetwork, sessions_a_plug: float, last: int) -> list[float]:
    """Let a network go on from the hand-over; all its plugs by quarter."""
    total = []
    for quarter in range(found.first_own, last + 1):
        found.open_quarter(quarter)
        total.append(float(found.plugs.sum()))
        found.invest(service_of(found, sessions_a_plug), 1e6 * 1.05**quarter, 0.48, quarter)
    return total


@pytest.fixture(scope="module")
def graph(finished: Market) -> ChargingGraph:
    return finished.charging_graph


def test_shares_of_operators_add_up_and_keep_to_the_table() -> None:
    shares = OperatorShares.read()
    assert shares.at(quarters.index("2020Q4")) == pytest.approx(shares.share[2])
    assert shares.at(quarters.index("2019Q4")) == pytest.approx((shares.share[1] + shares.share[2]) / 2)
    assert shares.at(ORIGIN + 20) == pytest.approx(shares.share[-1])
    for quarter in range(-2, ORIGIN):
        assert shares.at(quarter).sum() == pytest.approx(1.0)
    assert shares.captive.sum() == 1.0


def test_true_success_to_the_end_of_the_records_is_that_of_the_table() -> None:
    known = tables.load("plug_reliability").query("measure == 'plug_works'").set_index("network")["share"]
    assert Operators().captive_success == known["Tesla"]
    assert Operators().other_success == known["other"]


def test_recorded_sites_are_whole_and_hold_the_plugs_of_their_state_and_network(graph: ChargingGraph) -> None:
    found = network(graph)
    found.open_quarter(ORIGIN)
    sites, plugs = found.of_networks(found.sites), found.of_networks(found.plugs)
    assert sites == pytest.approx(np.rint(sites), abs=1e-9)
    recorded = graph.recorded.plugs_at(ORIGIN - 1, 0.0)
    assert plugs.sum(axis=1) == pytest.approx(recorded.sum(axis=1))
    assert sites.sum(axis=1) == pytest.approx(graph.recorded.sites_at(ORIGIN - 1, 0.0).sum(axis=1))
    assert found.ports_by_state() == pytest.approx(recorded.sum(axis=0))
    tesla = found.shares.names.index("Tesla Supercharger")
    assert np.array_equal(found.sites[tesla], sites[0])
    assert not (found.plugs[found.sites == 0.0]).any()


def test_what_is_on_the_way_at_the_hand_over_opens_at_the_pace_of_the_last_year(graph: ChargingGraph) -> None:
    found = network(graph, budget_factor=0.0, patience=40)
    total = run_on(found, 2_000.0, ORIGIN + 8)
    opened = np.diff(total)
    year = graph.recorded.plugs_at(ORIGIN, 0.0).sum() - graph.recorded.plugs_at(ORIGIN - 4, 0.0).sum()
    assert total[0] == pytest.approx(50_844)
    assert opened[:2] == pytest.approx(year / 4, rel=0.04)  # whole sites; a state that lost ports counts as none
    assert np.all(np.diff(opened[1:6]) < 0.0)
    assert opened[5:] == pytest.approx([0.0, 0.0])


def test_plugs_open_three_to_six_quarters_after_they_are_started_and_none_is_lost(graph: ChargingGraph) -> None:
    found = network(graph)
    quarter = found.first_own
    found.open_quarter(quarter)
    before = found.pipeline.sum(axis=(1, 2))
    found.invest(service_of(found, 2_000.0), 1e6, 0.48, quarter)
    added = found.pipeline.sum(axis=(1, 2)) - before
    assert found.started.sum() > 1_000
    assert added[:2].tolist() == [0.0, 0.0]
    assert np.all(added[2:6] > 0.0)
    assert added.sum() == pytest.approx(found.started.sum())
    for operator, started in zip(found.operators, found.started, strict=True):
        assert operator.site_plugs == (10 if operator.captive_usd_per_year else 4)
        assert not (started % operator.site_plugs).any()


def test_what_opens_and_closes_are_sites_with_their_plugs(graph: ChargingGraph) -> None:
    busy, idle = network(graph), network(graph, budget_factor=0.0)
    recorded = graph.recorded.sites_at(ORIGIN, 0.0).sum()
    run_on(busy, 3_000.0, ORIGIN + 12)
    assert busy.sites.sum() > recorded
    assert not busy.plugs[busy.sites == 0.0].any()
    run_on(idle, 30.0, ORIGIN + 20)
    assert idle.sites.min() >= 0.0
    assert idle.sites.sum() < recorded
    assert not idle.plugs[idle.sites == 0.0].any()


def test_each_operator_keeps_to_its_budget_and_the_lever_scales_it(graph: ChargingGraph) -> None:
    found, half = network(graph), network(graph, budget_factor=0.5)
    assert found.budgets_usd().sum() == pytest.approx(1.5e9)
    assert half.budgets_usd() == pytest.approx(found.budgets_usd() / 2)
    run_on(found, 3_000.0, ORIGIN + 4)
    for operator, budget in zip(found.operators, found.budgets_usd(), strict=True):
        assert operator.spent_usd <= budget


def test_upkeep_moves_part_of_the_way_to_what_use_pays_for(graph: ChargingGraph) -> None:
    busy, idle = network(graph), network(graph)
    run_on(busy, 2_000.0, ORIGIN + 8)
    run_on(idle, 30.0, ORIGIN + 8)
    others = busy.shares.captive == 0.0
    assert busy.success[others].mean() > Operators().other_success > idle.success[others].mean()
    assert busy.success.max() <= Operators().success_ceiling
    assert idle.success.min() >= Operators().success_floor


def test_a_rule_holds_for_every_operator_right_after_the_origin_and_not_before(graph: ChargingGraph) -> None:
    found = network(graph, upkeep_floor_all=0.97)
    found.open_quarter(ORIGIN)
    assert found.success_met.min() == Operators().other_success
    found.open_quarter(ORIGIN + 1)
    assert found.success_met.min() == 0.97


def test_sites_that_go_on_losing_money_close_and_others_stay(graph: ChargingGraph) -> None:
    idle, busy = network(graph, budget_factor=0.0), network(graph, budget_factor=0.0)
    fewer, more = run_on(idle, 30.0, ORIGIN + 20), run_on(busy, 2_000.0, ORIGIN + 20)
    assert fewer[-1] < 0.5 * fewer[0]
    assert more[-1] > more[0]
    assert idle.funded.min() >= 0.0
    assert np.all(idle.funded <= idle.plugs + 1e-9)


def test_lags_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="shortest_lag is 5, above longest_lag 3"):
        Operators(shortest_lag=5, longest_lag=3)


def test_costs_are_those_of_the_parameters() -> None:
    assert plug_costs(Operators()).lag_years == pytest.approx(4.5 / 4)
    kept: Floats = plug_costs(Operators()).upkeep_cost_usd(np.array([0.0, 0.95]))
    assert kept == pytest.approx([0.0, 800 * np.log(20)])


# Whole runs


@pytest.fixture(scope="module")
def run() -> Run:
    """A run of a shipped scenario in small with seed 1; each is made once."""
    return shipped_runs(LONG)


def after(market: Market) -> pd.DataFrame:
    national = market.recorder.frame("national")
    return national[national["quarter"] > "2024Q4"].reset_index(drop=True)


def test_ports_grow_despite_low_use_by_a_sensible_rate_a_year(run: Callable[..., Market]) -> None:
    national = after(run("reference"))
    ports = national["fast_ports"].to_numpy(np.float64)
    growth = (ports[-1] / ports[0]) ** (4 / (ports.size - 1)) - 1.0
    assert 0.06 < growth < 0.3  # the tax credit for plugs ends in 2026
    assert np.all(ports[4:] > ports[:-4])
    assert 0.05 < national["plug_utilisation"].mean() < 0.3
    assert national["charging_wait_minutes"].mean() < 15.0


def test_without_new_chargers_there_are_fewer_ports_and_fewer_bevs(run: Callable[..., Market]) -> None:
    plenty, drought = after(run("reference")), after(run("charger-drought"))
    assert drought["fast_ports"].iloc[-1] < 0.8 * plenty["fast_ports"].iloc[-1]
    assert drought["bev_share_new"].mean() < plenty["bev_share_new"].mean()
    assert drought["charging_wait_minutes"].iloc[-1] > plenty["charging_wait_minutes"].iloc[-1]
    before = [run(name).recorder.frame("national")[: ORIGIN + 1] for name in ("reference", "charger-drought")]
    pd.testing.assert_frame_equal(before[0], before[1], check_exact=True)


def test_a_rule_on_upkeep_raises_true_success(run: Callable[..., Market]) -> None:
    plain, ruled = after(run("reference")), after(run("reliable-chargers"))
    assert np.all(ruled["charging_success"] >= 0.97 - 1e-12)
    assert np.all(ruled["charging_success"] > plain["charging_success"])


def test_reliability_rises_with_use(run: Callable[..., Market]) -> None:
    market = run("reference")
    side = market.charging_side
    standing = side.network.plugs.sum(axis=0)
    use = side.service.wanted / np.maximum(standing, 1.0)
    others = side.network.shares.captive == 0.0
    kept = side.network.success[others].mean(axis=0)
    busy, quiet = use > np.quantile(use, 0.75), use < np.quantile(use, 0.25)
    assert kept[busy].mean() > kept[quiet].mean()


OFF = ("operators.decide=false", "operators.queues=false", "run.last_quarter=2030Q4")


def test_without_decisions_ports_follow_the_trend_and_nothing_is_started(run: Callable[..., Market]) -> None:
    market = run("reference", *OFF)
    graph, last = market.charging_graph, market.quarter
    trend = graph.recorded.plugs_at(ORIGIN, 0.0).sum(axis=1) * 1.15 ** ((last - 1 - ORIGIN) / 4)
    assert graph.plugs.sum(axis=1) == pytest.approx(trend)
    assert graph.sites.sum(axis=1) == pytest.approx(graph.recorded.sites_at(last - 1, 0.15, ORIGIN).sum(axis=1))
    assert market.recorder.frame("charging")["started"].sum() == 0.0


def test_without_queues_every_wait_and_loss_is_exactly_zero(run: Callable[..., Market]) -> None:
    market = run("reference", *OFF)
    national, zones = market.recorder.frame("national"), market.recorder.frame("zones")
    assert not national[["charging_wait_minutes", "sessions_lost"]].fillna(0.0).to_numpy().any()  # no car, no session
    assert not zones["wait_minutes"].to_numpy().any()
    assert not market.access.trip_wait_hours.any()


def test_with_both_switched_off_what_plugs_cost_and_how_they_work_changes_no_car(run: Callable[..., Market]) -> None:
    deaf = (*OFF, "trust.news_weight=0")
    plain = run("reference", *deaf)
    other = run(
        "reference", *deaf, "operators.other_success=0.6", "operators.capex_kusd=160", "operators.session_kw=150",
        "operators.fast_share=1.0",
    )  # fmt: skip
    for name in sorted(set(TABLES) - {"charging", "charging_states", "trust"}):
        left, right = plain.recorder.frame(name), other.recorder.frame(name)
        ours = ["charging_success", "sessions_served", "plug_utilisation"]
        left, right = (frame.drop(columns=ours, errors="ignore") for frame in (left, right))
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_waits_before_the_origin_are_taken_up_by_the_constants(run: Callable[..., Market]) -> None:
    plain, queues = run("reference", *OFF).recorder.frame("national"), run("reference").recorder.frame("national")
    share = [frame["bev_share_new"].to_numpy(np.float64)[: ORIGIN + 1] for frame in (plain, queues)]
    assert share[1] == pytest.approx(share[0], rel=1e-3)
    gap = queues["unexplained_bev_kusd"] - plain["unexplained_bev_kusd"]
    assert gap[4 : ORIGIN + 1].mean() > 0.0


def test_operators_may_build_from_the_start(small: Small) -> None:
    market = Market(parameters=small("2019Q4", origin="2017Q4", operators={"from_start": True}), rng=1)
    market.run()
    states = market.recorder.frame("charging_states")
    first = states[states["quarter"] == "2016Q4"]
    assert first["fast_ports"].to_numpy() == pytest.approx(first["recorded_fast_ports"].to_numpy())
    assert market.recorder.frame("charging")["started"].sum() > 0.0
