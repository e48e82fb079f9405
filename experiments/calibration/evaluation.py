"""One evaluation of the model for calibration: a few paired runs with the same parameters, and what is read from them.

Expected flows on the fast graph, the world's prices on their expected path, so that parameters alone make a difference.
"""

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_work import use_threads
from experiments.calibration.statistics import (
    LAST_KNOWN,
    added_gw,
    bunching,
    lagged_coefficient,
    log_price_ratio,
    log_ratio,
    recorded_bev_sales,
    recorded_ports,
    recorded_state_shares,
    recorded_storage_gw,
)
from experiments.inputs.dated_names import nested
from experiments.studies.job import Content, Outcome
from market.base.column import Series
from market.base.object_pairs import Array
from market.buyers.hedonic import fitted_hedonic
from market.model import Market
from market.recorder import NATIONAL_ONLY
from market.scenario import Scenario

Changes = Mapping[str, Mapping[str, Any]]
STATISTICS = {
    "credits_effect": Series(
        "log ratio", "BEV sales of 2023 without federal purchase credits over those with them",
        "Paired runs from the end of 2022 with recorded products and prices.",
    ),
    "price_elasticity": Series(
        "1", "Elasticity of BEV sales of 2023 to the price of all BEVs", "Prices 5 % up, weighted as sold before."
    ),
    "port_elasticity": Series(
        "1", "Elasticity of BEV sales of 2018 to public fast-charging ports", "Ports 10 % up from 2018Q1 on."
    ),
    "price_slope": Series(
        "1", "Slope of demand constants on recorded changes of price, to 2022Q4",
        "What recorded changes of price move sales less than the price coefficients say.",
    ),
    "bunching": Series(
        "log ratio", "BEV sales before credits of Tesla and GM stepped down over those after, 2018-20, less the record",
    ),
    "lagged_share": Series(
        "1", "Slope of states' BEV log-odds on those a year earlier, 2017-22, less the record's",
        "With effects of state and year.",
    ),
    "free_share": Series(
        "log-odds", "BEV share of 2021-22 in the free run from 2017Q4 less that recorded", "Mean of the log-odds.",
    ),
    "ports": Series(
        "log ratio", "Public fast-charging ports at the end of 2022 over the record",
        "Operators decide from 2017 on; BEVs sell as recorded.",
    ),
    "storage": Series("log ratio", "Storage added in 2018-22 in the free run from 2017Q4 over the record"),
    "converted": Series(
        "GWh/year", "Cell capacity converted to storage by the end of 2022", "In the free run from 2017Q4."
    ),
}  # fmt: skip
"""What an evaluation brings, by name."""
_AFTER_2022: dict[str, Changes] = {
    "base": {},
    "no federal credits": {"policy": {"federal_credit_factor": 0.0}},
    "dearer": {"makers": {"bev_price_factor": 1.05}},
}
_PORTS_UP = 1.1
_AFTER_2017: dict[str, Changes] = {"base": {}, "ports": {"charging": {"port_factor": _PORTS_UP}}}
_WITH_PRODUCTS = ("national", "automakers")


@dataclass(frozen=True)
class Evaluation:
    """Evaluates parameters; found by import, so that workers load it by name. It has no seed of its own to heed."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Modules whose source takes part in what an evaluation brings, beside the model's."""
        return tuple(f"experiments.calibration.{name}" for name in ("evaluation", "statistics"))

    def __call__(self, content: Content, seed: int) -> Outcome:
        """All ``STATISTICS`` of a set of parameters."""
        gc.collect()
        use_threads(1)
        scenario = Scenario.model_validate(nested(content), strict=True)
        return Outcome({name: value for run in _RUNS for name, value in run(scenario, seed).items()})


def _responses(scenario: Scenario, seed: int) -> dict[str, float]:
    """What is read at the end of 2022, and what buyers did in 2023 had credits or prices been others."""
    known = _set(scenario, {"run": {"origin": LAST_KNOWN, "last_quarter": "2023Q4"}, "cells": {"power_side": False}})
    market = Market(known, rng=seed, record=_WITH_PRODUCTS)
    _to_origin(market)
    slope = fitted_hedonic(market.record.history().priced_rows()).within.value
    made = _branches(market, _AFTER_2022)
    base, dearer, span = made["base"], made["dearer"], ("2023Q1", "2023Q4")
    rise = log_price_ratio(dearer["automakers"], base["automakers"], *span)
    return {
        "credits_effect": log_ratio(made["no federal credits"]["national"], base["national"], *span),
        "price_elasticity": log_ratio(dearer["national"], base["national"], *span) / rise,
        "price_slope": slope,
    }


