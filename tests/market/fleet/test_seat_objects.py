"""The oracle: every seat a Mesa object that follows the same rule alone, equal to the columns seat by seat.

To the origin, so that nobody waits or hurries. Tables of probabilities are the market's; random numbers are looked up
one at a time; choices go by log-probability plus Gumbel noise, cars by sorting lists, dates by the Weibull formula.
"""

from collections.abc import Callable, Iterator
from math import gamma, log, log1p
from typing import Any

import mesa
import numpy as np
import pytest

from agents.arrays import Floats
from agents.population.consumers import LESSEE, NO_CAR, SLEEPING, Consumers
from agents.population.draws import KEEP, NEW, USED
from agents.random.streams import Purpose, stream_key, uniforms
from market.base.categories import AGE_BUCKETS, BUCKET_STARTS_YEARS, HOMES, SEGMENTS, TASTES
from market.model import Market
from market.scenario import Scenario

BRANCHES = 256  # more than there are in the tree


def good(car: int, age_quarters: int) -> int:
    bucket = sum(age_quarters >= 4 * years for years in BUCKET_STARTS_YEARS) - 1
    return car // len(SEGMENTS) * len(AGE_BUCKETS) + bucket


class Seat(mesa.Agent):  # type: ignore[misc] # mesa ships no types
    """One seat as an object; ``car`` is None where there is none."""

    def __init__(self, model: "SeatObjects", row: int, start: dict[str, int]) -> None:
        super().__init__(model)
        self.row = row
        self.zone, self.buyer_class = start["zone"], start["buyer_class"]
        self.car = None if start["car"] == NO_CAR else start["car"]
        self.age, self.date = start["age_quarters"], start["next_decision"]
        self.asleep, self.leased = bool(start["flags"] & SLEEPING), bool(start["flags"] & LESSEE)
        self.kind, self.item = KEEP, -1

    def draw(self, purpose: Purpose, branch: int = 0) -> float:
        """The seat's number of a stream."""
        return float(self.model.draw(purpose)[self.row, branch])

    def wake(self) -> None:
        """Enter if the time has come."""
        self.asleep = self.asleep and self.date > self.model.quarter

    def scrap(self) -> None:
        """Lose the car if its random number says so."""
        if self.car is not None and self.draw(Purpose.SCRAPPAGE) < self.model.scrap_chance[self.car, self.age]:
            self.car, self.age, self.leased = None, 0, False

    def is_looking(self) -> bool:
        """Whether the seat is in the market this quarter."""
        if self.asleep or self.car is None:
            return not self.asleep
        return bool(self.date <= self.model.quarter and self.draw(Purpose.LOOK) < self.model.market.now.hazard)

    def score(self, share: float, branch: int) -> float:
        """Log-share plus Gumbel noise."""
        return log(share) - log(-log(self.draw(Purpose.CHOICE, branch))) if share > 0.0 else -np.inf

    def best(self, share: Floats, members: range, branch: int) -> int:
        """Member with the largest score."""
        return max(members, key=lambda member: self.score(float(share[member]), branch + member))

    def choose(self) -> None:
        """Keep, or acquire new or used, down the tree."""
        market, stratum = self.model.market, self.model.strata[self.zone, self.buyer_class]
        tables, nests = market.now.outcome.flows.tables, market.nests
        self.kind, self.item = KEEP, -1
        if self.car is not None:
            acquire = self.model.acquire[stratum, good(self.car, self.age)]
            if self.score(acquire, 0) <= self.score(1.0 - acquire, 1):
                return
        new = float(tables.new[stratum])
        if self.score(new, 2) > self.score(1.0 - new, 3):
            edges = [*nests.segment_starts, nests.nest_segment.size], [*nests.nest_starts, nests.product_nest.size]
            segment = self.best(tables.segment[stratum], range(tables.segment.shape[1]), 4)
            nest = self.best(tables.nest[stratum], range(edges[0][segment], edges[0][segment + 1]), 8)
            products = range(edges[1][nest], edges[1][nest + 1])
            self.kind, self.item = NEW, self.best(tables.product[tables.group[stratum]], products, 64)
        else:
            self.kind, self.item = USED, self.best(tables.used[stratum], range(tables.used.shape[1]), 32)

    def hold(self, mean_years: float) -> None:
        """Draw when to look next after a purchase."""
        shape = self.model.holding.hold_shape
        scale = 4 * mean_years / gamma(1.0 + 1.0 / shape)
        years = scale * (-log1p(-self.draw(Purpose.HOLDING))) ** (1.0 / shape)
        self.date = self.model.quarter + max(1, round(years))

    def take_new(self) -> None:
        """Drive home in a new car."""
        new_cars, holding = self.model.market.now.new_cars, self.model.holding
        self.car, self.age = int(new_cars.kind[self.item]) * len(SEGMENTS) + int(new_cars.segment[self.item]), 0
        self.leased = self.draw(Purpose.LEASE) < new_cars.lease_share[self.item]
        self.hold(holding.hold_new_years)
        if self.leased:
            self.date = self.model.quarter + int(4 * holding.lease_years)

    def keep(self) -> None:
        """Look again some quarters later."""
        low, high = self.model.holding.look_again_low, self.model.holding.look_again_high
        self.date = self.model.quarter + low + int(self.draw(Purpose.HOLDING) * (high - low + 1))

    def grow_older(self) -> None:
        """Age the car."""
        if self.car is not None:
            self.age += 1

    def row_of_columns(self) -> tuple[int, ...]:
        """What the columns should hold."""
        car = NO_CAR if self.car is None else self.car
        flags = SLEEPING * self.asleep + LESSEE * self.leased
        return self.zone, self.buyer_class, car, self.age, min(self.date, 255), flags


