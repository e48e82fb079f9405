"""The hindcast as a study: all origins with inputs as realized and as forecast, rules, the model less feedbacks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from experiments.errors import InputError
from experiments.hindcast.history import ORIGINS, Fit, fits, from_origin, history, shipped_fit
from experiments.hindcast.published import beside_published
from experiments.hindcast.rows import Known, Row, model_rows, path_rows, rule_rows
from experiments.hindcast.scores import MOST_QUARTERS
from experiments.hindcast.streams import Paths, forecast_paths, realized_paths, storage_paths
from experiments.hindcast.tables import comparisons, coverage, scores
from experiments.hindcast.targets import COUNTRY, Place, recorded
from market.base import quarters

OF_CARS = (
    "bev_share", "phev_share", "hev_share", "new_sales", "bev_share_by_maker", "bev_share_by_state", "used_retention",
    "bev_share_year", "pev_share_year",
)  # fmt: skip
"""Series scored with inputs as realized; with inputs as forecast those of ``OF_INPUTS`` too."""
OF_INPUTS = ("fast_ports", "pack_price")
OF_STORAGE = ("storage_gw", "storage_gwh")
FEEDBACKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "without_trust": {"trust": {"news_weight": 0.0}},
    "without_peers": {"trust": {"neighbour_effect": 0.0}},
    "without_charging": {"charging": {"network_weight": 0.0}},
    "without_resale": {"buyers": {"resale_weight": 0.0}},
    "without_waiting": {"trust": {"waiting_sensitivity": 0.0}},
}
"""The model with one feedback off, from 2017 on, so that its constants are inverted without it."""
QUICK_ORIGINS, QUICK_STREAMS = ("2019Q4", "2021Q4", "2022Q4"), 2
STREAMS = 8
_MOST_STREAMS = 64
Heard = Callable[[str, int, int], None]
"""Told what has been lived, the number of such steps done and the number in all."""


@dataclass(frozen=True)
class Asked:
    """What is scored: ``origins`` in order, ``streams`` an origin, ``seed`` of the first, ``feedbacks`` off in turn."""

    origins: tuple[str, ...] = ORIGINS
    streams: int = STREAMS
    seed: int = 1
    feedbacks: tuple[str, ...] = tuple(FEEDBACKS)

    def __post_init__(self) -> None:
        """Raises InputError."""
        for origin in self.origins:
            if origin not in ORIGINS:
                raise InputError(
                    f"--origins {origin} is no origin; they are quarters from {ORIGINS[0]} to {ORIGINS[-1]}"
                )
        if not self.origins or len(set(self.origins)) < len(self.origins):
            raise InputError("--origins needs one quarter or more, each once")
        if not 1 <= self.streams <= _MOST_STREAMS:
            raise InputError(f"--streams is {self.streams}; allowed are 1 to {_MOST_STREAMS}")

    @property
    def seeds(self) -> range:
        """Seeds of the streams."""
        return range(self.seed, self.seed + self.streams)


@dataclass(frozen=True)
class Scored:
    """The tables of a hindcast, as ``tables`` and ``published`` describe them; rows of ``forecasts`` by ``rows``."""

    forecasts: pd.DataFrame
    scores: pd.DataFrame
    coverage: pd.DataFrame
    comparisons: pd.DataFrame
    published: pd.DataFrame

    @classmethod
    def of(cls, forecasts: pd.DataFrame) -> "Scored":
        """All of them from the first."""
        return cls(
            forecasts, scores(forecasts), coverage(forecasts), comparisons(forecasts), beside_published(forecasts)
        )


@dataclass
class _Steps:
    """How far a study is, told in steps of one path or history."""

    heard: Heard
    in_all: int
    done: int = 0
    at: str = field(default="")

    def step(self) -> None:
        self.heard(self.at, min(self.done, self.in_all), self.in_all)

    def next(self) -> None:
        self.done += 1
        self.step()


def hindcast_study(asked: Asked, heard: Heard) -> Scored:
    """Carry a hindcast out; some 12 minutes of CPU with all origins and eight streams. ``heard`` may raise to stop."""
    record = recorded()
    steps = _Steps(heard, 1 + len(asked.origins) + len(_year_ends(asked)) + len(asked.feedbacks))
    rows, shipped = _realized(record, asked, steps)
    for origin in asked.origins:
        known = Known(record, quarters.index(origin))
        rows += rule_rows(known)
        rows += _rows_of(origin, known, shipped, asked, steps)
    for name in asked.feedbacks:
        steps.at = name
        rows += _without(name, record, asked, steps)
        steps.next()
    return Scored.of(pd.DataFrame(rows))


def _realized(record: Mapping[Place, pd.Series], asked: Asked, steps: _Steps) -> tuple[list[Row], Fit]:
    """Rows of the model with inputs as realized, and the fit of ``pseudo``; the history, some GB, is gone then."""
    steps.at = "history"
    steps.step()
    past = history(asked.origins)
    fitted = fits(past, asked.origins)
    rows: list[Row] = []
    for origin in asked.origins:
        by_version = {version: of[origin] for version, of in fitted.items()}
        for version, paths in realized_paths(past, origin, by_version, steps.step).items():
            known = Known(record, quarters.index(origin))
            rows += model_rows(paths, known, {"version": version, "inputs": "realized"}, OF_CARS)
    steps.next()
    return rows, shipped_fit(past)


def _year_ends(asked: Asked) -> list[str]:
    """Origins from which storage is forecast: its record is by year."""
    return [origin for origin in asked.origins if origin.endswith("Q4")]


def _rows_of(origin: str, known: Known, shipped: Fit, asked: Asked, steps: _Steps) -> Iterator[Row]:
    """Rows of the model at an origin with inputs as forecast: of cars, ports and packs, and of storage."""
    kinds: list[tuple[str, Callable[..., dict[str, Paths]], tuple[str, ...]]] = [
        ("cars", forecast_paths, (*OF_CARS, *OF_INPUTS))
    ]
    if origin in _year_ends(asked):
        kinds.append(("storage", storage_paths, OF_STORAGE))
    for what, paths_of, series in kinds:
        steps.at = f"{origin}, {what}"
        for version, paths in paths_of(origin, shipped, asked.seeds, steps.step).items():
            yield from model_rows(paths, known, {"version": version, "inputs": "forecast"}, series)
        steps.next()


def _without(name: str, record: Mapping[Place, pd.Series], asked: Asked, steps: _Steps) -> Iterator[Row]:
    """Rows of the national BEV share with a feedback off, inputs as realized, fitted to data to ``FITTED_TO``."""
    past = history(asked.origins, changes=FEEDBACKS[name])
    shipped = shipped_fit(past)
    for origin in asked.origins:
        last = min(quarters.index(origin) + MOST_QUARTERS, quarters.LAST_RECORD)
        national = from_origin(past.copies[origin], shipped, quarters.label(last))
        steps.step()
        path = national["bev_share_new"].loc[quarters.index(origin) + 1 :]
        of = {"version": "pseudo", "inputs": "realized", "method": name}
        yield from path_rows(("bev_share", COUNTRY), path, Known(record, quarters.index(origin)), of)
