"""A consumer quarter in columns, as Mesa objects and as straightforward NumPy, all reading the same tables."""  # noqa: INP001 - a script, not a package

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from agents.population import row_work
from agents.population.consumers import NO_CAR
from agents.population.draws import odds_of
from agents.random.streams import Purpose, stream_key
from market.base.categories import GOODS
from market.fleet.dealers import GOOD_OF
from market.fleet.trades import Drawn, draw
from market.model import Market
from market.scenario import Run, Scenario

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 5
OBJECTS = 10_000  # seats held as objects; their time is scaled to larger populations
WARM_UP_QUARTERS = 6
_NANO = 1e9


def market_of(consumers: int) -> Market:
    """A market some quarters old, in the middle of a quarter: used cars have cleared, nothing is drawn."""
    market = Market(parameters=Scenario(run=Run(consumers=consumers)), rng=1)
    for _ in range(WARM_UP_QUARTERS):
        market.step()
    for phase in ("open_quarter", "turn_the_world", "complete", "form_expectations", "set_prices", "allocate_cells"):
        getattr(market, f"_{phase}")()
    market._serve_charging()  # noqa: SLF001 - a benchmark takes a quarter apart
    market._clear_used_cars()  # noqa: SLF001
    return market


class Tables:
    """Everything the three versions read, by (zone x class) and (zone x class x good)."""

    def __init__(self, market: Market) -> None:
        flows, nests = market.clearing.outcome.flows, market.nests
        self.acquire, self.stratum = market.clearing.in_market.by_code(flows.acquire)
        nest = flows.tables.segment[:, nests.nest_segment] * flows.tables.nest
        new = nest[:, nests.product_nest] * flows.tables.product[flows.tables.group]
        share = flows.tables.new[:, None]
        self.choice = np.hstack([share * new, (1.0 - share) * flows.tables.used])
        """Shares of all offers for who acquires, (cells, products and goods)."""


def in_columns(market: Market) -> Drawn:
    """The package: scan, count, draw."""
    fleet, flows = market.drawn_fleet, market.clearing.outcome.flows
    in_market = fleet.in_market(market.quarter)
    return draw(
        fleet.consumers, fleet.present, in_market, flows, market.nests, market.clearing.hazard, 1, market.quarter
    )


def in_numpy(market: Market, tables: Tables, generator: np.random.Generator) -> int:
    """What one writes first: masks, a matrix of probabilities, one uniform number a seat."""
    columns = market.drawn_fleet.consumers.columns
    has_car = columns["car"] != NO_CAR
    due = has_car & (columns["next_decision"] <= market.quarter)
    looks = due & (generator.random(due.size) < market.clearing.hazard)
    chosen = np.flatnonzero(looks | (~has_car & (columns["flags"] == 0)))
    place = market.drawn_fleet.consumers.stratum_of(chosen)
    good = GOOD_OF[columns["car"][chosen], columns["age_quarters"][chosen]]
    acquire = np.where(good >= 0, tables.acquire[place * GOODS + np.maximum(good, 0)], 1.0)
    share = np.hstack([1.0 - acquire[:, None], acquire[:, None] * tables.choice[tables.stratum[place]]])
    picked = (np.cumsum(share, axis=1) < generator.random(chosen.size)[:, None]).sum(axis=1)
    return int(picked.size)


class Seat(mesa.Agent):  # type: ignore[misc] # mesa ships no types
    """One seat as a plain Mesa object."""

    def __init__(self, model: "Objects", row: int) -> None:
        super().__init__(model)
        columns = model.market.drawn_fleet.consumers.columns
        self.place = int(model.market.drawn_fleet.consumers.stratum_of(np.array([row]))[0])
        self.good = int(GOOD_OF[columns["car"][row], columns["age_quarters"][row]])
        self.next_decision, self.asleep = int(columns["next_decision"][row]), bool(columns["flags"][row] & 2)

    def step(self) -> None:
        """Look and choose if the time has come."""
        model = self.model
        hazard = model.market.clearing.hazard
        if self.asleep or (self.good >= 0 and (self.next_decision > model.quarter or model.random.random() > hazard)):
            return
        acquire = 1.0 if self.good < 0 else model.acquire[self.place * GOODS + self.good]
        if model.random.random() < acquire:
            share = model.choice[model.stratum[self.place]]
            scores = [math.log(p) - math.log(-math.log(model.random.random())) if p > 0 else -math.inf for p in share]
            self.choice = scores.index(max(scores))


