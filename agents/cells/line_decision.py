"""Decisions about a line of a cell plant: the full choice set, from what its owner observes (M14)."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import ChangeKind


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
    """The choice set of a line; WAIT leaves it as it is: a line under construction goes on, an announced one waits.

    SELL: the owner leaves a line of a joint venture to the partner. DELAY: building rests for a while; SHRINK: only
    half of the line is built. SELL_AS_IS: storage gets the cells the line makes for cars, in other racks.
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
    DELAY = 9
    SHRINK = 10
    SELL_AS_IS = 11


CONVERSIONS = (LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.SELL_AS_IS)
"""Actions that give a line another use."""
_TO_CONVERSIONS = np.isin(np.arange(len(LineAction)), CONVERSIONS)


@dataclass(frozen=True)
class Prospect:
    """What a use of a line promises by coming quarter, (quarters,): share of capacity sold, and $/kWh with 45X."""

    sold_share: Floats
    margin_usd_per_kwh: Floats

    @property
    def next_year_usd_per_kwh(self) -> float:
        """Margin of the coming year on all capacity, $ for a kWh a year."""
        return float((self.sold_share * self.margin_usd_per_kwh)[:QUARTERS_PER_YEAR].mean())


@dataclass(frozen=True)
class LineSensing:
    """What the owner of a line observes when it decides.

    ``own``, ``other``: prospects of the present and the other use; ``change``, ``build``: lag and cost of converting
    and of building it; ``quarters_to_start``: of a line under construction. ``values_musd_per_gwh_year``: what it
    expects every ``LineAction`` to be worth, M$ per GWh/year less all costs, with its private error, minus infinity
    where the action is not possible; that of WAIT holds all that may be decided later. ``may_change``,
    ``may_idle``: contracts and cars' cells allow it; ``partner_offers``: a partner would take it over.
    """

    status: LineStatus
    use: Use
    own: Prospect
    other: Prospect
    change: ChangeKind
    build: ChangeKind
    quarters_to_start: int
    values_musd_per_gwh_year: Floats
    may_change: bool
    may_idle: bool
    partner_offers: bool = False

    def gain_musd_per_gwh_year(self, action: LineAction) -> float:
        """What an action is worth more than to leave the line as it is and decide later."""
        return float(self.values_musd_per_gwh_year[action] - self.values_musd_per_gwh_year[LineAction.WAIT])


def decide_line(seen: LineSensing) -> LineAction:
    """What is worth most; in doubt nothing, which keeps all choices open (Dixit and Pindyck 1994)."""
    return LineAction(int(np.argmax(seen.values_musd_per_gwh_year)))


class LineRule(Protocol):
    """How the owner of a line decides; called for one line at a time."""

    def __call__(self, seen: LineSensing) -> LineAction:
        """What to do with the line, given what its owner sees."""
        ...


def keep_planned_use(seen: LineSensing) -> LineAction:
    """As ``decide_line``, but a line never converts to another use."""
    possible = np.where(_TO_CONVERSIONS, -np.inf, seen.values_musd_per_gwh_year)
    return decide_line(replace(seen, values_musd_per_gwh_year=possible))


LINE_RULES: dict[str, LineRule] = {"option-value": decide_line, "planned-use": keep_planned_use}
"""Rules for cell lines by name."""
