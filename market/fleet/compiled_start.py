"""The starting population by a compiled loop, for large populations: the same bits as ``plain_start``."""

from math import floor

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_codes import LATEST_QUARTER, LESSEE, NO_CAR, OLDEST_QUARTERS, SLEEPING, Bytes, Column
from agents.random.compiled_streams import compiled, uniform_of
from market.base.categories import HOMES, SEGMENTS, TASTES
from market.fleet.plain_start import StartTables

_SEGMENTS, _CLASSES_AN_INCOME = len(SEGMENTS), HOMES * TASTES


@compiled()
def start(
    first: int, tables: StartTables, zone: Column, buyer_class: Bytes, car: Bytes, age: Bytes, decision: Bytes,
    flags: Bytes,
) -> None:  # fmt: skip
    """See ``plain_start.start``."""
    for place in range(zone.size):
        row = first + place
        entry = _below(tables.path, _spread(tables, row, 0) * tables.path[-1]) - 1
        if entry >= 0:
            car[place], age[place], flags[place] = NO_CAR, 0, SLEEPING
            decision[place] = min(entry, LATEST_QUARTER)
            continue
        kind = _pick(tables.kind[zone[place], buyer_class[place]], _spread(tables, row, 1))
        segment = _pick(tables.segment[kind], _spread(tables, row, 2))
        year = _pick(tables.age[kind, buyer_class[place] // _CLASSES_AN_INCOME], _spread(tables, row, 3))
        within = uniform_of(tables.within_key, row)
        quarter = min(int((year + within) * QUARTERS_PER_YEAR), OLDEST_QUARTERS)
        car[place], age[place], flags[place] = kind * _SEGMENTS + segment, quarter, 0
        draw = _spread(tables, row, 4)
        wait = 0
        if draw >= tables.overdue:
            rest = min(max((draw - tables.overdue) / (1.0 - tables.overdue), 0.0), 1.0)
            wait = int(np.searchsorted(tables.wait, rest))
        if quarter < tables.lease_quarters and _spread(tables, row, 5) < tables.lease_share:
            flags[place] = LESSEE
            wait = tables.lease_quarters - quarter
        decision[place] = min(wait, LATEST_QUARTER)


@compiled(inline="always")
def _spread(tables: StartTables, row: int, draw: int) -> float:
    number: float = tables.shift[draw] + row * tables.step[draw]
    return number - floor(number)


@compiled(inline="always")
def _below(edges: Floats, draw: float) -> int:
    below = 0
    while below < edges.size and edges[below] < draw:
        below += 1
    return below


@compiled(inline="always")
def _pick(running: Floats, draw: float) -> int:
    return min(_below(running, draw), running.size - 1)
