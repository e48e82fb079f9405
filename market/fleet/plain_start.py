"""The starting population in NumPy, for small populations and as the reference for ``compiled_start``."""

from typing import NamedTuple

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_codes import LATEST_QUARTER, LESSEE, NO_CAR, OLDEST_QUARTERS, SLEEPING, Bytes, Column
from agents.random.streams import uniforms
from market.base.categories import HOMES, SEGMENTS, TASTES


class StartTables(NamedTuple):
    """What seats start from. Shares are running sums over their last axis.

    ``shift``, ``step``: (draws,) of the stratified numbers; ``path``: seats at the end of each quarter, from the one
    before the first; ``kind`` (zones, classes, kinds), ``segment`` (kinds, segments), ``age`` (kinds, incomes,
    years); ``overdue``: share of seats due already; ``wait``: running share of seats by quarters still to go.
    """

    shift: Floats
    step: Floats
    path: Floats
    kind: Floats
    segment: Floats
    age: Floats
    within_key: np.uint64
    lease_quarters: int
    lease_share: float
    overdue: float
    wait: Floats


def stratified(rows: Ints, shift: Floats, step: Floats) -> Floats:
    """Evenly spread numbers in (0, 1), shape (rows, draws), for row numbers: a Kronecker sequence with a keyed shift.

    Adjacent rows, which are similar, cover every dimension evenly (Richtmyer 1951).
    """
    return np.asarray((shift + rows[:, None] * step) % 1.0)


def start(
    first: int, tables: StartTables, zone: Column, buyer_class: Bytes, car: Bytes, age: Bytes, decision: Bytes,
    flags: Bytes,
) -> None:  # fmt: skip
    """Fill the columns of rows from ``first`` on, given their zones and classes; all shape (rows,)."""
    rows = np.arange(first, first + zone.size)
    draws = stratified(rows, tables.shift, tables.step)
    entry = np.searchsorted(tables.path, draws[:, 0] * tables.path[-1], side="left") - 1
    asleep = entry >= 0
    kind = _pick(tables.kind[zone, buyer_class], draws[:, 1])
    segment = _pick(tables.segment[kind], draws[:, 2])
    year = _pick(tables.age[kind, buyer_class // (HOMES * TASTES)], draws[:, 3])
    within = uniforms(tables.within_key, rows)
    quarter = np.minimum(((year + within) * QUARTERS_PER_YEAR).astype(np.int64), OLDEST_QUARTERS)
    leased = (quarter < tables.lease_quarters) & (draws[:, 5] < tables.lease_share) & ~asleep
    rest = np.clip((draws[:, 4] - tables.overdue) / (1.0 - tables.overdue), 0.0, 1.0)
    wait = np.where(draws[:, 4] < tables.overdue, 0, np.searchsorted(tables.wait, rest))
    date = np.where(asleep, entry, np.where(leased, tables.lease_quarters - quarter, wait))
    car[:] = np.where(asleep, NO_CAR, kind * len(SEGMENTS) + segment)
    age[:] = np.where(asleep, 0, quarter)
    decision[:] = np.minimum(date, LATEST_QUARTER)
    flags[:] = np.where(asleep, SLEEPING, 0) | np.where(leased, LESSEE, 0)


def _pick(running: Floats, draws: Floats) -> Ints:
    """Place at which the running sum of shares passes a uniform number; running (rows, members), draws (rows,)."""
    return np.asarray(np.minimum((running < draws[:, None]).sum(axis=1), running.shape[1] - 1))
