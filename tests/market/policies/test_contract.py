"""The contract that every policy of every table keeps: nothing outside its dates, nothing before it is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.base.categories import GOODS
from market.charging.parameters import Operators
from market.exogenous.zones import Places
from market.model import Market
from market.policies.instrument import PolicySetting
from market.policies.parameters import Policy
from market.policies.registry import BATTERY_POLICIES, CHARGER_POLICIES, MAKER_POLICIES, POLICIES, USED_POLICIES
from market.recorder import TABLES
from market.scenario import Scenario
from market.vehicles.products import Products

ALWAYS = None
LAW: dict[str, tuple[str | None, str | None, str]] = {
    "federal_credit": (ALWAYS, "2025Q3", "federal_credit_factor"),
    "leased_credit": ("2023Q1", "2025Q3", "leased_credit_factor"),
    "state_rebate": (ALWAYS, ALWAYS, "state_rebate_factor"),
    "used_credit": ("2023Q1", "2025Q3", "used_credit_factor"),
    "zev_requirement": ("2026Q1", ALWAYS, "zev_requirement"),
    "corridor_grant": ("2022Q1", "2030Q3", "corridor_grant_factor"),
    "charger_credit": ("2023Q1", "2026Q2", "charger_credit_factor"),
    "production_credit": ("2023Q1", "2032Q4", "production_credit_factor"),
    "investment_credit": ("2023Q1", "2035Q4", "investment_credit_factor"),
    "battery_tariff": (ALWAYS, ALWAYS, "tariff_factor"),
}
"""First and last quarter in which the law gives or takes anything, and the lever on its strength."""
IN_FORCE = [name for name, (first, _, _) in LAW.items() if first is ALWAYS]
"""Policies in force in 2018."""
ORIGIN = quarters.index("2024Q4")
LAST = quarters.index("2040Q4")
FULL: dict[str, object] = {"zev_requirement": 1.0}
PRICE_KUSD = np.full(GOODS, 15.0)


@dataclass(frozen=True)
class Instrument:
    """A policy of whatever table: its amount by quarter, when what comes is known, what is expected (never: None)."""

    amount: Callable[[int], Floats]
    known_from: int = 0
    expected: Callable[[int, int], Floats] | None = None


Build = Callable[..., Instrument]


def moved(name: str) -> dict[str, object]:
    """The lever of a policy at another strength than that of the reference, 0 or 1."""
    lever = LAW[name][2]
    return {lever: 1.0 - getattr(Policy(), lever)}


@pytest.fixture(scope="module")
def build(places: Places, products: Products) -> Build:
    """Maker of a policy at some strength, whatever table it stands in."""

    def of(name: str, levers: dict[str, object], origin: int = ORIGIN) -> Instrument:
        policy = Policy.model_validate({**FULL, **levers})
        setting = PolicySetting(policy, places, products, origin)
        if name in POLICIES:
            credit = POLICIES[name](setting)
            return Instrument(credit.amount_kusd, credit.known_from, credit.expected_kusd)
        if name in USED_POLICIES:
            used = USED_POLICIES[name](policy, origin)
            return Instrument(lambda quarter: used.amount_kusd(quarter, PRICE_KUSD))
        if name in MAKER_POLICIES:
            rate = MAKER_POLICIES[name](setting)
        elif name in CHARGER_POLICIES:
            rate = CHARGER_POLICIES[name](policy, origin, Operators())
        else:
            rate = BATTERY_POLICIES[name](policy, origin)
        return Instrument(rate.rate, rate.known_from, rate.expected)

    return of


def test_every_policy_of_every_table_is_under_the_contract() -> None:
    assert {*POLICIES, *USED_POLICIES, *MAKER_POLICIES, *CHARGER_POLICIES, *BATTERY_POLICIES} == set(LAW)


@pytest.mark.parametrize("name", LAW)
def test_a_policy_is_nothing_outside_its_dates_whatever_its_strength(build: Build, name: str) -> None:
    first, last, lever = LAW[name]
    within = range(0 if first is None else quarters.index(first), LAST if last is None else quarters.index(last) + 1)
    for strength in ({}, {lever: 1.0}, {lever: 0.5}):
        of = build(name, strength).amount
        assert [quarter for quarter in range(LAST) if quarter not in within and of(quarter).any()] == []
    assert build(name, {}).amount(within[0]).any()
    assert build(name, {}).amount(within[-1]).any()


@pytest.mark.parametrize("name", LAW)
def test_no_lever_changes_what_a_policy_was_to_the_origin(build: Build, name: str) -> None:
    levers = {LAW[name][2]: 0.0, "federal_credit_end": "2019Q4"}
    for origin in (quarters.index("2023Q2"), ORIGIN):
        as_was, changed = build(name, {}, origin).amount, build(name, levers, origin).amount
        assert all(np.array_equal(as_was(quarter), changed(quarter)) for quarter in range(origin + 1))
        assert not any(changed(quarter).any() for quarter in range(origin + 1, LAST))


@pytest.mark.parametrize("name", LAW)
def test_what_comes_is_not_expected_before_it_is_known(build: Build, name: str) -> None:
    policy = build(name, {})
    if policy.expected is None:
        assert name in USED_POLICIES  # nobody looks ahead to it
        return
    for quarter in range(0, LAST - 8, 3):
        ahead = quarter + 8 if quarter >= policy.known_from else quarter
        assert np.array_equal(policy.expected(quarter, 8), policy.amount(ahead))


def rows_to(market: Market, last: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table of a run by name, up to a quarter."""
    for table in TABLES:
        frame = market.recorder.frame(table)
        time = next(name for name in ("quarter", "year", "end") if name in frame)  # contracts are written when over
        until = frame[time].astype(str) + ("Q4" if time == "year" else "")
        yield table, frame[until <= last].reset_index(drop=True)


