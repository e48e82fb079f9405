"""A decision that changed a line, or was refused, and why (M14)."""

from dataclasses import dataclass
from enum import StrEnum

from agents.cells.line_decision import LineAction, LineSensing, LineStatus


class Reason(StrEnum):
    """Why a line changed; each compares a value with that of leaving the line as it is."""

    STORAGE_PAYS = "storage pays more"
    CARS_PAY = "cars pay more"
    WORTH_BUILDING = "worth building"
    CHEAPER_IDLE = "stands idle at less loss"
    EARNS_AGAIN = "earns more than it saves idle"
    NOT_WORTH_KEEPING = "keeping costs more than it may earn"
    NOT_WORTH_FINISHING = "not worth what is left to build"
    NOT_WORTH_PLANNING = "plan not worth what it costs to hold"
    WAITING_PAYS = "worth more if building waits"
    HALF_SELLS = "half of it sells better"
    PARTNER_VALUES_MORE = "worth more to the partner"
    NO_CAPITAL = "no capital"
    OTHER_RULE = "its rule, not its value"


_BY_ACTION = {
    LineAction.START: Reason.WORTH_BUILDING,
    LineAction.START_STORAGE: Reason.STORAGE_PAYS,
    LineAction.CONVERT: Reason.STORAGE_PAYS,
    LineAction.SELL_AS_IS: Reason.STORAGE_PAYS,
    LineAction.CONVERT_BACK: Reason.CARS_PAY,
    LineAction.IDLE: Reason.CHEAPER_IDLE,
    LineAction.RESTART: Reason.EARNS_AGAIN,
    LineAction.SELL: Reason.PARTNER_VALUES_MORE,
    LineAction.DELAY: Reason.WAITING_PAYS,
    LineAction.SHRINK: Reason.HALF_SELLS,
}
_OF_CLOSING = {
    LineStatus.BUILDING: Reason.NOT_WORTH_FINISHING,
    LineStatus.ANNOUNCED: Reason.NOT_WORTH_PLANNING,
}


def reason_of(seen: LineSensing, action: LineAction) -> Reason:
    """Why the owner of a line took an action; where nothing it sees speaks for it, its rule."""
    if not seen.gain_musd_per_gwh_year(action) > 0.0:
        return Reason.OTHER_RULE
    if action == LineAction.CLOSE:
        return _OF_CLOSING.get(seen.status, Reason.NOT_WORTH_KEEPING)
    return _BY_ACTION[action]


@dataclass(frozen=True)
class LineChange:
    """A decision that changed a line, money in M$; WAIT is a change that was wanted and could not be paid.

    ``gain_musd``: what the owner expected to gain over leaving the line as it is, ``keep_musd``: what that was worth;
    ``sold_by``: place of the seller that left a joint venture; the cost is then the price its partner pays.
    """

    line: int
    action: LineAction
    cost_musd: float
    gain_musd: float
    keep_musd: float
    reason: Reason
    sold_by: int | None = None
