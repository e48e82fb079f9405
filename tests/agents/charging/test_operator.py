"""Charging operators as agents (M9): where they build, how they keep plugs, when they give up."""

from dataclasses import replace

import mesa
import numpy as np
import pytest

from agents.arrays import Floats
from agents.charging.operator import ChargingOperator, OperatorSensing, PlugCosts

COSTS = PlugCosts(
    capex_usd=110_000.0, demand_charge_usd_per_year=4_000.0, upkeep_usd_per_year=800.0, success_floor=0.5,
    success_ceiling=0.99, funded_floor=0.97, discount_rate=0.13, horizon_years=10, lag_years=1.125, rival_response=0.5,
    growth_damping=0.8, most_growth=0.6, patience_quarters=8,
)  # fmt: skip
BUSY = np.array([8_000.0, 4_000.0, 1_000.0, 0.0])
MILLION = 1e6


def operator(captive: float = 0.0, costs: PlugCosts = COSTS, site_plugs: int = 4) -> ChargingOperator:
    return ChargingOperator(mesa.Model(rng=1), "somebody", 0, costs, captive, BUSY.size, site_plugs)


def seen(sessions: Floats = BUSY, quarter: int = 32, **changes: object) -> OperatorSensing:
    shown = OperatorSensing(
        quarter=quarter, plugs=np.full(sessions.size, 20.0), sessions_per_year=sessions,
        most_sessions_per_year=15_000.0, grant_usd=np.zeros(sessions.size), floor=0.0,
        cash_usd=np.ones(sessions.size), session_kwh=30.0, margin_usd_per_kwh=5.0 / 30.0, car_growth_per_year=0.0,
    )  # fmt: skip
    return replace(shown, **changes)  # type: ignore[arg-type]


def test_upkeep_follows_case_13_of_the_specification() -> None:
    sessions = np.array([600.0, 3_850.0, 100.0])
    assert operator().wanted_success(seen(sessions), funded=False) == pytest.approx([0.733333, 0.958442, 0.5], abs=1e-6)


def test_reliability_rises_with_use() -> None:
    kept = operator().wanted_success(seen(np.linspace(100.0, 20_000.0, 50)), funded=False)
    assert np.all(np.diff(kept) >= 0.0)
    assert kept[-1] > kept[0]


def test_a_grant_and_a_rule_raise_upkeep_and_the_captive_network_keeps_its_plugs_better() -> None:
    plain = operator().wanted_success(seen(), funded=False)
    assert np.all(operator().wanted_success(seen(), funded=True) >= np.maximum(plain, 0.97))
    assert np.all(operator().wanted_success(seen(floor=0.9), funded=False) == np.maximum(plain, 0.9))
    assert np.all(operator(5_000.0).wanted_success(seen(), funded=False) >= plain)
    assert operator(5_000.0).wanted_success(seen(), funded=False)[3] == pytest.approx(1.0 - 800.0 / 5_000.0)


def test_use_of_a_plug_grows_with_cars_less_what_rivals_build_and_fades() -> None:
    """Growth of 21 %, half of it taken by rivals: 1.1 to the power of (1 - 0.8^t) / 0.2 at the age of t years."""
    years = np.arange(1, 11) + 1.125
    assert COSTS.use_factors(0.21) == pytest.approx(1.1 ** ((1.0 - 0.8**years) / 0.2), rel=1e-12)
    assert replace(COSTS, growth_damping=1.0).use_factors(0.21) == pytest.approx(1.1**years, rel=1e-12)


def test_the_worth_of_a_plug_without_growth_is_its_annuity_less_its_capital() -> None:
    who = operator()
    success = who.wanted_success(seen(), funded=False)
    cash = BUSY * success * 5.0 - 4_000.0 + 800.0 * np.log(1.0 - success)
    annuity = (1.0 - 1.13**-10) / 0.13 * 1.13**-1.125
    assert who.plug_value_usd(seen()) == pytest.approx(cash * annuity - 110_000.0)


def test_expected_growth_raises_the_worth_and_rivals_take_part_of_it() -> None:
    still = operator().plug_value_usd(seen())
    growing = operator().plug_value_usd(seen(car_growth_per_year=0.2))
    alone = operator(costs=replace(COSTS, rival_response=0.0)).plug_value_usd(seen(car_growth_per_year=0.2))
    assert np.all(still[:3] < growing[:3])
    assert np.all(growing[:3] < alone[:3])
    crowded = operator(costs=replace(COSTS, rival_response=1.0)).plug_value_usd(seen(car_growth_per_year=0.2))
    assert crowded == pytest.approx(still)


def test_no_plug_is_expected_to_serve_more_than_it_can() -> None:
    full, more = (operator().plug_value_usd(seen(np.full(4, sessions)))[0] for sessions in (15_000.0, 15_100.0))
    assert more == pytest.approx(full, rel=1e-3)


def test_growth_that_does_not_fade_compounds() -> None:
    costs = replace(COSTS, growth_damping=1.0, rival_response=0.0, lag_years=0.0)
    assert costs.use_factors(0.1) == pytest.approx(1.1 ** np.arange(1, 11))


def test_whole_sites_are_started_where_they_pay_the_most_within_growth_and_budget() -> None:
    assert operator().start(seen(), 100 * MILLION).tolist() == [12, 0, 0, 0]
    assert operator().start(seen(), 3 * MILLION).tolist() == [4, 0, 0, 0]  # a quarter of a year's budget: 6.8 plugs
    assert operator().start(seen(), MILLION).tolist() == [0, 0, 0, 0]  # 2.3 plugs are no site
    assert operator().start(seen(), 0.0).tolist() == [0, 0, 0, 0]
    assert operator().start(seen(plugs=np.zeros(4)), 100 * MILLION).tolist() == [4, 0, 0, 0]
    assert operator(site_plugs=10).start(seen(), 100 * MILLION).tolist() == [10, 0, 0, 0]


def test_the_growth_of_a_year_is_not_started_twice_and_a_new_year_begins_anew() -> None:
    who = operator()
    started = [who.start(seen(quarter=quarter), 100 * MILLION)[0] for quarter in range(32, 37)]
    assert started == [12, 0, 0, 0, 12]


def test_the_budget_of_a_year_is_never_overspent() -> None:
    who = operator()
    plenty = seen(np.full(4, 9_000.0), plugs=np.full(4, 400.0))
    for quarter in range(32, 36):
        who.start(replace(plenty, quarter=quarter), 3 * MILLION)
        assert who.spent_usd <= 3 * MILLION
    assert who.spent_usd > 3 * MILLION - 4 * 110_000.0  # no other site could be paid


def test_a_grant_makes_more_plugs_from_the_same_money() -> None:
    paid = seen(grant_usd=np.full(4, 55_000.0))
    assert operator().start(paid, 2 * MILLION)[0] > operator().start(seen(), 2 * MILLION)[0]


def test_a_site_closes_after_its_patience_and_gain_starts_the_count_anew() -> None:
    who = operator()
    who.loss_quarters[:] = 0
    loss = seen(cash_usd=np.array([-1.0, 1.0, -1.0, 0.0]))
    closing = [who.close(loss).tolist() for _ in range(8)]
    assert closing[6] == [0, 0, 0, 0]
    assert closing[7] == [1, 0, 1, 0]
    assert who.close(seen()).tolist() == [0, 0, 0, 0]
    assert who.loss_quarters.tolist() == [0, 0, 0, 0]
