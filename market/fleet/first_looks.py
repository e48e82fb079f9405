"""When owners of 2016 first look: as far into their holding times as turnover has left them (M20)."""

import numpy as np

from agents.arrays import Floats
from agents.buyers import ownership, turnover
from agents.calendar import QUARTERS_PER_YEAR
from market.base import tables
from market.buyers.parameters import Ownership

_LONGEST_QUARTERS = 300  # holding times that last longer end here


def chance_of_holding(mean_years: float, shape: float) -> Floats:
    """Chance that a car bought is held for 0, 1, 2 ... quarters, shape (quarters,)."""
    running = ownership.holding_edges(mean_years * QUARTERS_PER_YEAR, shape)[: _LONGEST_QUARTERS - 2]
    return np.diff(running, prepend=[0.0, 0.0], append=1.0)


def look_rate(holding: Ownership, lease_share: float) -> float:
    """Looks an owner and quarter in the stationary state of a scenario's holding times (2017)."""
    return _stationary(holding, lease_share).looks


def first_look(holding: Ownership, lease_share: float) -> tuple[float, Floats]:
    """Share of owners without a lease who are overdue at the start, and the running share of the others by quarters.

    ``lease_share``: of new cars; lessees look when the lease ends.
    """
    turn = _stationary(holding, lease_share)
    bought_new = turn.acquired * _new_share() * (1.0 - lease_share)
    scrap = mean_scrap_hazard()
    ahead = (
        holding.keep_share * turn.looks * turnover.pending(_kept(holding), scrap)
        + bought_new * turnover.pending(chance_of_holding(holding.hold_new_years, holding.hold_shape), scrap)
        + turn.acquired * (1.0 - _new_share()) * turnover.pending(_held_used(holding), scrap)
    )[1:]
    late = turn.looks * (1.0 / holding.look_share - 1.0)
    return late / (late + ahead.sum()), np.cumsum(ahead) / ahead.sum()


def mean_scrap_hazard() -> float:
    """Chance a quarter that a car of 2016 is scrapped, by the survival curve and the ages of cars."""
    hazard = ownership.quarterly_scrap_hazard(tables.load("survival")["share_alive"].to_numpy(np.float64))
    cars = tables.load("kinds_2016_by_age").groupby("age_years")["cars"].sum()
    quarter = np.minimum((cars.index.to_numpy() + 0.5) * QUARTERS_PER_YEAR, hazard.size - 1).astype(np.int64)
    return float(np.average(hazard[quarter], weights=cars))


def _stationary(holding: Ownership, lease_share: float) -> turnover.Turnover:
    new = (1.0 - lease_share) * chance_of_holding(holding.hold_new_years, holding.hold_shape)
    new[int(holding.lease_years * QUARTERS_PER_YEAR)] += lease_share
    acquired = _new_share() * new + (1.0 - _new_share()) * _held_used(holding)
    return turnover.stationary_turnover(_kept(holding), acquired, mean_scrap_hazard(), holding.keep_share)


def _held_used(holding: Ownership) -> Floats:
    return chance_of_holding(holding.hold_used_years, holding.hold_shape)


def _kept(holding: Ownership) -> Floats:
    chance = np.zeros(_LONGEST_QUARTERS)
    chance[holding.look_again_low : holding.look_again_high + 1] = 1.0
    return np.asarray(chance / chance.sum())


def _new_share() -> float:
    """New cars of all cars acquired in 2017."""
    new = tables.load("sales_by_powertrain")
    new_cars = float(new.loc[new["quarter"].str.startswith("2017"), "sales"].sum())
    used = tables.load("used_sales").set_index("year")["used_sales_million"]
    return new_cars / (new_cars + 1e6 * float(used[2017]))