def same_to(one: Market, other: Market, last: str) -> bool:
    """Whether two runs wrote the same into every table, bit for bit."""
    pairs = zip(rows_to(one, last), rows_to(other, last), strict=True)
    return all(mine.equals(yours) or (mine.empty and yours.empty) for (_, mine), (_, yours) in pairs)


@pytest.mark.parametrize("name", IN_FORCE)
def test_a_policy_in_force_moves_a_run_after_its_origin_alone(
    small: Callable[..., Scenario], as_it_was: Market, name: str
) -> None:
    """Bit for bit in all tables."""
    market = Market(parameters=small("2018Q2", 500, "2017Q4", policy=moved(name)), rng=1)
    market.run()
    assert same_to(market, as_it_was, "2017Q4")
    assert not same_to(market, as_it_was, "2018Q2")


def test_policies_not_yet_in_force_change_nothing_of_a_run(small: Callable[..., Scenario], as_it_was: Market) -> None:
    """All of them moved in one run: the same bits in all tables."""
    levers: dict[str, object] = {}
    for name in (each for each in LAW if each not in IN_FORCE):
        levers |= moved(name)
    assert len(levers) == len(LAW) - len(IN_FORCE)
    market = Market(parameters=small("2018Q2", 500, "2017Q4", policy=levers), rng=1)
    market.run()
    assert same_to(market, as_it_was, "2018Q2")


def test_a_later_end_of_the_credits_changes_nothing_before_it_is_known(
    small: Callable[..., Scenario], finished: Market
) -> None:
    """The end of 2025Q3 is known in that quarter: from then on nobody hurries if there is none, not before."""
    market = Market(parameters=small(policy={"federal_credit_end": "2027Q4"}), rng=1)
    while market.quarter < quarters.index("2025Q3"):
        market.step()
    assert same_to(market, finished, "2025Q2")
    assert not same_to(market, finished, "2025Q3")


DATED = [name for name in LAW if name not in USED_POLICIES]
"""Policies of which somebody reads what comes."""


@pytest.mark.parametrize("name", LAW)
def test_one_step_from_the_first_free_quarter_is_the_value_itself(build: Build, name: str) -> None:
    lever, value = LAW[name][2], moved(name)[LAW[name][2]]
    step = {"from": quarters.label(ORIGIN + 1), "value": value, "known": "2017Q1"}
    alone, dated = build(name, {lever: value}), build(name, {lever: [step]})
    assert all(np.array_equal(alone.amount(quarter), dated.amount(quarter)) for quarter in range(LAST))
    if alone.expected is not None and dated.expected is not None:
        for quarter in range(LAST - 8):
            assert np.array_equal(alone.expected(quarter, 8), dated.expected(quarter, 8))


@pytest.mark.parametrize("name", LAW)
def test_a_step_changes_what_is_paid_from_its_date_on_alone(build: Build, name: str) -> None:
    lever, value, date = LAW[name][2], moved(name)[LAW[name][2]], quarters.index("2026Q1")
    before = build(name, {lever: 1.0 - float(str(value))}).amount
    after = build(name, {lever: value}).amount
    dated = build(name, {lever: [{"value": 1.0 - float(str(value))}, {"from": "2026Q1", "value": value}]}).amount
    for quarter in range(LAST):
        assert np.array_equal(dated(quarter), (after if quarter >= date else before)(quarter))


@pytest.mark.parametrize("name", DATED)
def test_a_step_is_expected_from_when_it_is_known(build: Build, name: str) -> None:
    """Against the law without the step before it is known, against the law with it from then on."""
    lever, known, date = LAW[name][2], quarters.index("2025Q3"), quarters.index("2026Q1")
    steps = [{"value": 1.0}, {"from": "2026Q1", "value": 0.5, "known": "2025Q3"}]
    whole, stepped = build(name, {lever: 1.0}), build(name, {lever: steps})
    assert whole.expected is not None
    assert stepped.expected is not None
    seen = False
    for quarter in range(ORIGIN + 1, ORIGIN + 12):
        for ahead in range(12):
            expected = stepped.expected(quarter, ahead)
            reads = quarter + ahead if quarter >= stepped.known_from else quarter
            told = reads >= date and quarter >= known
            right = stepped.amount(reads) if told else whole.amount(reads)
            assert np.array_equal(expected, right)
            seen = seen or (told and quarter < date)
    assert seen
