"""Draws become trades: who buys what, which physical cars change hands, when everybody looks next (M1, M11, M20)."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from agents import ownership
from agents.choice import Floats, Ints, Nests
from agents.consumers import NO_CAR, Consumers
from agents.draws import KEEP, NEW, USED, draw_choices
from agents.luck import Purpose, stream_key, uniforms
from market.car_parameters import Ownership
from market.demand import Flows, Lookers
from market.used_cars import DealerLot, match_cars, served_buyers
from market.vocabulary import GOODS, car_type, good_of_car

_QUARTERS_PER_YEAR = 4


@dataclass(frozen=True)
class Present:
    """Rows in the market: ``due`` have a car and their time has come; ``carless`` must acquire one."""

    due: Ints
    carless: Ints


@dataclass(frozen=True)
class NewCars:
    """What a new car is: ``kind`` and ``segment`` (products,), the share served and the share leased (products,)."""

    kind: Ints
    segment: Ints
    served_share: Floats
    lease_share: Floats


@dataclass(frozen=True)
class Trades:
    """Trades carried out, counted in rows.

    ``new_row``, ``new_product``: (new buyers,); ``used_row``, ``used_good``: (used buyers,) with the good
    bought; ``sold_good``: (cars traded in,) their goods; ``rationed``: buyers who found nothing; ``kept``: lookers who
    kept their car.
    """

    new_row: Ints
    new_product: Ints
    used_row: Ints
    used_good: Ints
    sold_good: Ints
    rationed: int
    kept: int


@dataclass(frozen=True)
class Drawn:
    """What lookers were drawn to do: all arrays (lookers,).

    ``kind``: KEEP, NEW or USED; ``item``: the product or used good; ``car``, ``age_quarters`` and ``own``: the
    car they have and its good (-1: none); ``served``: whether they find what they want, at first those who keep.
    """

    rows: Ints
    kind: NDArray[np.int8]
    item: Ints
    car: Ints
    age_quarters: Ints
    own: Ints
    served: NDArray[np.bool_]

    def picked(self, chosen: NDArray[np.bool_]) -> "Drawn":
        """Some of the lookers; ``chosen``: (lookers,)."""
        return Drawn(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def joined(self, other: "Drawn") -> "Drawn":
        """These lookers and others after them."""
        both = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Drawn(*(np.concatenate(pair) for pair in both))


def draw(
    consumers: Consumers, present: Present, lookers: Lookers, flows: Flows, nests: Nests, hazard: float, seed: int,
    quarter: int,
) -> Drawn:  # fmt: skip
    """Draw every looker's choice; nothing is changed. A seat due looks with probability ``hazard``."""
    looks = uniforms(stream_key(seed, Purpose.LOOK, quarter), present.due) < hazard
    rows = np.concatenate([present.due[looks], present.carless])
    cell = np.concatenate([lookers.kind_cell[lookers.row_kind[looks]], lookers.row_cell])
    acquire = np.concatenate([flows.acquire[lookers.row_kind[looks]], np.ones(present.carless.size)])
    kind, item = draw_choices(flows.tables, nests, stream_key(seed, Purpose.CHOICE, quarter), rows, acquire, cell)
    car = consumers.columns["car"][rows].astype(np.int64)
    age = consumers.columns["age_quarters"][rows].astype(np.int64)
    own = np.where(car == NO_CAR, -1, good_of_car(np.where(car == NO_CAR, 0, car), age))
    return Drawn(rows, kind, item, car, age, own, kind == KEEP)


def serve(drawn: Drawn, lot: DealerLot, served_share: Floats, seed: int, quarter: int) -> Drawn:
    """Who of the drawn buyers finds a car; ``served_share``: (products,) share of demand delivered."""
    kind, item, own = drawn.kind, drawn.item, drawn.own
    luck = uniforms(stream_key(seed, Purpose.RATIONING, quarter), drawn.rows)
    served = kind == KEEP
    is_new, is_used = kind == NEW, kind == USED
    served[is_new] = luck[is_new] < served_share[item[is_new]]
    traded_by_new = own[served & is_new]
    others = np.bincount(traded_by_new[traded_by_new >= 0], minlength=GOODS)
    served[is_used] = served_buyers(item[is_used], own[is_used], lot.by_good(), others, luck[is_used])
    return replace(drawn, served=served)


def trade(
    consumers: Consumers, lot: DealerLot, drawn: Drawn, new_cars: NewCars, holding: Ownership, seed: int, quarter: int
) -> Trades:
    """Carry out what was drawn; columns and lot are changed in place.

    Buyers that find no car wait a quarter with the car they have; a seat due that did not look stays due.
    """
    dates = _Dates(holding, seed, quarter)
    rows, acquires = drawn.rows, drawn.kind != KEEP
    buys = drawn.served & acquires
    used, new = buys & (drawn.kind == USED), buys & (drawn.kind == NEW)
    sells = buys & (drawn.own >= 0)
    cars = np.concatenate([lot.car, drawn.car[sells]])
    ages = np.concatenate([lot.age_quarters, drawn.age_quarters[sells]])
    place, left = match_cars(drawn.item[used], cars, ages, stream_key(seed, Purpose.USED_MATCH, quarter))
    bought = np.zeros(place.size, dtype=np.bool_)
    consumers.give_car(rows[used], cars[place], ages[place], dates.after_used(rows[used]), bought)
    lot.car, lot.age_quarters = cars[left], ages[left]

    product = drawn.item[new]
    leased = uniforms(stream_key(seed, Purpose.LEASE, quarter), rows[new]) < new_cars.lease_share[product]
    new_type = car_type(new_cars.kind[product], new_cars.segment[product])
    consumers.give_car(rows[new], new_type, np.zeros_like(new_type), dates.after_new(rows[new], leased), leased)
    kept = rows[~acquires]
    consumers.postpone(kept, dates.after_keeping(kept))
    waits = rows[acquires & ~drawn.served & (drawn.own >= 0)]
    consumers.postpone(waits, np.full(waits.size, quarter + 1))
    rationed = int((acquires & ~drawn.served).sum())
    return Trades(rows[new], product, rows[used], drawn.item[used], drawn.own[sells], rationed, kept.size)


class _Dates:
    """When a row looks next, keyed by row and quarter."""

    def __init__(self, holding: Ownership, seed: int, quarter: int) -> None:
        self._holding = holding
        self._key = stream_key(seed, Purpose.HOLDING, quarter)
        self._quarter = quarter

    def _drawn(self, rows: Ints, mean_years: float) -> Ints:
        luck = uniforms(self._key, rows)
        return self._quarter + ownership.holding_quarters(
            luck, mean_years * _QUARTERS_PER_YEAR, self._holding.hold_shape
        )

    def after_used(self, rows: Ints) -> Ints:
        """After buying a used car."""
        return self._drawn(rows, self._holding.hold_used_years)

    def after_new(self, rows: Ints, leased: NDArray[np.bool_]) -> Ints:
        """After buying or leasing a new car."""
        lease_end = self._quarter + int(self._holding.lease_years * _QUARTERS_PER_YEAR)
        return np.where(leased, lease_end, self._drawn(rows, self._holding.hold_new_years))

    def after_keeping(self, rows: Ints) -> Ints:
        """After looking and keeping."""
        luck = uniforms(self._key, rows)
        wait = ownership.look_again_quarters(luck, self._holding.look_again_low, self._holding.look_again_high)
        return self._quarter + wait
