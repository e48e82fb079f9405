"""Drawn buyers who wait for a better BEV or pull a purchase forward (M3)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.population.consumers import Consumers
from agents.population.draws import KEEP, NEW
from agents.population.row_codes import Rows
from agents.random.streams import Purpose, stream_key
from market.base.clock import Clock
from market.buyers.waiting import AHEAD
from market.fleet.trades import Drawing, Drawn, all_of, income_of

_NOBODY = np.zeros(0, dtype=np.int32)

Mask = NDArray[np.bool_]


def wait(consumers: Consumers, drawn: Drawn, share: Floats, is_bev: Mask, clock: Clock) -> tuple[Drawn, Rows]:
    """Drawn buyers of BEVs who have a car and wait keep it; returns their rows too.

    ``share``: (incomes,) of them that wait; ``is_bev``: (products,).
    """
    if not share.any():
        return drawn, _NOBODY
    waits = _moved(consumers, drawn, share, is_bev, clock) & (drawn.own >= 0)
    kind = np.where(waits, KEEP, drawn.kind).astype(np.int8)
    return replace(drawn, kind=kind), drawn.rows[waits]


def hurry(consumers: Consumers, drawing: Drawing, share: Floats, is_bev: Mask, clock: Clock) -> Drawn:
    """Seats due within a year, the pool among them, whose draw is a BEV and who buy it now.

    ``drawing``: of the choices of these seats; ``share``: (incomes,) of them that buy now; ``is_bev``: (products,).
    """
    quarter = clock.quarter

    def hurrying(piece: slice) -> Drawn:
        due = consumers.due_of(piece, quarter, quarter + AHEAD)
        drawn = drawing.of_owners(due, consumers.kind_of(due))
        return drawn.picked(_moved(consumers, drawn, share, is_bev, clock))

    return all_of(consumers.work.over(consumers.size, hurrying))


def send_home(consumers: Consumers, rows: Rows, return_hazard: float, clock: Clock) -> int:
    """Waiting rows return with a constant hazard from the next quarter on; returns the number waiting."""
    draws = consumers.work.engine.uniforms(stream_key(clock.seed, Purpose.WAITING_TIME, clock.quarter), rows)
    longer = np.zeros(rows.size) if return_hazard >= 1.0 else np.floor(np.log(draws) / np.log(1.0 - return_hazard))
    consumers.start_waiting(rows, (clock.quarter + 1 + longer).astype(np.int64))
    return consumers.waiting(clock.quarter)


def _moved(consumers: Consumers, drawn: Drawn, share: Floats, is_bev: Mask, clock: Clock) -> Mask:
    """Drawn BEV buyers who wait, or pull forward, with the probability of their income class."""
    buys_bev = (drawn.kind == NEW) & is_bev[np.maximum(drawn.item, 0)]
    rows = drawn.rows[buys_bev]
    draws = consumers.work.engine.uniforms(stream_key(clock.seed, Purpose.WAITING, clock.quarter), rows)
    buys_bev[buys_bev] = draws < share[income_of(consumers, rows)]
    return np.asarray(buys_bev)
