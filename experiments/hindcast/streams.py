"""Paths from an origin: the expected one, and random streams in which prices, recalls and demand vary."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.hindcast.history import Fit, History
from experiments.hindcast.known import forecast_inputs, known_at
from experiments.hindcast.scores import MOST_QUARTERS
from experiments.hindcast.targets import observed
from market.base import quarters
from market.buyers.constant_fit import fitted_law
from market.buyers.hedonic import fitted_hedonic
from market.buyers.parameters import ConstantLaw
from market.model import Market
from market.recorder import NATIONAL_ONLY
from market.scenario import Scenario

INPUTS = {
    "realized": "list prices, products, incentives, fuel prices, loan rates and ports as recorded after the origin",
    "forecast": "nothing known after the origin: gasoline a random walk, the rest left to the model, law as passed",
}
_LAST = "2026Q4"  # last quarter that a market could reach: two years past the last target
Stepped = Callable[[], None]
"""Told of every quarter of a path."""


@dataclass(frozen=True)
class AtOrigin:
    """A market that stands at an origin, and what starts others like it: ``state`` of all that has moved by then."""

    market: Market
    scenario: Scenario
    state: Mapping[str, Any]
    origin: int

    @classmethod
    def of(cls, market: Market) -> "AtOrigin":
        """Raises what ``Market.state`` raises."""
        return cls(market, market.parameters, market.state(), market.quarter)

    def stream(self, seed: int) -> Market:
        """A market of the same past whose world is drawn by a seed of its own from here on."""
        drawn = self.scenario.with_(world={"shocks": True})
        market = Market(drawn, rng=seed, record=NATIONAL_ONLY)
        market.restore({name: deepcopy(array) for name, array in self.state.items()})
        return market


def strict_fit(market: Market, law: ConstantLaw) -> Fit:
    """Slopes and deviations fitted to all that a market has inverted; ``law``: where to start."""
    past = market.record.history()
    hedonic = fitted_hedonic(past.priced_rows())
    return Fit(hedonic, fitted_law(past, hedonic, law, market.parameters.buyers.alpha_product))


def lived(origin: str, given: Mapping[str, Mapping[str, Any]], *, power_side: bool = False) -> Market:
    """A market lived to an origin with some parameters given.

    ``power_side``: with plants and storage, whose record is by year, so for the last quarter of a year alone.
    """
    run = {"mean_field": True, "fast_graph": True, "last_quarter": _LAST, "origin": origin, "limits": "to_origin"}
    groups = {**given, "run": {**run, **given.get("run", {})}}
    scenario = Scenario().with_(cells={"power_side": power_side}, **groups)
    market = Market(scenario, rng=1, record=NATIONAL_ONLY)
    while market.quarter < market.origin:
        market.step()
    return market


def path(market: Market, fit: Fit, stepped: Stepped) -> pd.DataFrame:
    """Lives a market from its origin; what is observed by quarter (down, the origin first) and place (across)."""
    market.record.hedonic, market.record.law = fit.hedonic, fit.law
    rows = {market.quarter: observed(market)}
    while market.quarter < min(market.origin + MOST_QUARTERS, quarters.LAST_RECORD):
        market.step()
        rows[market.quarter] = observed(market)
        stepped()
    return pd.DataFrame.from_dict(rows, orient="index")


@dataclass(frozen=True)
class Paths:
    """Paths of one origin: ``expected``, without shocks, and ``streams``; tables of ``path``."""

    expected: pd.DataFrame
    streams: tuple[pd.DataFrame, ...]


def paths_from(start: AtOrigin, fit: Fit, seeds: Sequence[int], stepped: Stepped) -> Paths:
    """The expected path and one stream a seed."""
    expected = path(deepcopy(start.market), fit, stepped)
    streams = []
    for seed in seeds:
        market = start.stream(seed)
        streams.append(path(market, fit, stepped))
        market.release()  # hundreds of streams share a process
    return Paths(expected, tuple(streams))


def realized_paths(past: History, origin: str, by_version: Mapping[str, Fit], stepped: Stepped) -> dict[str, Paths]:
    """Expected paths by version with inputs as realized, from a copy of a history."""
    found = {}
    for version, fit in by_version.items():
        market = deepcopy(past.copies[origin])
        market.origin = market.quarter
        market.record.limits[market.origin + 1 :] = np.inf
        found[version] = Paths(path(market, fit, stepped), ())
    return found


def forecast_paths(origin: str, shipped: Fit, seeds: Sequence[int], stepped: Stepped) -> dict[str, Paths]:
    """Paths by version with inputs as forecast; ``shipped``: the fit of ``pseudo``, which has no streams."""
    with known_at(quarters.index(origin)):
        start = AtOrigin.of(lived(origin, forecast_inputs(quarters.index(origin))))
        strict = strict_fit(start.market, shipped.law)
        made = {"strict": paths_from(start, strict, seeds, stepped), "pseudo": paths_from(start, shipped, (), stepped)}
    start.market.release()
    return made


def storage_paths(origin: str, shipped: Fit, seeds: Sequence[int], stepped: Stepped) -> dict[str, Paths]:
    """Strict paths with inputs as forecast and a power side, from the last quarter of a year."""
    with known_at(quarters.index(origin)):
        start = AtOrigin.of(lived(origin, forecast_inputs(quarters.index(origin)), power_side=True))
        made = {"strict": paths_from(start, strict_fit(start.market, shipped.law), seeds, stepped)}
    start.market.release()
    return made