class Objects(mesa.Model):  # type: ignore[misc] # mesa ships no types
    """The first seats of every zone in turn, as objects; tables are Python lists, which objects read fastest."""

    def __init__(self, market: Market, tables: Tables) -> None:
        super().__init__(rng=1)
        self.market, self.quarter = market, market.quarter
        self.acquire, self.stratum = tables.acquire.tolist(), tables.stratum.tolist()
        self.choice = tables.choice.tolist()
        for row in np.linspace(0, market.drawn_fleet.consumers.size - 1, OBJECTS).astype(np.int64):
            Seat(self, int(row))

    def step(self) -> None:
        """One quarter."""
        self.agents.do("step")


def cpu_s(work: Callable[[], Any]) -> float:
    """Processor seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compared() -> list[str]:
    """Table of the three versions: medians of interleaved rounds in one process, one thread."""
    row_work.use_threads(1)
    lines = ["| seats | ns a seat-quarter | plain Mesa / columns | NumPy / columns |", "| --- | --- | --- | --- |"]
    for size in SIZES:
        market = market_of(size)
        tables, generator = Tables(market), np.random.default_rng(1)
        objects = Objects(market, tables)
        ways: list[Callable[[], Any]] = [
            lambda market=market: in_columns(market), objects.step,  # type: ignore[misc]
            lambda market=market, tables=tables, generator=generator: in_numpy(market, tables, generator),  # type: ignore[misc]
        ]  # fmt: skip
        for way in ways:
            way()
        times = np.array([[cpu_s(way) for way in ways] for _ in range(ROUNDS)])
        columns, mesa_s, numpy_s = np.median(times, axis=0)
        mesa_s *= size / OBJECTS
        lines.append(f"| {size:,} | {columns / size * _NANO:.1f} | {mesa_s / columns:,.0f} | {numpy_s / columns:.1f} |")
    return lines


def floors(size: int = 4_000_000) -> list[str]:
    """Nanoseconds a decision and a row of every scan, beside mixing and memory traffic alone; one thread."""
    row_work.use_threads(1)
    market = market_of(size)
    fleet, engine = market.drawn_fleet, market.drawn_fleet.consumers.work.engine
    columns, key = fleet.consumers.columns, stream_key(1, Purpose.SCRAPPAGE, 3)
    numbers = np.arange(row_work.PIECE_ROWS)
    names = ("zone", "buyer_class", "car", "age_quarters", "next_decision", "flags")
    never = np.zeros((256, 256))

    def per(work: Callable[[], Any], number: int) -> float:
        work()
        return statistics.median(cpu_s(work) for _ in range(ROUNDS)) / number * _NANO

    decisions = in_columns(market).rows.size
    a_decision = per(lambda: in_columns(market), decisions)
    scans = {
        "open quarter (enter, scrap, due, counts)": lambda: fleet.consumers.open_quarter(market.quarter, never, key),
        "grow older": lambda: fleet.consumers.do("grow_older"),
    }
    odds = odds_of(market.clearing.outcome.flows.tables, market.nests)
    some = np.arange(100_000)
    stratum = np.sort(some % odds.new.size)
    draw_only = per(lambda: engine.choose(key, some, np.full(some.size, 0.8), stratum, odds), some.size)
    mixing = per(lambda: engine.uniforms(key, numbers), row_work.PIECE_ROWS)
    reading = per(lambda: [columns[name].sum() for name in names], size)
    lines = ["| work | ns |", "| --- | --- |"]
    lines += [f"| {name}, a row | {per(work, size):.2f} |" for name, work in scans.items()]
    lines += [
        f"| floor: mixing one uniform number | {mixing:.2f} |",
        f"| floor: reading the seven bytes of a row once | {reading:.2f} |",
        f"| a decision: find, count and draw who decides | {a_decision:.0f} |",
        f"| a decision: draw alone | {draw_only:.0f} |",
        f"| a decision: floor, {4 + GOODS} uniform numbers mixed | {mixing * (4 + GOODS):.0f} |",
    ]
    return lines
