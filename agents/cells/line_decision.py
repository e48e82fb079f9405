"""Decisions about a line of a cell plant: the full choice set, from what its owner observes (M14)."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import ChangeKind, conversion_gain_musd_per_gwh_year, discount_factors

_RESTART_OVER_UPKEEP = 1.2  # restart only when a line earns a fifth more than it costs to run: judgment


class LineStatus(IntEnum):
    """Status of a line; a line that is canceled or closed stays so."""

    ANNOUNCED = 0
    BUILDING = 1
    OPERATING = 2
    CONVERTING = 3
    IDLE = 4
    CLOSED = 5


class Use(IntEnum):
    """Use of a line's cells."""

    VEHICLES = 0
    STORAGE = 1


class LineAction(IntEnum):
    """The choice set of a line; WAIT leaves it as it is, for an announced line that is a delay.

    SELL: instead of closing a line of a joint venture its owner leaves it to the partner.
    """

    WAIT = 0
    START = 1
    START_STORAGE = 2
    CONVERT = 3
    IDLE = 4
    RESTART = 5
    CONVERT_BACK = 6
    CLOSE = 7
    SELL = 8


@dataclass(frozen=True)
class Prospect:
    """What a use of a line promises: share of its capacity sold, and $/kWh with 45X by coming quarter (quarters,)."""

    sold_share: float
    margin_usd_per_kwh: Floats

    @property
    def next_year_usd_per_kwh(self) -> float:
        """Margin of the coming year on all capacity, $ for a kWh a year."""
        return self.sold_share * float(self.margin_usd_per_kwh[:QUARTERS_PER_YEAR].mean())

    def earned_usd_per_kwh(self, upkeep_usd_per_kwh: float) -> Floats:
        """Earned on all capacity by coming quarter, $ for a kWh a year; a line that earns less is idled."""
        return np.maximum(self.sold_share * self.margin_usd_per_kwh, upkeep_usd_per_kwh)

    def worth_musd_per_gwh_year(self, first_quarter: int, discount_rate: float) -> float:
        """Present value of a GWh a year of capacity that runs from a coming quarter on, M$."""
        value = discount_factors(discount_rate, self.margin_usd_per_kwh.size) / QUARTERS_PER_YEAR
        return self.sold_share * float((value * self.margin_usd_per_kwh)[first_quarter:].sum())


@dataclass(frozen=True)
class LineSensing:
    """What the owner of a line observes when it decides. Costs in M$ per GWh a year of capacity.

    ``own``, ``other``: prospects of the present and the other use; ``quarters_to_start``: of a line under construction;
    ``quarters_waited``: since it was announced or idled; ``build``: lag and cost of building it; ``noise_factor``: a
    factor near 1 on every gain, the owner's private error; ``may_idle``: capacity would not become scarce;
    ``partner_offers``: a partner would take it over.
    """

    status: LineStatus
    use: Use
    own: Prospect
    other: Prospect
    change: ChangeKind
    build: ChangeKind
    quarters_to_start: int
    quarters_waited: int
    patience_quarters: int
    upkeep_usd_per_kwh: float
    hurdle: float
    discount_rate: float
    noise_factor: float
    may_change: bool
    may_idle: bool
    partner_offers: bool = False


def change_gain_musd_per_gwh_year(seen: LineSensing) -> float:
    """G: gain of converting a line to its other use, by its status, M$ per GWh/year (M14).

    In either use a line may stand idle and save its upkeep when it would earn less.
    """
    own, other = (use.earned_usd_per_kwh(seen.upkeep_usd_per_kwh) for use in (seen.own, seen.other))
    lag, offline = seen.change.lag_quarters, seen.change.offline_quarters
    if seen.status == LineStatus.OPERATING:
        return conversion_gain_musd_per_gwh_year(other, own, 1.0, 1.0, lag, offline, seen.discount_rate)
    if seen.status == LineStatus.IDLE:
        own = np.full_like(own, seen.upkeep_usd_per_kwh)
    value = discount_factors(seen.discount_rate, own.size) / QUARTERS_PER_YEAR
    coming = np.arange(own.size)
    with_change = np.where(coming >= max(seen.quarters_to_start, lag), other, 0.0)
    without = np.where(coming >= seen.quarters_to_start, own, 0.0)
    return float((value * (with_change - without)).sum())


def decide_line(seen: LineSensing) -> LineAction:
    """Start as planned, delay, start as storage, convert, idle, restart, convert back, cancel or close (M14).

    A change is made if its gain exceeds the hurdle times its cost (Dixit and Pindyck 1994).
    """
    if seen.status in (LineStatus.CONVERTING, LineStatus.CLOSED):
        return LineAction.WAIT
    if seen.status == LineStatus.ANNOUNCED:
        return _decide_announced(seen)
    gain = change_gain_musd_per_gwh_year(seen) * seen.noise_factor
    if seen.may_change and gain > seen.hurdle * seen.change.cost_musd_per_gwh_year:
        if seen.status == LineStatus.BUILDING and seen.use == Use.VEHICLES:
            return LineAction.START_STORAGE
        if seen.status != LineStatus.BUILDING:
            return LineAction.CONVERT if seen.use == Use.VEHICLES else LineAction.CONVERT_BACK
    if seen.status == LineStatus.BUILDING:
        return LineAction.WAIT
    return _decide_running(seen) if seen.status == LineStatus.OPERATING else _decide_idle(seen)


def _decide_running(seen: LineSensing) -> LineAction:
    loses = seen.own.next_year_usd_per_kwh < seen.upkeep_usd_per_kwh
    return LineAction.IDLE if seen.may_idle and loses else LineAction.WAIT


def _decide_idle(seen: LineSensing) -> LineAction:
    pays = seen.own.next_year_usd_per_kwh > _RESTART_OVER_UPKEEP * seen.upkeep_usd_per_kwh
    if pays or not seen.may_idle:
        return LineAction.RESTART
    if seen.quarters_waited <= seen.patience_quarters:
        return LineAction.WAIT
    return LineAction.SELL if seen.partner_offers else LineAction.CLOSE


def _decide_announced(seen: LineSensing) -> LineAction:
    price = seen.hurdle * seen.build.cost_musd_per_gwh_year
    lag = seen.build.lag_quarters
    net = np.array(
        [
            seen.own.worth_musd_per_gwh_year(lag, seen.discount_rate) * seen.noise_factor - price,
            seen.other.worth_musd_per_gwh_year(lag, seen.discount_rate) * seen.noise_factor - price,
        ]
    )
    if not seen.may_change or seen.use == Use.STORAGE:
        net[1] = -np.inf
    if net.max() > 0:
        return LineAction.START if net[0] >= net[1] else LineAction.START_STORAGE
    return LineAction.CLOSE if seen.quarters_waited > seen.patience_quarters else LineAction.WAIT


class LineRule(Protocol):
    """How the owner of a line decides; called for one line at a time."""

    def __call__(self, seen: LineSensing) -> LineAction:
        """What to do with the line, given what its owner sees."""
        ...


def keep_planned_use(seen: LineSensing) -> LineAction:
    """As ``decide_line``, but a line never converts to another use."""
    return decide_line(replace(seen, may_change=False))


LINE_RULES: dict[str, LineRule] = {"option-value": decide_line, "planned-use": keep_planned_use}
"""Rules for cell lines by name."""