class SeatObjects(mesa.Model):  # type: ignore[misc] # mesa ships no types
    """All seats as objects, and the dealers' cars as a list of (type, age)."""

    def __init__(self, market: Market) -> None:
        super().__init__(rng=1)
        self.market, self.holding = market, market.parameters.ownership
        columns = market.drawn_fleet.consumers.columns
        self.seats = [
            Seat(self, row, {name: int(values[row]) for name, values in columns.items()})
            for row in range(market.drawn_fleet.consumers.size)
        ]
        self.lot = [
            (int(c), int(a))
            for c, a in zip(market.drawn_fleet.lot.car, market.drawn_fleet.lot.age_quarters, strict=True)
        ]
        self.quarter = -1
        self._luck: dict[Purpose, Floats] = {}

    def draw(self, purpose: Purpose) -> Floats:
        """Numbers of a stream by row and branch."""
        if purpose not in self._luck:
            key, rows = stream_key(self.market.seed, purpose, self.quarter), np.arange(len(self.seats))
            branches = BRANCHES if purpose is Purpose.CHOICE else 1
            self._luck[purpose] = np.stack([uniforms(key, rows, branch) for branch in range(branches)], axis=1)
        return self._luck[purpose]

    def step(self) -> None:
        """The quarter the market has just finished, seat by seat."""
        self.quarter, self._luck = self.market.quarter, {}
        in_market = self.market.now.in_market
        classes = in_market.stratum_code % (5 * HOMES * TASTES)
        self.strata = {(int(z), int(c)): n for n, (z, c) in enumerate(zip(in_market.zone, classes, strict=True))}
        kinds = zip(in_market.kind_stratum, in_market.kind_good, self.market.now.outcome.flows.acquire, strict=True)
        self.acquire = {(int(stratum), int(own)): float(share) for stratum, own, share in kinds}
        for seat in self.seats:
            seat.wake()
            seat.scrap()
        looking = [seat for seat in self.seats if seat.is_looking()]
        for seat in looking:
            seat.choose()
        self.trade([s for s in looking if s.car is not None] + [s for s in looking if s.car is None])
        for seat in self.seats:
            seat.grow_older()
        self.lot = [(car, age + 1) for car, age in self.lot]

    def trade(self, looking: list[Seat]) -> None:
        """Buyers find cars, dealers take what is left, the others look again later."""
        share = self.market.now.new_cars.served_share
        served = {seat for seat in looking if seat.kind == NEW and seat.draw(Purpose.RATIONING) < share[seat.item]}
        served |= self.find_used(served, [seat for seat in looking if seat.kind == USED])
        for_sale = self.lot + [(s.car, s.age) for s in looking if s in served and s.car is not None]
        key = stream_key(self.market.seed, Purpose.USED_MATCH, self.quarter)
        draw = uniforms(key, np.arange(len(for_sale)))
        turn = sorted(range(len(for_sale)), key=draw.__getitem__)
        waiting_cars: dict[int, Iterator[int]] = {
            g: iter([p for p in turn if good(*for_sale[p]) == g]) for g in range(20)
        }
        sold = set()
        for seat in looking:
            if seat.kind == KEEP:
                seat.keep()
            elif seat not in served:
                seat.date = seat.date if seat.car is None else self.quarter + 1
            elif seat.kind == NEW:
                seat.take_new()
            else:
                place = next(waiting_cars[seat.item])
                sold.add(place)
                seat.car, seat.age = for_sale[place]
                seat.leased = False
                seat.hold(self.holding.hold_used_years)
        self.lot = [car for place, car in enumerate(for_sale) if place not in sold]

    def find_used(self, served_new: set[Seat], wanting: list[Seat]) -> set[Seat]:
        """Who of the used-car buyers finds one: the others keep theirs, so that the next may find none either."""
        found = set(wanting)
        while True:
            cars = [*self.lot, *((s.car, s.age) for s in served_new | found if s.car is not None)]
            supply = [sum(good(*car) == g for car in cars) for g in range(20)]
            late = set()
            for g in range(20):
                turn = sorted((s for s in found if s.item == g), key=lambda s: (s.draw(Purpose.RATIONING), s.row))
                late |= set(turn[supply[g] :])
            if not late:
                return found
            found -= late


@pytest.mark.parametrize("stock", [2.6e6, 5e5])
def test_every_seat_ends_as_an_object_a_seat_would(
    stock: float, small: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few cars at dealers some buyers find none."""
    scenario = small(consumers=700, ownership={"dealer_stock_cars": stock})
    market = Market(parameters=scenario, rng=1)
    objects = SeatObjects(market)
    open_quarter = Consumers.open_quarter

    def noted(consumers: Consumers, quarter: int, probability: Floats, key: Any) -> Any:
        objects.scrap_chance = probability
        return open_quarter(consumers, quarter, probability, key)

    monkeypatch.setattr(Consumers, "open_quarter", noted)
    rationed = 0
    for _ in range(6):
        market.step()
        objects.step()
        columns = zip(*(values.tolist() for values in market.drawn_fleet.consumers.columns.values()), strict=True)
        assert list(columns) == [seat.row_of_columns() for seat in objects.seats]
        lot = zip(market.drawn_fleet.lot.car.tolist(), market.drawn_fleet.lot.age_quarters.tolist(), strict=True)
        assert list(lot) == objects.lot
        rationed += market.drawn_fleet.trades.rationed
    assert rationed > 0
