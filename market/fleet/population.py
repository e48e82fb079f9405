"""The starting population: seats, classes, cars, ages and decision dates, stratified to reduce sampling error."""

from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.consumers import COLUMN_TYPES, NO_CAR
from agents.population.row_work import PIECE_ROWS, RowWork
from agents.random.streams import Purpose, stream_key, uniforms
from market.base import quarters, tables
from market.base.categories import HOMES, INCOMES, KINDS, SEGMENTS
from market.buyers.demand import taste_points
from market.buyers.parameters import Ownership
from market.exogenous.zones import Places
from market.fleet.dealers import DealerLot
from market.fleet.first_looks import first_look
from market.fleet.plain_start import StartTables

_START_YEAR = 2016
_NEW_CAR_AGE_YEARS = 8.0  # incomes differ in the age of their cars up to here: judgment
_RAKING_ROUNDS = 30
_STEP_PRIMES = np.array([2.0, 3.0, 5.0, 7.0, 11.0, 13.0])  # one for each stratified number a row uses
_MOST_OWNERSHIP_RATIO = 30.0  # bound on how much likelier a class is to own an early BEV


def seats_path(holding: Ownership, last_quarter: int) -> Floats:
    """Car-owning seats at the end of each quarter from the one before the first, shape (quarters + 1,).

    Registered cars less those at dealers, interpolated between year ends, then growing at a yearly rate.
    """
    fleet = tables.load("fleet_by_year")
    year_end = (fleet["year"].to_numpy() - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR + 3
    time = np.arange(-1, last_quarter + 1)
    cars = np.interp(time, year_end, fleet["cars"])
    later = np.maximum(0, time - year_end[-1]) / QUARTERS_PER_YEAR
    path = cars * (1.0 + holding.seats_growth) ** later - holding.dealer_stock_cars
    return np.maximum.accumulate(path)


@dataclass(frozen=True)
class StartingStock:
    """Cars of 2016 as shares.

    ``kind``: (zones, classes, kinds); ``segment``: (kinds, segments); ``age``: (kinds, incomes, years).
    """

    kind: Floats
    segment: Floats
    age: Floats


def class_shares(places: Places) -> Floats:
    """Share of a zone's seats in each class, shape (zones, classes): income x home charging x taste."""
    _, taste = taste_points(1.0)
    home = np.stack([1.0 - places.home_share, places.home_share], axis=1)
    joint = places.income_share[:, :, None, None] * home[:, None, :, None] * taste
    return np.asarray(joint.reshape(places.size, -1))


def starting_stock(places: Places, bev_ratio: Floats, taste_sd_kusd: float, alpha_powertrain: float) -> StartingStock:
    """Car ownership at the end of 2016.

    Early BEVs went to zones by registrations (``bev_ratio``, shape (zones,)) and to classes by taste
    and by income as recorded for new BEVs; segments and ages are national, ages tilted by income as
    new-car buying is.
    """
    kinds = tables.load("kinds_2016").set_index("kind")["cars"].loc[list(KINDS)].to_numpy(np.float64)
    share = class_shares(places) * places.seats[:, None] / places.seats.sum()
    people = tables.load("income_propensity").set_index("income_class").loc[list(INCOMES)]
    seats = (people["household_share"] * people["vehicles_per_household"]).to_numpy()
    seats = seats / seats.sum()
    taste, _ = taste_points(taste_sd_kusd)
    keen = np.exp(alpha_powertrain * taste)
    by_class = (people["share_of_new_bev_buyers"].to_numpy() / seats)[:, None, None] * np.ones((1, HOMES, 1)) * keen
    ratio = np.minimum(bev_ratio[:, None] * by_class.reshape(-1), _MOST_OWNERSHIP_RATIO)
    ratio = ratio / (share * ratio).sum()
    kind = np.empty((*share.shape, len(KINDS)))
    national = kinds / kinds.sum()
    kind[..., 1:3] = national[1:3]
    kind[..., 3:] = ratio[..., None] * national[3:]
    kind[..., 0] = 1.0 - kind[..., 1:].sum(axis=-1)
    segments = tables.load("fleet_segments").pivot(index="kind", columns="segment", values="share")
    ages = tables.load("kinds_2016_by_age").pivot(index="kind", columns="age_years", values="cars").loc[list(KINDS)]
    tilt = people["share_of_new_car_buyers"].to_numpy() / seats
    return StartingStock(
        kind, segments.loc[list(KINDS), list(SEGMENTS)].to_numpy(), _ages_by_income(ages.to_numpy(), tilt, seats)
    )


def _ages_by_income(cars: Floats, new_buying: Floats, seats: Floats) -> Floats:
    """Share by age for each kind and income, shape (kinds, incomes, years), raked to both margins."""
    years = np.arange(cars.shape[1])
    tilt = new_buying[:, None] ** np.maximum(0.0, 1.0 - years / _NEW_CAR_AGE_YEARS)
    joint = cars[:, None, :] * tilt * seats[:, None]
    for _ in range(_RAKING_ROUNDS):
        joint *= (cars / np.maximum(joint.sum(axis=1), 1e-300))[:, None, :]
        joint *= (seats * cars.sum(axis=1, keepdims=True) / joint.sum(axis=2))[..., None]
    return np.asarray(joint / joint.sum(axis=2, keepdims=True))


def class_edges(places: Places, rows: int) -> Ints:
    """First row of every zone and class and the end, shape (zones x classes + 1,): rounded running sums of shares."""
    share = (class_shares(places) * places.seats[:, None] / places.seats.sum()).reshape(-1)
    edges = np.rint(np.cumsum(share) * rows).astype(np.int64)
    edges[-1] = rows
    return np.append(0, edges)


def starting_columns(
    places: Places, holding: Ownership, stock: StartingStock, rows: int, path: Floats, seed: int, lease_share: float,
    work: RowWork,
) -> dict[str, NDArray[np.unsignedinteger]]:  # fmt: skip
    """Columns of all rows at the start of the first quarter, ordered by zone; ``COLUMN_TYPES`` names them.

    Computed piece by piece: a row's draws depend only on its number, so pieces do not change results.
    """
    edges, known = class_edges(places, rows), _start_tables(holding, stock, path, seed, lease_share)
    columns = {name: np.empty(rows, dtype=kind_of) for name, kind_of in COLUMN_TYPES.items()}
    classes = (edges.size - 1) // places.size
    start = import_module("market.fleet.compiled_start" if work.compiled else "market.fleet.plain_start").start

    def begin(piece: slice) -> None:
        first, last = np.searchsorted(edges, [piece.start, piece.stop - 1], side="right") - 1
        strata = np.arange(first, last + 1)
        borders = np.clip(edges[first : last + 2], piece.start, piece.stop)
        sizes = borders[1:] - borders[:-1]
        columns["zone"][piece] = np.repeat(strata // classes, sizes)
        columns["buyer_class"][piece] = np.repeat(strata % classes, sizes)
        start(piece.start, known, *(columns[name][piece] for name in COLUMN_TYPES))

    work.over(rows, begin)
    return columns


def _start_tables(holding: Ownership, stock: StartingStock, path: Floats, seed: int, lease_share: float) -> StartTables:
    overdue, wait = first_look(holding, lease_share)
    return StartTables(
        shift=uniforms(stream_key(seed, Purpose.POPULATION, 0), np.arange(_STEP_PRIMES.size)),
        step=np.sqrt(_STEP_PRIMES) % 1.0,
        path=path,
        kind=np.cumsum(stock.kind, axis=2),
        segment=np.cumsum(stock.segment, axis=1),
        age=np.cumsum(stock.age, axis=2),
        within_key=stream_key(seed, Purpose.POPULATION, 1),
        lease_quarters=int(holding.lease_years * QUARTERS_PER_YEAR),
        lease_share=lease_share,
        overdue=overdue,
        wait=wait,
    )


def starting_lot(columns: dict[str, NDArray[np.unsignedinteger]], cars: int) -> DealerLot:
    """Cars at dealers at the start: a copy of every so-many-th car on the road."""
    owned = [
        columns["car"][first : first + PIECE_ROWS] != NO_CAR for first in range(0, columns["car"].size, PIECE_ROWS)
    ]
    before = np.cumsum([0, *(int(piece.sum()) for piece in owned)])
    wanted = np.linspace(0, before[-1] - 1, cars).astype(np.int64)
    inside = np.split(wanted, np.searchsorted(wanted, before[1:-1]))
    chosen = np.concatenate([
        np.flatnonzero(piece)[ranks - before[at]] + at * PIECE_ROWS
        for at, (piece, ranks) in enumerate(zip(owned, inside, strict=True))
    ])  # fmt: skip
    return DealerLot(columns["car"][chosen], columns["age_quarters"][chosen])
