"""The population at the start: seats, classes, cars, ages and decision dates, stratified to keep luck small (B0)."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray

from agents import ownership
from agents.choice import Floats, Ints
from agents.consumers import COLUMN_TYPES, LATEST_QUARTER, LESSEE, NO_CAR, OLDEST_QUARTERS, SLEEPING
from agents.luck import Purpose, stream_key, uniforms
from market import quarters, tables
from market.places import Places
from market.scenario import Scenario
from market.used_cars import DealerLot
from market.vocabulary import HOMES, INCOMES, KINDS, SEGMENTS, TASTES

_START_YEAR = 2016
_NEW_CAR_AGE_YEARS = 8.0  # incomes differ in the age of their cars up to here: judgement
_RAKING_ROUNDS = 30
_BLOCK_ROWS = 2_000_000  # rows worked out at a time, to bound memory at full scale
_STEP_PRIMES = np.array([2.0, 3.0, 5.0, 7.0, 11.0, 13.0])  # one for each stratified number a row uses
_MOST_OWNERSHIP_RATIO = 30.0  # bound on how much likelier a class is to own an early battery car


def taste_points(sd_kusd: float) -> tuple[Floats, Floats]:
    """Points, k$, and weights of a five-point Gauss-Hermite rule for N(0, sd^2), shapes (tastes,)."""
    points, weights = hermegauss(TASTES)
    return np.asarray(points * sd_kusd), np.asarray(weights / weights.sum())


def seats_path(scenario: Scenario, last_quarter: int) -> Floats:
    """Car-owning seats at the end of each quarter from the one before the first, shape (quarters + 1,).

    Registered cars less those at dealers, interpolated between year ends, then growing at a yearly rate.
    """
    fleet = tables.load("fleet_by_year")
    year_end = (fleet["year"].to_numpy() - quarters.FIRST_YEAR) * quarters.QUARTERS_PER_YEAR + 3
    time = np.arange(-1, last_quarter + 1)
    cars = np.interp(time, year_end, fleet["cars"])
    later = np.maximum(0, time - year_end[-1]) / quarters.QUARTERS_PER_YEAR
    path = cars * (1.0 + scenario.ownership.seats_growth) ** later - scenario.ownership.dealer_stock_cars
    return np.maximum.accumulate(path)


def stratified(rows: Ints, key: np.uint64) -> Floats:
    """Evenly spread numbers in (0, 1), shape (rows, draws), for row numbers: a Kronecker sequence with a keyed shift.

    Neighbouring rows, which are alike, cover every dimension evenly (Richtmyer 1951).
    """
    steps = np.sqrt(_STEP_PRIMES) % 1.0
    shift = uniforms(key, np.arange(_STEP_PRIMES.size))
    return np.asarray((shift + rows[:, None] * steps) % 1.0)


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


def starting_stock(places: Places, scenario: Scenario, bev_ratio: Floats) -> StartingStock:
    """Who owned what at the end of 2016.

    Early battery cars went to zones by registrations (``bev_ratio``, shape (zones,)) and to classes by taste
    and by income as recorded for new battery cars; segments and ages are national, ages tilted by income as
    new-car buying is.
    """
    kinds = tables.load("kinds_2016").set_index("kind")["cars"].loc[list(KINDS)].to_numpy(np.float64)
    share = class_shares(places) * places.seats[:, None] / places.seats.sum()
    people = tables.load("income_propensity").set_index("income_class").loc[list(INCOMES)]
    seats = (people["household_share"] * people["vehicles_per_household"]).to_numpy()
    seats = seats / seats.sum()
    taste, _ = taste_points(scenario.buyers.taste_sd_kusd)
    keen = np.exp(scenario.buyers.alpha_powertrain * taste)
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


def rows_by_class(places: Places, rows: int) -> tuple[Ints, Ints]:
    """Zone and class of every row, ordered by zone, by rounding the running sum of shares; shapes (rows,)."""
    share = (class_shares(places) * places.seats[:, None] / places.seats.sum()).reshape(-1)
    edges = np.rint(np.cumsum(share) * rows).astype(np.int64)
    edges[-1] = rows
    code = np.repeat(np.arange(share.size), np.diff(edges, prepend=0))
    classes = share.size // places.size
    return code // classes, code % classes


def starting_columns(
    places: Places, scenario: Scenario, stock: StartingStock, rows: int, path: Floats, seed: int, lease_share: float
) -> dict[str, NDArray[np.unsignedinteger]]:
    """Columns of all rows at the start of the first quarter; see ``agents.consumers.COLUMN_TYPES``.

    Worked out block by block: a row's luck depends on its number alone, so blocks change nothing.
    """
    zone, buyer_class = rows_by_class(places, rows)
    columns = {name: np.empty(rows, dtype=kind_of) for name, kind_of in COLUMN_TYPES.items()}
    for first in range(0, rows, _BLOCK_ROWS):
        block = slice(first, min(first + _BLOCK_ROWS, rows))
        numbers = np.arange(block.start, block.stop)
        part = _start_block(numbers, zone[block], buyer_class[block], scenario, stock, path, seed, lease_share)
        for name, values in part.items():
            columns[name][block] = values
    return columns


def _start_block(
    rows: Ints, zone: Ints, buyer_class: Ints, scenario: Scenario, stock: StartingStock, path: Floats, seed: int,
    lease_share: float,
) -> dict[str, Ints]:  # fmt: skip
    """Columns of the rows with these numbers, all shape (rows,)."""
    luck = stratified(rows, stream_key(seed, Purpose.POPULATION, 0))
    income = buyer_class // (HOMES * TASTES)
    entry = np.searchsorted(path, luck[:, 0] * path[-1], side="left") - 1
    asleep = entry >= 0
    kind = _pick(stock.kind[zone, buyer_class], luck[:, 1])
    segment = _pick(stock.segment[kind], luck[:, 2])
    year = _pick(stock.age[kind, income], luck[:, 3])
    within = uniforms(stream_key(seed, Purpose.POPULATION, 1), rows)
    age = np.minimum(((year + within) * quarters.QUARTERS_PER_YEAR).astype(np.int64), OLDEST_QUARTERS)
    holding = scenario.ownership
    lease_quarters = int(holding.lease_years * quarters.QUARTERS_PER_YEAR)
    leased = (age < lease_quarters) & (luck[:, 5] < lease_share) & ~asleep
    between_looks = quarters.QUARTERS_PER_YEAR / holding.looks_per_year
    wait = _first_decision(luck[:, 4], between_looks, holding.hold_shape, holding.look_share)
    decision = np.where(asleep, entry, np.where(leased, lease_quarters - age, wait))
    return {
        "zone": zone,
        "buyer_class": buyer_class,
        "car": np.where(asleep, NO_CAR, kind * len(SEGMENTS) + segment),
        "age_quarters": np.where(asleep, 0, age),
        "next_decision": np.minimum(decision, LATEST_QUARTER),
        "flags": np.where(asleep, SLEEPING, 0) | np.where(leased, LESSEE, 0),
    }


def _first_decision(luck: Floats, mean_quarters: float, shape: float, look_share: float) -> Ints:
    """Quarters to the first decision, shape (rows,): some seats are due already and have not looked yet."""
    late_quarters = 1.0 / look_share - 1.0
    overdue = late_quarters / (mean_quarters + late_quarters)
    rest = np.clip((luck - overdue) / (1.0 - overdue), 0.0, 1.0)
    return np.where(luck < overdue, 0, ownership.residual_quarters(rest, mean_quarters, shape))


def _pick(shares: Floats, luck: Floats) -> Ints:
    """Place at which the running sum of shares passes a uniform number; shares (rows, members), luck (rows,)."""
    below = (np.cumsum(shares, axis=1) < luck[:, None]).sum(axis=1)
    return np.asarray(np.minimum(below, shares.shape[1] - 1))


def starting_lot(columns: dict[str, NDArray[np.unsignedinteger]], cars: int) -> DealerLot:
    """Cars at dealers at the start: a copy of every so-many-th car on the road."""
    owners = np.flatnonzero(columns["car"] != NO_CAR)
    chosen = owners[np.linspace(0, owners.size - 1, cars).astype(np.int64)]
    car = columns["car"][chosen].astype(np.int64)
    return DealerLot(car, columns["age_quarters"][chosen].astype(np.int64))
