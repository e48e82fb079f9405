"""What views read: copies made after a step, never the living market."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.base import quarters
from market.model import Market
from market.packs import DataPacks
from market.recorder import TABLES
from market.scenario import Scenario

_LATEST = ("zones", "states", "plants", "makers", "regions", "charging")


@dataclass(frozen=True)
class Corridor:
    """A road between two zones and its fast plugs for every charging site on the way."""

    zone_a: str
    zone_b: str
    plugs_per_site: float


@dataclass(frozen=True)
class Snapshot:
    """One quarter as it ended. ``quarter`` is -1 before the first step.

    ``national``: all quarters so far; ``latest``: rows of this quarter by table; ``changed``: decisions about lines
    so far; ``checked``: how many checks of the accounts held so far by what they were about; ``data``: the run's packs.
    """

    quarter: int
    last_quarter: int
    origin: int
    national: pd.DataFrame
    latest: dict[str, pd.DataFrame]
    changed: pd.DataFrame
    corridors: tuple[Corridor, ...]
    checked: dict[str, int] = field(default_factory=dict)
    data: DataPacks = field(default_factory=DataPacks)

    @property
    def label(self) -> str:
        """Name of the quarter."""
        return quarters.label(self.quarter) if self.quarter >= 0 else "Start"

    @property
    def is_at_end(self) -> bool:
        """Whether the last quarter is done."""
        return self.quarter >= self.last_quarter


@dataclass
class History:
    """What every consumer drove at the end of each quarter: the columns ``car`` and ``age_quarters``, copied."""

    car: list[NDArray[np.uint8]] = field(default_factory=list)
    age_quarters: list[NDArray[np.uint8]] = field(default_factory=list)

    def add(self, market: Market) -> None:
        """Copy this quarter's columns."""
        columns = market.drawn_fleet.consumers.columns
        self.car.append(columns["car"].copy())
        self.age_quarters.append(columns["age_quarters"].copy())


def _frame(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(TABLES[table]))


def empty_snapshot(scenario: Scenario) -> Snapshot:
    """The snapshot before the first step."""
    return Snapshot(
        quarter=-1,
        last_quarter=quarters.index(scenario.run.last_quarter),
        origin=quarters.index(scenario.run.origin),
        national=_frame("national", []),
        latest={name: _frame(name, []) for name in _LATEST},
        changed=_frame("line_changes", []),
        corridors=(),
        data=scenario.data,
    )


def take_snapshot(market: Market) -> Snapshot:
    """Copies of what the market has recorded of the quarter just done."""
    recorder, graph = market.recorder, market.charging_graph
    roads: list[tuple[str, str, int]] = list(graph.graph.edges(data="sites"))
    return Snapshot(
        quarter=market.quarter,
        last_quarter=market.last_quarter,
        origin=market.origin,
        national=recorder.frame("national"),
        latest={name: _frame(name, recorder.latest(name)) for name in _LATEST},
        changed=recorder.frame("line_changes"),
        corridors=tuple(
            Corridor(a, b, float(plugs) / sites)
            for (a, b, sites), plugs in zip(roads, graph.corridor_plugs, strict=True)
        ),
        checked=dict(market.ledger.checked_about),
        data=market.parameters.data,
    )
