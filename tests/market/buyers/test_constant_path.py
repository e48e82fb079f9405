"""Constants after the origin: the filter's expectation, what moves it, what does not, and draws around it."""

from collections.abc import Mapping

import numpy as np
import pytest

from agents.arrays import Floats
from agents.buyers.choice import Alphas, Nests, new_vehicle_choice
from market.base.categories import BEV, ICE
from market.buyers.calibration import Record
from market.buyers.constant_path import ConstantPath
from market.buyers.hedonic import Hedonic, Slope
from market.model import Market
from market.scenario import Scenario
from tests.market.buyers.constant_makers import FLAT, STEADY, history

ALPHA = 0.12
LAW = STEADY.model_copy(update={"row_noise_sd_kusd": 0.5})
SLOPES = Hedonic((Slope(0.5, 0.1, 9),) * 4, Slope(0.2, 0.1, 9))
ON = np.ones(2, np.bool_)
PRICE = np.full(2, 40.0)


def xi(quarters: int = 12) -> Floats:
    """Two rows ten k$ apart from their mean."""
    return np.tile(np.array([-40.0, -60.0]), (quarters, 1))


def test_rows_return_toward_each_other_and_their_total_stays() -> None:
    values, sales = xi(), np.tile(np.array([3.0, 1.0]), (12, 1))
    path = ConstantPath(history(values, sales), FLAT, LAW, ALPHA)
    steps = [path.step(PRICE, ON) for _ in range(8)]
    gap = [float(step[0] - step[1]) for step in steps]
    assert gap[4] == pytest.approx(0.9 * gap[0])
    change = np.array(steps[4]) - steps[0]  # the same season
    shares = np.array([0.75, 0.25]) * np.exp(ALPHA * (np.array(steps[0]) - values[-1]))
    assert float((shares * np.exp(ALPHA * change)).sum() / shares.sum()) == pytest.approx(1.0, abs=1e-3)


def test_only_recorded_changes_of_price_move_a_row() -> None:
    still, moved = (ConstantPath(history(xi()), SLOPES, LAW, ALPHA) for _ in range(2))
    first = still.step(PRICE, ON)
    assert moved.step(PRICE + np.array([5.0, 0.0]), ON) - first == pytest.approx([0.2 * 5.0, 0.0])


def test_an_entrant_takes_the_worth_of_its_design_price_and_half_its_kins_distance() -> None:
    values = np.column_stack([xi(), np.full(12, np.nan), np.full(12, np.nan)])
    maker = [0, 1, 0, 7]
    law = LAW.model_copy(update={"row_persistence": 0.999})
    path = ConstantPath(history(values, maker=maker), SLOPES, law, ALPHA)
    first = path.step(np.full(4, 40.0), np.array([True, True, False, False]))
    assert np.isnan(first[2:]).all()
    entered = path.step(np.array([40.0, 40.0, 50.0, 30.0]), np.ones(4, np.bool_))
    mean = entered[:2].mean()
    assert entered[2] == pytest.approx(mean + 0.5 * (entered[0] - mean) + 0.5 * 10.0, abs=0.05)
    assert entered[3] == pytest.approx(mean - 0.5 * 10.0, abs=0.05)
    later = path.step(np.array([40.0, 40.0, 55.0, 30.0]), np.ones(4, np.bool_))
    assert later[2] - entered[2] - (later[0] - entered[0]) == pytest.approx(0.2 * 5.0, abs=0.05)


def test_draws_are_keyed_and_spread_around_what_is_expected() -> None:
    expected = ConstantPath(history(xi()), FLAT, LAW, ALPHA).step(PRICE, ON)
    drawn = [ConstantPath(history(xi()), FLAT, LAW, ALPHA, seed).step(PRICE, ON) for seed in range(300)]
    again = ConstantPath(history(xi()), FLAT, LAW, ALPHA, 7).step(PRICE, ON)
    assert again.tolist() == drawn[7].tolist()
    off = (np.stack(drawn) - expected).mean(axis=1)
    assert abs(off.mean()) < 4.0 * off.std() / np.sqrt(300)  # wrong once in 16,000
    assert 1.0 < off.std() < 4.0


def test_a_drawn_level_strays_by_the_deviation_of_its_own_powertrain() -> None:
    still = LAW.model_copy(
        update={"row_spread_kusd": 0.1, "level_noise_sd_kusd": 0.01, "ice_level_sd_kusd": 0.1, "bev_level_sd_kusd": 5.0}
    )
    paths = [ConstantPath(history(xi(), powertrain=[ICE, BEV]), FLAT, still, ALPHA, seed) for seed in range(60)]
    later = np.stack([[path.step(PRICE, ON) for _ in range(8)][-1] for path in paths])
    ice, bev = later.std(axis=0)
    assert ice < 1.0
    assert bev > 5.0


def market(**groups: Mapping[str, object]) -> Market:
    """An origin of 2018Q2 with expected flows."""
    run = {"mean_field": True, "fast_graph": True, "last_quarter": "2019Q2", "origin": "2018Q2"}
    scenario = Scenario.model_validate({
        "run": {**run, **groups.pop("run", {})}, "cells": {"power_side": False}, **groups,
    })  # fmt: skip
    return Market(scenario, rng=1)


