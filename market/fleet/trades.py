"""From draws to trades: purchases, physical cars that change hands, next decision dates (M1, M11, M20)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.buyers import ownership
from agents.buyers.choice import Nests
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.consumers import Consumers
from agents.population.draws import KEEP, NEW, USED, odds_of
from agents.population.row_codes import Change, Rows
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key
from market.base.categories import GOODS, HOMES, TASTES, car_type
from market.buyers.demand import Flows, InMarket
from market.buyers.parameters import Ownership
from market.fleet.dealers import DealerLot, match_cars, served_buyers


@dataclass(frozen=True)
class Present:
    """Rows in the market: ``due`` have a car and their time has come; ``carless`` must acquire one.

    ``kind``: place of those due in (zones x classes x goods); ``stratum``: of the others in (zones x classes).
    """

    due: Rows
    kind: Rows
    carless: Rows
    stratum: Rows


@dataclass(frozen=True)
class NewCars:
    """What a new car is: ``kind`` and ``segment`` (products,), the share served and the share leased (products,).

    ``waiting_share``: (products,) of the buyers who get none, those who wait for the next quarter.
    """

    kind: Ints
    segment: Ints
    served_share: Floats
    lease_share: Floats
    waiting_share: Floats

    @property
    def gives_up_share(self) -> Floats:
        """Share of the buyers of each product that get none and do not wait for it, (products,)."""
        return (1.0 - self.served_share) * (1.0 - self.waiting_share)


@dataclass(frozen=True)
class Trades:
    """Trades carried out, counted in rows.

    ``new_row``, ``new_product``: (new buyers,); ``used_row``, ``used_good``: (used buyers,) with the good
    bought; ``sold_good``: (cars traded in,) their goods; ``rationed``: buyers who found nothing; ``kept``: owners in
    the market who kept their car; ``changes``: of what ``Consumers.tally`` counts.
    """

    new_row: Rows
    new_product: NDArray[np.integer]
    used_row: Rows
    used_good: NDArray[np.integer]
    sold_good: NDArray[np.integer]
    rationed: int
    kept: int
    changes: Sequence[Change]


@dataclass(frozen=True)
class Drawn:
    """Drawn choices of rows in the market: all arrays (rows,).

    ``kind``: KEEP, NEW or USED; ``item``: the product or used good; ``own``: the good they have (-1: none);
    ``served``: whether they find what they want, at first those who keep.
    """

    rows: Rows
    kind: NDArray[np.int8]
    item: NDArray[np.integer]
    own: NDArray[np.integer]
    served: NDArray[np.bool_]

    def picked(self, chosen: NDArray[np.bool_] | slice) -> "Drawn":
        """Some of the rows; ``chosen``: (rows,), or a piece of them."""
        return Drawn(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def joined(self, other: "Drawn") -> "Drawn":
        """These rows followed by others."""
        return all_of([self, other])

    def waits(self, new_cars: NewCars, key: np.uint64, work: RowWork) -> NDArray[np.bool_]:
        """Which of these rows, who found no car, wait a quarter; ``key``: of the draws that served others, (rows,)."""
        waits: NDArray[np.bool_] = self.kind != NEW
        item = self.item[~waits]
        draws: Floats = work.engine.uniforms(key, self.rows[~waits])
        served = new_cars.served_share[item]
        waits[~waits] = draws < served + (1.0 - served) * new_cars.waiting_share[item]
        return waits


def all_of(parts: Iterable[Drawn]) -> Drawn:
    """Rows of all parts, in order."""
    parts = list(parts)
    return Drawn(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Drawn)))


def income_of(consumers: Consumers, rows: Rows) -> Ints:
    """Income class of rows, same shape."""
    return np.asarray(consumers.columns["buyer_class"][rows].astype(np.int64) // (HOMES * TASTES))


def draw(
    consumers: Consumers, present: Present, in_market: InMarket, flows: Flows, nests: Nests, hazard: float, seed: int,
    quarter: int,
) -> Drawn:  # fmt: skip
    """Draw every choice; nothing is changed. An owner due enters the market with probability ``hazard``."""
    drawing = Drawing(consumers, in_market, flows, nests, hazard, seed, quarter)
    work = consumers.work
    due, kind, carless, stratum = present.due, present.kind, present.carless, present.stratum
    owners = work.over(due.size, lambda piece: drawing.of_owners(due[piece], kind[piece]))
    others = work.over(carless.size, lambda piece: drawing.of_carless(carless[piece], stratum[piece]))
    return all_of([*owners, *others])


class Drawing:
    """Draws the choices of a quarter for rows in the market."""

    def __init__(
        self,
        consumers: Consumers,
        in_market: InMarket,
        flows: Flows,
        nests: Nests,
        hazard: float,
        seed: int,
        quarter: int,
    ) -> None:
        self._engine = consumers.work.engine
        self._acquire, self._stratum = in_market.by_code(flows.acquire)
        self._odds = odds_of(flows.tables, nests)
        self._hazard = hazard
        self._looks = stream_key(seed, Purpose.LOOK, quarter)
        self._choices = stream_key(seed, Purpose.CHOICE, quarter)

    def of_owners(self, rows: Rows, kind: Rows) -> Drawn:
        """Those of rows with a car that look; ``kind``: (rows,) place in (zones x classes x goods)."""
        looks = self._engine.uniforms(self._looks, rows) < self._hazard
        rows, kind = rows[looks], kind[looks]
        stratum, own = np.divmod(kind, np.int32(GOODS))
        return self._drawn(rows, self._acquire[kind], stratum, own.astype(np.int16))

    def of_carless(self, rows: Rows, stratum: Rows) -> Drawn:
        """Rows without a car: all look and acquire; ``stratum``: (rows,) place in (zones x classes)."""
        return self._drawn(rows, np.ones(rows.size), stratum, np.full(rows.size, -1, dtype=np.int16))

    def _drawn(self, rows: Rows, acquire: Floats, stratum: Rows, own: NDArray[np.int16]) -> Drawn:
        kind, item = self._engine.choose(self._choices, rows, acquire, self._stratum[stratum], self._odds)
        return Drawn(rows, kind, item, own, kind == KEEP)


def serve(drawn: Drawn, lot: DealerLot, served_share: Floats, seed: int, quarter: int, work: RowWork) -> Drawn:
    """Who of the drawn buyers finds a car; ``served_share``: (products,) share of demand delivered."""
    kind, item, own = drawn.kind, drawn.item, drawn.own
    key, served = stream_key(seed, Purpose.RATIONING, quarter), kind == KEEP

    def serve_new(piece: slice) -> tuple[Ints, Ints]:
        is_new = np.flatnonzero(kind[piece] == NEW) + piece.start
        served[is_new] = work.engine.uniforms(key, drawn.rows[is_new]) < served_share[item[is_new]]
        traded = own[is_new[served[is_new]]]
        return np.bincount(traded[traded >= 0], minlength=GOODS), np.flatnonzero(kind[piece] == USED) + piece.start

    others, want_used = zip(*work.over(kind.size, serve_new), strict=True)
    is_used = np.concatenate(want_used)

    def draws(some: Ints) -> Floats:
        numbers: Floats = work.engine.uniforms(key, drawn.rows[is_used[some]])
        return numbers

    served[is_used] = served_buyers(item[is_used], own[is_used], lot.by_good(), np.sum(others, axis=0), draws)
    return replace(drawn, served=served)


def trade(
    consumers: Consumers, lot: DealerLot, drawn: Drawn, new_cars: NewCars, holding: Ownership, seed: int, quarter: int
) -> Trades:
    """Carry out what was drawn; columns and lot are changed in place.

    Buyers that find no car keep the car they have: a quarter if they wait, else until the date of those who keep. A
    seat due that did not look stays due.
    """
    work = consumers.work
    dates = _Dates(holding, seed, quarter, work)
    rows = drawn.rows
    used, new, sold_car, sold_age, sold_good = _served(consumers, drawn)
    new_type = car_type(new_cars.kind, new_cars.segment).astype(np.uint8)
    cars, ages = np.concatenate([lot.car, sold_car]), np.concatenate([lot.age_quarters, sold_age])
    place, left = match_cars(drawn.item[used], cars, ages, stream_key(seed, Purpose.USED_MATCH, quarter), work)

    def buy_used(piece: slice) -> Change:
        buyers, bought = rows[used[piece]], place[piece]
        nobody = np.zeros(bought.size, dtype=np.bool_)
        return consumers.give_car(buyers, cars[bought], ages[bought], dates.after_used(buyers), nobody)

    def buy_new(piece: slice) -> Change:
        buyers, product = rows[new[piece]], drawn.item[new[piece]]
        draws = work.engine.uniforms(stream_key(seed, Purpose.LEASE, quarter), buyers)
        leased = draws < new_cars.lease_share[product]
        bought = new_type[product]
        return consumers.give_car(buyers, bought, np.zeros_like(bought), dates.after_new(buyers, leased), leased)

    changes = work.over(used.size, buy_used)
    lot.car, lot.age_quarters = cars[left], ages[left]
    changes += work.over(new.size, buy_new)
    rationed, kept = _go_without(consumers, drawn, new_cars, dates, seed, quarter)
    return Trades(rows[new], drawn.item[new], rows[used], drawn.item[used], sold_good, rationed, kept, changes)


def _served(consumers: Consumers, drawn: Drawn) -> list[NDArray[Any]]:
    """Places of buyers of used and new cars who find one; types, ages and goods of the cars that they trade in."""
    car, age = consumers.columns["car"], consumers.columns["age_quarters"]

    def served(piece: slice) -> tuple[NDArray[Any], ...]:
        kind, own = drawn.kind[piece], drawn.own[piece]
        buys = drawn.served[piece] & (kind != KEEP)
        used, new = ((np.flatnonzero(buys & (kind == each)) + piece.start).astype(np.int32) for each in (USED, NEW))
        sells = buys & (own >= 0)
        sellers = drawn.rows[piece][sells]
        return used, new, car[sellers], age[sellers], own[sells]

    pieces = consumers.work.over(drawn.rows.size, served)
    return [np.concatenate(parts) for parts in zip(*pieces, strict=True)]


def _go_without(
    consumers: Consumers, drawn: Drawn, new_cars: NewCars, dates: "_Dates", seed: int, quarter: int
) -> tuple[int, int]:
    """Set the dates of owners who keep their car, because they found none or want to; returns how many either was."""
    work, key = consumers.work, stream_key(seed, Purpose.RATIONING, quarter)

    def postpone(piece: slice) -> tuple[int, int]:
        mine = drawn.picked(piece)
        wants_to = mine.kind == KEEP
        in_vain = ~wants_to & ~mine.served
        unserved = in_vain & (mine.own >= 0)
        waits = unserved.copy()
        waits[unserved] = mine.picked(unserved).waits(new_cars, key, work)
        kept, waiting = mine.rows[wants_to | (unserved & ~waits)], mine.rows[waits]
        consumers.postpone(kept, dates.after_keeping(kept))
        consumers.postpone(waiting, np.full(waiting.size, quarter + 1))
        return int(in_vain.sum()), int(wants_to.sum())

    rationed, kept = zip(*work.over(drawn.rows.size, postpone), strict=True)
    return sum(rationed), sum(kept)


class _Dates:
    """Next decision dates, keyed by row and quarter."""

    def __init__(self, holding: Ownership, seed: int, quarter: int, work: RowWork) -> None:
        self._holding = holding
        self._engine = work.engine
        self._key = stream_key(seed, Purpose.HOLDING, quarter)
        self._quarter = quarter

    def _drawn(self, rows: Rows, mean_years: float) -> Ints:
        edges = ownership.holding_edges(mean_years * QUARTERS_PER_YEAR, self._holding.hold_shape)
        draws = self._engine.uniforms(self._key, rows)
        return np.asarray(self._quarter + 1 + self._engine.steps_below(draws, edges))

    def after_used(self, rows: Rows) -> Ints:
        """After buying a used car."""
        return self._drawn(rows, self._holding.hold_used_years)

    def after_new(self, rows: Rows, leased: NDArray[np.bool_]) -> Ints:
        """After buying or leasing a new car."""
        lease_end = self._quarter + int(self._holding.lease_years * QUARTERS_PER_YEAR)
        return np.where(leased, lease_end, self._drawn(rows, self._holding.hold_new_years))

    def after_keeping(self, rows: Rows) -> Ints:
        """After looking and keeping."""
        draws = self._engine.uniforms(self._key, rows)
        wait = ownership.look_again_quarters(draws, self._holding.look_again_low, self._holding.look_again_high)
        return self._quarter + wait
