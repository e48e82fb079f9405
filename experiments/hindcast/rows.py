"""Rows of the table of forecasts: the model's paths and those of simple rules beside what was recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from experiments.hindcast.measures import BANDS, band_edges, crps, seasonal_scale
from experiments.hindcast.rules import DIFFUSION, RULES, YEARLY_RULES, Rule, members_of, past_errors
from experiments.hindcast.scores import MOST_QUARTERS
from experiments.hindcast.streams import Paths
from experiments.hindcast.targets import COUNTRY, NATIONAL, SUMS, TARGETS, Place, sales_by_powertrain, state_ratios
from market.base import quarters
from market.base.categories import MAKERS

MODEL, LAST_RANKS, RECORD = "model", "last_ranks", "record"
"""Methods: the model, its country split as last known; and the version and inputs of what knows records alone."""
Row = dict[str, Any]
Values = dict[Place, dict[int, float]]
"""Forecasts by place and quarter; of years by their last quarter."""
EDGES = [f"{side}_{round(100 * band)}" for band in BANDS for side in ("low", "high")]
_YEAR_SHARES = ("bev_share_year", "pev_share_year")
_SPREAD_OUT = ("bev_share", "phev_share")
_YEAR = QUARTERS_PER_YEAR


@dataclass(frozen=True)
class Known:
    """The whole record, and what an origin knows of it."""

    record: Mapping[Place, pd.Series]
    origin: int

    def of(self, place: Place) -> Floats:
        """Figures of a series to the origin, in order."""
        series = self.record[place]
        return series[series.index <= self.origin].to_numpy(np.float64)

    def scale(self, place: Place) -> float:
        """What its errors are divided by."""
        return seasonal_scale(self.of(place), TARGETS[place[0]].season)

    def year_ends(self) -> list[int]:
        """Ends of years that a forecast reaches whole: none but from the end of a year."""
        if self.origin % _YEAR != _YEAR - 1:
            return []
        return [end for end in (self.origin + _YEAR, self.origin + 2 * _YEAR) if end <= quarters.LAST_RECORD]


def forecasts_of(path: pd.DataFrame, known: Known) -> Values:
    """What one path says of every series it holds, by place and quarter."""
    ahead = path.loc[known.origin + 1 :]
    found: Values = {}
    for place, column in ahead.items():
        series = str(place[0])  # type: ignore[index]  # columns are places
        if series in TARGETS and not TARGETS[series].yearly:
            found[place] = dict(column)  # type: ignore[index]  # as above
        elif series in TARGETS:
            found[place] = {end: _of_year(series, column, end) for end in known.year_ends()}  # type: ignore[index]
    found |= _year_shares(ahead, known)
    return found | _states(path, known, found["bev_share_year", COUNTRY])


def _of_year(series: str, column: pd.Series, end: int) -> float:
    """A yearly figure from quarters: storage adds up, ports are those at the end, the rest are means."""
    if series == "fast_ports":
        return float(column[end])
    year = column.loc[end - _YEAR + 1 : end]
    return float(year.sum() if series in SUMS else year.mean())


def _year_shares(ahead: pd.DataFrame, known: Known) -> Values:
    """Shares of years that end ahead; quarters before the origin as recorded."""
    past = sales_by_powertrain().loc[: known.origin]
    total = pd.concat([past.sum(axis=1), ahead["new_sales", COUNTRY]])
    bevs, plugs = ahead["bev_share", COUNTRY], ahead["bev_share", COUNTRY] + ahead["phev_share", COUNTRY]
    sold = {
        "bev_share_year": pd.concat([past["BEV"], bevs * ahead["new_sales", COUNTRY]]),
        "pev_share_year": pd.concat([past["BEV"] + past["PHEV"], plugs * ahead["new_sales", COUNTRY]]),
    }
    ends = [end for end in ahead.index if end % _YEAR == _YEAR - 1]
    return {
        (name, COUNTRY): {end: float(of.loc[end - 3 : end].sum() / total.loc[end - 3 : end].sum()) for end in ends}
        for name, of in sold.items()
    }


def _states(path: pd.DataFrame, known: Known, national: Mapping[int, float]) -> Values:
    """The country's share times the ratio known of a state, as it is inverted to, times what the model moves it by."""
    if not known.year_ends():
        return {}
    ratio, base = path["state_ratio"], state_ratios(smooth=True).loc[known.origin // _YEAR]
    moved = ratio / ratio.loc[known.origin]
    return {
        ("bev_share_by_state", str(state)): {
            end: national[end] * float(base[state]) * float(moved[state].loc[end - 3 : end].mean())
            for end in known.year_ends()
        }
        for state in base.index
    }


def split_as_known(national: Values, known: Known) -> Values:
    """Automakers and states if the model's country is split as in the last year known."""
    last_year = [known.origin - back for back in range(_YEAR)]
    bev = known.record["bev_share", COUNTRY].loc[last_year].sum()
    found: Values = {}
    for maker in MAKERS:
        part = float(known.record["bev_share_by_maker", maker].loc[last_year].sum() / bev)
        found["bev_share_by_maker", maker] = {q: part * v for q, v in national["bev_share", COUNTRY].items()}
    for end in known.year_ends():
        ratio = state_ratios().loc[known.origin // _YEAR]
        for state in ratio.index:
            own = found.setdefault(("bev_share_by_state", str(state)), {})
            own[end] = national["bev_share_year", COUNTRY][end] * float(ratio[state])
    return found


def model_rows(paths: Paths, known: Known, of: Row, series: tuple[str, ...]) -> Iterator[Row]:
    """Rows of the model, with bands where there are streams, and of its country split as known; ``of``: labels."""
    expected = forecasts_of(paths.expected, known)
    streams = [forecasts_of(each, known) for each in paths.streams]
    for place, values in expected.items():
        for quarter, value in values.items() if place[0] in series else ():
            members = np.array([each[place][quarter] for each in streams])
            yield from _scored(place, quarter, value, members, known, of | {"method": MODEL})
    if "bev_share_by_maker" in series:
        for place, values in split_as_known(expected, known).items():
            for quarter, value in values.items():
                yield from _scored(place, quarter, value, np.zeros(0), known, of | {"method": LAST_RANKS})


def path_rows(place: Place, path: pd.Series, known: Known, of: Row) -> Iterator[Row]:
    """Rows of one path of one series, by quarter; ``of``: their labels and method."""
    for quarter, value in path.items():
        yield from _scored(place, int(str(quarter)), float(value), np.zeros(0), known, of)


def _scored(place: Place, quarter: int, value: float, members: Floats, known: Known, of: Row) -> Iterator[Row]:
    """A row, if there is a record to score it with."""
    series = known.record.get(place)
    if series is None or quarter not in series.index:
        return
    outcome, target = float(series[quarter]), TARGETS[place[0]]
    edges = band_edges(members, share=target.share)
    yield {
        **of, "origin": quarters.label(known.origin), "horizon": quarter - known.origin,
        "quarter": quarters.label(quarter), "series": place[0], "place": place[1], "value": value,
        "recorded": outcome, "crps": crps(members if members.size else np.array([value]), outcome),
        "scale": known.scale(place), **dict(zip(EDGES, edges.ravel().tolist(), strict=True)),
    }  # fmt: skip


def rule_rows(known: Known) -> Iterator[Row]:
    """Rows of all simple rules at an origin."""
    of = {"version": RECORD, "inputs": RECORD}
    for place in known.record:
        target = TARGETS[place[0]]
        if place[0] in _YEAR_SHARES:
            yield from _year_rule_rows(place, known, of)
        elif not target.yearly:
            yield from _quarterly_rule_rows(place, known, of)
        elif known.year_ends():
            yield from _yearly_rule_rows(place, known, of)


def _quarterly_rule_rows(place: Place, known: Known, of: Row) -> Iterator[Row]:
    """Of the country with bands as wide as a rule has been off before."""
    values, share = known.of(place), TARGETS[place[0]].share
    rules: Mapping[str, Rule] = {**RULES, **DIFFUSION} if place[0] in _SPREAD_OUT else RULES
    for name, rule in rules.items():
        path = rule(values, MOST_QUARTERS, share)
        for step in range(1, MOST_QUARTERS + 1):
            told = place[0] in NATIONAL and name in RULES
            errors = past_errors(rule, values, step, share=share) if told else np.zeros(0)
            members = members_of(float(path[step - 1]), errors, share=share)
            quarter = known.origin + step
            yield from _scored(place, quarter, float(path[step - 1]), members, known, of | {"method": name})


def _yearly_rule_rows(place: Place, known: Known, of: Row) -> Iterator[Row]:
    """A trend for what has a figure every year for the whole country, the last figure for all."""
    values, share = known.of(place), TARGETS[place[0]].share
    if not values.size:
        return
    rules = YEARLY_RULES if place[1] == COUNTRY else {"last_value": YEARLY_RULES["last_value"]}
    for name, rule in rules.items():
        path = rule(values, 2, share)
        for step, end in enumerate(known.year_ends()):
            yield from _scored(place, end, float(path[step]), np.zeros(0), known, of | {"method": name})


def _year_rule_rows(place: Place, known: Known, of: Row) -> Iterator[Row]:
    """Years from quarterly paths of rules, quarters counting as in the last year known."""
    quarterly = [("bev_share", COUNTRY)] + [("phev_share", COUNTRY)] * (place[0] == "pev_share_year")
    sales, share = known.of(("new_sales", COUNTRY)), TARGETS[place[0]].share
    for name, rule in RULES.items():
        past = np.sum([known.of(each) for each in quarterly], axis=0)
        ahead = np.sum([rule(known.of(each), MOST_QUARTERS, share) for each in quarterly], axis=0)
        shares = np.concatenate([past, ahead])
        weights = np.concatenate([sales, np.resize(sales[-_YEAR:], MOST_QUARTERS)])
        for end in range(known.origin + 1, known.origin + MOST_QUARTERS + 1):
            if end % _YEAR == _YEAR - 1:
                year = slice(end - 3, end + 1)
                value = float(np.average(shares[year], weights=weights[year]))
                yield from _scored(place, end, value, np.zeros(0), known, of | {"method": name})
