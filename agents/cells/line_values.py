"""What every action with every line is worth to its owner, all lines at once (M14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import conversion_gain_musd_per_gwh_year, discount_factors
from agents.cells.line_decision import LineAction, LineStatus, Use
from agents.cells.plant import SHRUNK
from agents.cells.waiting_value import WaitingTable, WaitingTerms


@dataclass(frozen=True)
class Way:
    """One way to another use, by line: quarters until new output, of them offline, cost in M$ per GWh/year.

    ``earned_usd_per_kwh``: (lines, quarters) by coming quarter on all capacity, with the credit.
    """

    earned_usd_per_kwh: Floats
    lag: Ints
    offline: Ints
    cost_musd: Floats


@dataclass(frozen=True)
class LineFacts:
    """What owners know of their lines; (lines,), paths (lines, quarters); money in M$ per GWh/year.

    ``own_usd_per_kwh``: earned in the present use on all capacity, with the credit; ``change``: to the other use,
    its costs times the hurdle; ``as_is``: sold to storage as it is. ``half_usd_per_kwh``: as ``own_usd_per_kwh`` if
    half of the line were built; ``own_credit``, ``other_credit``: part of the credit that capacity earns;
    ``noise``: the owner's factor on every gain; ``calm``: part of the value of waiting that contracts take away;
    ``may_change``, ``may_idle``, ``may_sell_as_is``.
    """

    status: Ints
    use: Ints
    own_usd_per_kwh: Floats
    half_usd_per_kwh: Floats
    change: Way
    as_is: Way
    to_start: Ints
    build_lag: int
    build_musd: float
    own_credit: Floats
    other_credit: Floats
    noise: Floats
    calm: Floats
    may_change: Bools
    may_idle: Bools
    may_sell_as_is: Bools


def line_values(seen: LineFacts, terms: WaitingTerms, table: WaitingTable | None, quarter: int) -> Floats:
    """Value of each action with each line, M$ per GWh/year, (lines, actions); minus infinity if it is not possible.

    Values count the fixed cost of a line that stands; nothing is left of a closed one. ``table`` gives the value of
    waiting, ``quarter`` is counted from its first; without a table waiting is worth nothing and a line is held only
    for what it earns as it is.
    """
    present = _Present(seen, terms)
    values = np.full((seen.status.size, len(LineAction)), -np.inf)
    for status, fill in (
        ((LineStatus.OPERATING, LineStatus.IDLE), _standing),
        ((LineStatus.BUILDING,), _building),
        ((LineStatus.ANNOUNCED,), _announced),
    ):
        hit = _is_any(seen.status, status)
        if hit.any():
            fill(values, hit, present, table, quarter)
    values[_is_any(seen.status, (LineStatus.CONVERTING, LineStatus.CLOSED)), LineAction.WAIT] = 0.0
    return values


def _is_any(status: Ints, wanted: Sequence[LineStatus]) -> Bools:
    """Lines of one of a few statuses, (lines,)."""
    return np.asarray(np.logical_or.reduce([status == each for each in wanted]))


class _Present:
    """Present values of what lines earn, M$ per GWh/year, (lines,)."""

    def __init__(self, seen: LineFacts, terms: WaitingTerms) -> None:
        self.seen, self.terms = seen, terms
        self.quarters = seen.own_usd_per_kwh.shape[1]
        self.factors = discount_factors(terms.discount_rate, self.quarters) / QUARTERS_PER_YEAR
        self.own = np.maximum(seen.own_usd_per_kwh, terms.upkeep)  # a line that would earn less stands idle

    @cached_property
    def from_now(self) -> Floats:
        """Of the present use from this quarter on; a line that earns less than upkeep stands idle."""
        return self.worth(self.own)

    @cached_property
    def for_ever(self) -> Floats:
        """Of running in the present use, whatever that earns."""
        return self.worth(self.seen.own_usd_per_kwh)

    def worth(self, earned: Floats) -> Floats:
        """Of earnings by coming quarter, less fixed cost."""
        return np.asarray((earned - self.terms.fixed) @ self.factors)

    def from_quarter(self, earned: Floats, first: Ints) -> Floats:
        """Of earnings by coming quarter, less fixed cost, from a quarter on."""
        coming = np.arange(self.quarters) >= first[:, None]
        return np.asarray(((earned - self.terms.fixed) * coming) @ self.factors)

    def changed(self, way: Way, base: Floats, begins: Ints, stops: Ints, old: Floats) -> Floats:
        """Of a line that goes another way: ``base`` without the change, plus its gain, less its cost."""
        new = np.maximum(way.earned_usd_per_kwh, self.terms.upkeep)
        gain = conversion_gain_musd_per_gwh_year(new, old, begins, stops, self.terms.discount_rate)
        return np.asarray(base + self.seen.noise * gain - way.cost_musd)


def _standing(values: Floats, hit: Bools, present: _Present, table: WaitingTable | None, quarter: int) -> None:
    """Lines that run or stand idle: go on, change, idle or restart, close."""
    seen, terms = present.seen, present.terms
    runs = (seen.status == LineStatus.OPERATING)[:, None]
    idle_flow = np.full_like(present.own, terms.upkeep)
    old = np.where(runs, present.own, idle_flow)
    base = present.worth(old)
    stops = np.where(runs[:, 0], seen.change.lag - seen.change.offline, 0)
    changed = present.changed(seen.change, base, seen.change.lag, stops, old)
    stops_as_is = np.where(runs[:, 0], seen.as_is.lag - seen.as_is.offline, 0)
    as_is = present.changed(seen.as_is, base, seen.as_is.lag, stops_as_is, old)
    changed = np.where(seen.may_change, changed, -np.inf)
    as_is = np.where(seen.may_change & seen.may_sell_as_is, as_is, -np.inf)
    running, idle = _kept(present, table, np.maximum(changed, as_is), quarter)
    may_stop = seen.may_idle
    wait = np.where(runs[:, 0], running, idle)
    to_storage = seen.use == Use.VEHICLES
    columns = {
        LineAction.WAIT: wait,
        LineAction.CONVERT: np.where(to_storage, changed, -np.inf),
        LineAction.CONVERT_BACK: np.where(to_storage, -np.inf, changed),
        LineAction.SELL_AS_IS: np.where(to_storage, as_is, -np.inf),
        LineAction.IDLE: np.where(runs[:, 0] & may_stop, idle, -np.inf),
        LineAction.RESTART: np.where(runs[:, 0], -np.inf, running - terms.restart),
        LineAction.CLOSE: np.where(may_stop, 0.0, -np.inf),
    }
    for action, worth in columns.items():
        values[hit, action] = worth[hit]


def _kept(present: _Present, table: WaitingTable | None, changed: Floats, quarter: int) -> tuple[Floats, Floats]:
    """Value of running and of standing idle this quarter, and of deciding later."""
    seen, terms = present.seen, present.terms
    year = np.arange(present.quarters) < QUARTERS_PER_YEAR
    running = present.worth(np.where(year, seen.own_usd_per_kwh, present.own))
    idle = present.worth(np.where(year, terms.upkeep, present.own))
    if table is None:
        return running, idle
    found = table.keep_values(quarter, present.for_ever, changed, seen.own_credit, seen.other_credit)
    calm = 1.0 - seen.calm
    return running + calm * np.maximum(found.running - running, 0.0), idle + calm * np.maximum(found.idle - idle, 0.0)


def _held(present: _Present, table: WaitingTable | None, planned: Floats, quarter: int) -> Floats:
    """Value of holding a plan whose going on now is worth ``planned``, and of deciding later."""
    if table is None:
        return np.full(planned.size, -present.terms.holding / QUARTERS_PER_YEAR)
    seen = present.seen
    credit = np.where(seen.use == Use.STORAGE, seen.own_credit, seen.other_credit)
    return table.keep_values(quarter, planned, planned, credit, credit).held


def _options(present: _Present, table: WaitingTable | None, quarter: int) -> Floats:
    """What the choices of a line under construction will be worth once it runs, over running for ever."""
    seen, terms = present.seen, present.terms
    if table is None:
        return np.zeros(seen.status.size)
    base = present.from_now
    changed = present.changed(seen.change, base, seen.change.lag, seen.change.lag - seen.change.offline, present.own)
    changed = np.where(seen.may_change, changed, -np.inf)
    keep = table.keep_values(quarter, present.for_ever, changed, seen.own_credit, seen.other_credit)
    return np.asarray(np.maximum(keep.running - base, 0.0) * terms.keeps**seen.to_start)


def _building(values: Floats, hit: Bools, present: _Present, table: WaitingTable | None, quarter: int) -> None:
    """Lines under construction: go on, delay, shrink, start for storage, cancel."""
    seen = present.seen
    left = seen.build_musd * np.minimum(seen.to_start / seen.build_lag, 1.0)
    full = present.from_quarter(present.own, seen.to_start)
    go_on = seen.noise * full - left + _options(present, table, quarter)
    half = present.from_quarter(np.maximum(seen.half_usd_per_kwh, present.terms.upkeep), seen.to_start)
    begins = np.maximum(seen.to_start, seen.change.lag)
    for_storage = present.from_quarter(np.maximum(seen.change.earned_usd_per_kwh, present.terms.upkeep), begins)
    for_storage = full + seen.noise * (for_storage - full) - left - seen.change.cost_musd
    for_storage = np.where(seen.may_change & (seen.use == Use.VEHICLES), for_storage, -np.inf)
    held = _held(present, table, np.maximum(go_on, for_storage), quarter)
    columns = {
        LineAction.WAIT: go_on,
        LineAction.START_STORAGE: for_storage,
        LineAction.SHRINK: SHRUNK * (seen.noise * half - left),
        LineAction.DELAY: held,
        LineAction.CLOSE: np.zeros(go_on.size),
    }
    for action, worth in columns.items():
        values[hit, action] = worth[hit]


def _announced(values: Floats, hit: Bools, present: _Present, table: WaitingTable | None, quarter: int) -> None:
    """Announced lines: hold the plan, start as planned or for storage, cancel."""
    seen = present.seen
    lag = np.full(seen.status.size, seen.build_lag)
    start = seen.noise * present.from_quarter(present.own, lag) - seen.build_musd
    other = np.maximum(seen.change.earned_usd_per_kwh, present.terms.upkeep)
    for_storage = seen.noise * present.from_quarter(other, lag) - seen.build_musd
    for_storage = np.where(seen.may_change & (seen.use == Use.VEHICLES), for_storage, -np.inf)
    columns = {
        LineAction.WAIT: _held(present, table, np.maximum(start, for_storage), quarter),
        LineAction.START: start,
        LineAction.START_STORAGE: for_storage,
        LineAction.CLOSE: np.zeros(start.size),
    }
    for action, worth in columns.items():
        values[hit, action] = worth[hit]