def constants(made: Market) -> list[list[float]]:
    """Constants of the quarters after the origin."""
    out = []
    while made.quarter < made.last_quarter:
        made.step()
        if made.quarter > made.origin:
            out.append(made.record.constants.xi.tolist())
    return out


def test_a_price_a_maker_or_a_lever_makes_moves_no_constant() -> None:
    free = {"recorded_until": "2018Q2"}  # automakers set prices after the origin
    plain, levered = market(run=free), market(run=free, makers={"bev_price_factor": 0.7})
    assert np.array_equal(constants(plain), constants(levered), equal_nan=True)
    assert plain.offering.price_kusd.tolist() != levered.offering.price_kusd.tolist()


@pytest.mark.parametrize("rule", ["mean", "last"])
def test_the_other_rules_hold_one_constant(rule: str) -> None:
    made = market(run={"constants": rule})
    held = constants(made)
    assert all(np.array_equal(each, held[0], equal_nan=True) for each in held)
    past = np.stack([each[0] for each in made.record.constants.history])
    wanted = past[-1] if rule == "last" else np.nanmean(past[:, ~np.isnan(past).all(axis=0)], axis=0)
    known = ~np.isnan(past[-1]) if rule == "last" else ~np.isnan(past).all(axis=0)
    own = np.array(held[0])[known]
    assert own == pytest.approx(wanted[known] if rule == "last" else wanted)


def test_a_rule_must_be_one_of_those_there_are() -> None:
    with pytest.raises(ValueError, match="'median' is none of filter, last, mean"):
        Scenario().with_(run={"constants": "median"})


def test_the_history_marks_what_was_published_and_what_was_limited() -> None:
    made = market()
    for _ in range(6):
        made.step()
    record: Record = made.record
    past = record.history()
    model3 = record_of(made, "Tesla Model 3 BEV")
    assert past.own_quarter[3:6, model3].all()
    assert not past.own_quarter[:, ~made.products.is_bev].any()
    assert np.array_equal(past.limited, np.isnan(record.demand[:6]))  # where no wait says how many wanted one
    assert past.limited.any()
    free = ~past.limited[5]
    assert np.array_equal(past.xi_kusd[5][free], made.record.constants.xi[free], equal_nan=True)
    assert (past.xi_kusd[5][~free] <= made.record.constants.xi[~free] + 1e-9).all()


def record_of(made: Market, name: str) -> int:
    """Place of a product."""
    return made.products.names.index(name)


def test_the_worth_held_is_that_of_the_nested_logit() -> None:
    alphas = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=ALPHA)
    nests = Nests(np.array([0, 0, 1]), np.array([0, 0]))
    start = np.array([-40.0, -60.0, -45.0])
    choice = new_vehicle_choice(start[None], nests, alphas, np.zeros((1, 2)))
    sales = np.tile(choice.product[0, :2], (12, 1))
    path = ConstantPath(history(np.tile(start[:2], (12, 1)), sales), FLAT, LAW, ALPHA)
    first, later = path.step(PRICE, ON), [path.step(PRICE, ON) for _ in range(8)][-1]

    def bevs(own: Floats) -> float:
        values = np.array([[*(own - first + start[:2]), start[2]]])
        return float(new_vehicle_choice(values, nests, alphas, np.zeros((1, 2))).nest[0, 0])

    assert bevs(later) == pytest.approx(bevs(first), abs=2e-3)
    assert abs(later[1] - first[1]) > 1.0


def test_how_many_look_is_drawn_around_what_was_held_and_comes_back() -> None:
    law = LAW.model_copy(update={"look_sd": 0.1, "stray_persistence": 0.5})
    expected = ConstantPath(history(xi()), FLAT, law, ALPHA)
    drawn = [ConstantPath(history(xi()), FLAT, law, ALPHA, seed) for seed in range(300)]
    for path in (expected, *drawn):
        path.step(PRICE, ON)
    assert expected.look_factor == 1.0
    strayed = np.log([path.look_factor for path in drawn])
    assert abs(strayed.mean()) < 4.0 * 0.1 / np.sqrt(300)  # wrong once in 16,000
    assert strayed.std() == pytest.approx(0.1, rel=0.2)
    for _ in range(80):
        for path in drawn:
            path.step(PRICE, ON)
    steady = 0.1 / np.sqrt(1.0 - 0.5**0.5)
    assert np.log([path.look_factor for path in drawn]).std() == pytest.approx(steady, rel=0.2)


def test_a_drawn_share_of_owners_looks_after_the_origin_and_none_before() -> None:
    calm, drawn = market(), market(world={"shocks": True}, constants={"look_sd": 0.2})
    for each in (calm, drawn):
        each.run()
    looked = [each.recorder.frame("national")["look_hazard"].to_numpy() for each in (calm, drawn)]
    assert looked[0][:6].tolist() == looked[1][:6].tolist()
    assert len(set(looked[0][6:])) == 1
    assert (np.abs(looked[1][6:] / looked[0][6:] - 1.0) > 1e-3).all()
    assert looked[1].max() <= 1.0
