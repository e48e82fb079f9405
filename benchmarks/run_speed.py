"""Ratios of times measured side by side in one run: ``python benchmarks/run_speed.py``; see README.md here."""  # noqa: INP001 - a script, not a package

import inspect
import math
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import mesa
from rich.console import Console

from market.base.categories import GOODS
from market.model import Market
from market.scenario import Run, Scenario

SIZES = (2_000, 100_000, 1_000_000)
SHOWN = 100_000  # size whose phases are shown
LAST_QUARTER = "2026Q4"
OBJECTS = 2_000
OBJECT_QUARTERS = 12
WARM_UP_QUARTERS = 8  # compiled code is loaded and the base year, which is inverted differently, is over
_DRAWS = "_choose_and_trade"
_RULE = "| --- | --- | --- | --- |"
DUE_SHARE = 0.06  # of consumers that decide in a quarter, as in the columnar population


class ObjectConsumer(mesa.Agent):  # type: ignore[misc] # mesa ships no types
    """One consumer as a plain Mesa object: values every offer, chooses by logit, in Python."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.next_decision = model.random.randrange(round(1 / DUE_SHARE))

    def step(self) -> None:
        """Decide if the time has come."""
        if self.next_decision > self.model.quarter:
            return
        values = [-price + taste for price, taste in self.model.offers]
        top = max(values)
        weights = [math.exp(self.model.alpha * (value - top)) for value in values]
        self.choice = self.model.random.choices(range(len(weights)), weights)[0]
        self.next_decision = self.model.quarter + round(1 / DUE_SHARE)


class ObjectMarket(mesa.Model):  # type: ignore[misc] # mesa ships no types
    """Nothing but consumers as objects that decide among as many offers as there are in the market."""

    def __init__(self, consumers: int, offers: int) -> None:
        super().__init__(rng=1)
        self.quarter = -1
        self.alpha = Scenario().buyers.alpha_product
        self.offers = [(30.0 + offer % 17, 0.5 * (offer % 5)) for offer in range(offers)]
        ObjectConsumer.create_agents(self, consumers)

    def step(self) -> None:
        """One quarter."""
        self.quarter += 1
        self.agents.do("step")


def phases() -> list[str]:
    """Names of the phases in the order in which ``Market.step`` calls them."""
    return re.findall(r"self\.(_\w+)\(\)", inspect.getsource(Market.step))


def timed_quarters(market: Market) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds of every quarter after warming up, in all and by phase."""
    by_phase: defaultdict[str, list[float]] = defaultdict(list)

    def timed(name: str, method: Callable[[], None]) -> Callable[[], None]:
        def call() -> None:
            start = time.perf_counter()
            method()
            by_phase[name].append(time.perf_counter() - start)

        return call

    for name in phases():
        setattr(market, name, timed(name, getattr(market, name)))
    quarters = []
    while market.quarter < market.last_quarter:
        start = time.perf_counter()
        market.step()
        quarters.append(time.perf_counter() - start)
    return quarters[WARM_UP_QUARTERS:], {name: times[WARM_UP_QUARTERS:] for name, times in by_phase.items()}


def object_quarters(offers: int) -> list[float]:
    """Seconds of every quarter of the plain Mesa market."""
    market, quarters = ObjectMarket(OBJECTS, offers), []
    for _ in range(OBJECT_QUARTERS):
        start = time.perf_counter()
        market.step()
        quarters.append(time.perf_counter() - start)
    return quarters


def main() -> None:
    """Measure and print two small tables."""
    markets = {
        size: Market(parameters=Scenario(run=Run(consumers=size, last_quarter=LAST_QUARTER)), rng=1) for size in SIZES
    }
    offers = int(markets[SHOWN].offering.offers.on_offer.sum()) + GOODS
    timed = {size: timed_quarters(market) for size, market in markets.items()}
    an_object = statistics.median(object_quarters(offers)) / OBJECTS
    shown = statistics.median(timed[SHOWN][0])
    lines = ["| consumers | quarter / quarter of 100,000 | objects / quarter | objects / draws and trades |", _RULE]
    for size, (quarters, by_phase) in timed.items():
        whole, trades = statistics.median(quarters), statistics.median(by_phase[_DRAWS])
        ratios = (whole / shown, an_object * size / whole, an_object * size / trades)
        lines.append(f"| {size:,} | {' | '.join(f'{ratio:.2g}' for ratio in ratios)} |")
    medians = {name: statistics.median(times) for name, times in timed[SHOWN][1].items()}
    lines += ["", f"| phase, {SHOWN:,} consumers | share of a quarter |", "| --- | --- |"]
    lines += [f"| `{name}` | {seconds / sum(medians.values()):.0%} |" for name, seconds in medians.items()]
    Console().print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