def _port_response(scenario: Scenario, seed: int) -> dict[str, float]:
    """What more ports did for sales in 2018."""
    known = _set(scenario, {"run": {"origin": "2017Q4", "last_quarter": "2018Q4"}, "cells": {"power_side": False}})
    market = Market(known, rng=seed, record=NATIONAL_ONLY)
    _to_origin(market)
    made = _branches(market, _AFTER_2017)
    rise = log_ratio(made["ports"]["national"], made["base"]["national"], "2018Q1", "2018Q4")
    return {"port_elasticity": rise / float(np.log(_PORTS_UP))}


def _building(scenario: Scenario, seed: int) -> dict[str, float]:
    """What operators build by the end of 2022 if they decide from 2017 on and BEVs sell as recorded."""
    run = {"origin": LAST_KNOWN, "last_quarter": "2023Q1"}
    decided: Changes = {"run": run, "cells": {"power_side": False}, "operators": {"from_start": True}}
    market = Market(_set(scenario, decided), rng=seed, record=NATIONAL_ONLY)
    _to_origin(market)
    ports = float(market.recorder.last("national")["fast_ports"])
    market.release()
    return {"ports": float(np.log(ports / recorded_ports()))}


def _free(scenario: Scenario, seed: int) -> dict[str, float]:
    """What five years without records of sales, storage and lines bring, with recorded products, prices and ports."""
    free = {"run": {"origin": "2017Q4", "last_quarter": LAST_KNOWN}}
    market = Market(_set(scenario, free), rng=seed, record=NATIONAL_ONLY)
    shares = []
    while market.quarter < market.last_quarter:
        market.step()
        if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
            shares.append(_state_shares(market))
    national = market.recorder.frame("national")
    market.release()
    known, recorded = recorded_state_shares(), recorded_bev_sales()
    made = pd.DataFrame(shares, columns=list(market.places.states))[known.columns]
    late = national[national["quarter"] >= "2021Q1"]
    off = np.log(late["bev_share_new"] / (1 - late["bev_share_new"])) - np.log(
        late["bev_share_recorded"] / (1 - late["bev_share_recorded"])
    )
    last = national.iloc[-1]
    return {
        "bunching": bunching(national.set_index("quarter")["bev_sales"]) - bunching(recorded),
        "lagged_share": lagged_coefficient(made.to_numpy()) - lagged_coefficient(known.to_numpy()),
        "free_share": float(off.mean()),
        "storage": float(np.log(added_gw(national) / recorded_storage_gw())),
        "converted": float(last["converted_gwh_cumulative"]),
    }


def _state_shares(market: Market) -> np.ndarray:
    """BEVs over cars on the road by state, (states,)."""
    by_zone = market.fleet.on_seats.by_zone
    cars, bevs = by_zone.sum(axis=(1, 2)), by_zone[:, :, 1].sum(axis=1)
    within = market.places.state_share
    return np.asarray((bevs @ within) / (cars @ within))


def _to_origin(market: Market) -> None:
    while market.quarter < market.origin:
        market.step()


def _branches(market: Market, cases: Mapping[str, Changes]) -> dict[str, dict[str, pd.DataFrame]]:
    """Tables of runs that go on from a market at its origin, each with other levers."""
    state, made = market.state(), {}
    for name, changes in cases.items():
        made[name] = _went_on(market, state, changes)
    market.release()
    return made


def _went_on(market: Market, state: Mapping[str, Array], changes: Changes) -> dict[str, pd.DataFrame]:
    kept = market.recorder.kept
    other = Market(_set(market.parameters, changes), rng=market.seed, record=kept)
    other.restore({name: array.copy() for name, array in state.items()})
    other.run()
    frames = {table: other.recorder.frame(table) for table in kept}
    other.release()
    return frames


def _set(scenario: Scenario, changes: Changes) -> Scenario:
    return scenario.with_(**changes)


_RUNS = (_responses, _port_response, _building, _free)
