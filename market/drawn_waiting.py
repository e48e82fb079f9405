"""Drawn buyers who wait for a better battery car, or hurry before a worse one (M3)."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.draws import KEEP, NEW
from agents.luck import Purpose, stream_key, uniforms
from market.trades import Drawing, Drawn, all_of
from market.waiting_buyers import AHEAD, Ahead

if TYPE_CHECKING:
    from market.drawn_fleet import DrawnFleet
    from market.model import Market

_NOBODY = np.zeros(0, dtype=np.int64)


def wait(market: "Market", drawn: Drawn, fleet: "DrawnFleet") -> tuple[Drawn, Ints]:
    """Drawn buyers of battery cars who have a car and wait keep it; returns their rows too."""
    share = market.waiting.waiting_share(market)
    if not share.any():
        return drawn, _NOBODY
    waits = _moved(market, drawn, share, fleet) & (drawn.own >= 0)
    kind = np.where(waits, KEEP, drawn.kind).astype(np.int8)
    return replace(drawn, kind=kind), drawn.rows[waits]


def hurry(market: "Market", ahead: Ahead, share: Floats, fleet: "DrawnFleet") -> Drawn:
    """Seats due within a year, the pool among them, whose draw is a battery car and who buy it now.

    ``share``: (incomes,) of them that do.
    """
    consumers, quarter = fleet.consumers, market.quarter
    drawing = Drawing(consumers, ahead.lookers, ahead.outcome.flows, market.nests, 1.0, market.seed, quarter)

    def hurrying(piece: slice) -> Drawn:
        drawn = drawing.of_owners(consumers.due_of(piece, quarter, quarter + AHEAD))
        return drawn.picked(_moved(market, drawn, share, fleet))

    return all_of(consumers.work.over(consumers.size, hurrying))


def send_home(market: "Market", rows: Ints, fleet: "DrawnFleet") -> float:
    """Those who wait look again with a constant hazard, from the next quarter on; returns all that wait, real seats."""
    consumers, hazard = fleet.consumers, market.parameters.trust.return_hazard
    luck = uniforms(stream_key(market.seed, Purpose.WAITING_TIME, market.quarter), rows)
    longer = np.zeros(rows.size) if hazard >= 1.0 else np.floor(np.log(luck) / np.log(1.0 - hazard))
    consumers.start_waiting(rows, (market.quarter + 1 + longer).astype(np.int64))
    return consumers.waiting(market.quarter).size * fleet.weight


def _moved(market: "Market", drawn: Drawn, share: Floats, fleet: "DrawnFleet") -> NDArray[np.bool_]:
    """Drawn buyers of battery cars whose luck makes them wait or hurry, by their income's share."""
    buys_bev = (drawn.kind == NEW) & market.products.is_bev[np.maximum(drawn.item, 0)]
    rows = drawn.rows[buys_bev]
    luck = uniforms(stream_key(market.seed, Purpose.WAITING, market.quarter), rows)
    buys_bev[buys_bev] = luck < share[fleet.income_of(rows)]
    return np.asarray(buys_bev)
