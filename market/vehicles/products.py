"""New vehicles on offer: automakers' products, their attributes by quarter and observed prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.buyers.choice import Nests
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import (
    BEV,
    BEV_LONG,
    BEV_SHORT,
    BEV_TESLA,
    CONNECTORS,
    ICE,
    LONG_RANGE_MILES,
    MAKERS,
    PHEV,
    POWERTRAINS,
    SEGMENTS,
)
from market.base.lever_path import mean_growth
from market.vehicles.parameters import Makers

_MID_YEAR_QUARTER = 1.5  # attributes of a model year hold in the middle of its calendar year
_ROW = ["segment_index", "powertrain_index", "maker_index"]
_KEYS = [*_ROW, "line"]
_TESLA = MAKERS.index("Tesla")

Key = tuple[int, int, int, str]  # segment, powertrain, automaker, line
Columns = dict[str, Floats]  # of one product's model years, by name


@dataclass(frozen=True)
class Offers:
    """What is on offer in one quarter; every array has shape (products,).

    ``effective_models`` is 0 where a product is not on offer. Gasoline and electricity are per mile on
    that fuel; a plug-in hybrid's ``range_miles`` is its electric range. ``fast_charging_minutes``: from 10 to 80 % at
    a fast charger that is not the limit, ``power_kw``: of the motors; both 0 for what is no BEV.
    """

    on_offer: NDArray[np.bool_]
    effective_models: Floats
    range_miles: Floats
    kwh_per_mile: Floats
    gallons_per_mile: Floats
    charging_kw: Floats
    fast_charging_minutes: Floats
    power_kw: Floats
    pack_kwh: Floats
    kind: Ints
    mix_weight: Floats


class Products:
    """All products of a run, sorted by segment, powertrain and automaker; the order is the product axis.

    An automaker's models of a segment and powertrain are one product, or several *lines* where their prices or their
    mix differ much; ``line`` names it, "" for the whole row. ``maker``, ``segment``, ``powertrain``, ``connector``:
    shape (products,), indices into the lists of ``categories``; the connector is -1 for what is no BEV.
    ``split_share``: (products,) share of a line in the models of its row when the row was split, 1 for whole rows.
    """

    def __init__(
        self, last_quarter: int, recorded_until: int, origin: int, makers: Makers, *, trend_in_variety: bool = True
    ) -> None:
        record = _numbered(tables.load("products"))
        spans = _numbered(tables.load("product_quarters")).sort_values(_ROW, kind="stable").reset_index(drop=True)
        self.maker = spans["maker_index"].to_numpy(np.int64)
        self.segment = spans["segment_index"].to_numpy(np.int64)
        self.powertrain = spans["powertrain_index"].to_numpy(np.int64)
        self.size = len(spans)
        self.line = tuple(spans["line"])
        self.connector = np.array([CONNECTORS.index(name) if name else -1 for name in spans["connector"]])
        self.names = [
            f"{MAKERS[m]} {line or SEGMENTS[s]} {POWERTRAINS[p]}"
            for m, s, p, line in zip(self.maker, self.segment, self.powertrain, self.line, strict=True)
        ]
        self.is_bev = self.powertrain == BEV
        self._quarters = np.arange(max(last_quarter, quarters.LAST_RECORD) + 1)
        self._recorded_until = recorded_until
        self._origin = origin
        self._makers = makers
        self._trend_in_variety = trend_in_variety
        self._on_offer = _on_offer(spans, self._quarters, recorded_until)
        groups = _columns_by_product(record)
        keys: list[Key] = list(zip(self.segment, self.powertrain, self.maker, self.line, strict=True))
        self._recorded = {
            column: np.stack([self._interpolated(groups[key], column) for key in keys], axis=1)
            for column in (
                "n_effective", "mpg", "kwh_per_100mi", "pack_kwh", "range_miles", "dc_fast_kw", "fast_charging_minutes",
                "motor_kw", "mix_weight_thousand",
            )
        }  # fmt: skip
        self.recorded_price_kusd = self._recorded_prices(groups, keys)
        self.split_share = _split_shares(spans, [groups[key] for key in keys])
        self._nests = _nests(self.segment * len(POWERTRAINS) + self.powertrain)

    def _interpolated(self, group: Columns, column: str) -> Floats:
        return _at_quarters(group, column, np.minimum(self._quarters, self._recorded_until))

    def _recorded_prices(self, groups: Mapping[Any, Columns], keys: list[Key]) -> Floats:
        """Transaction prices, thousand 2025 $, shape (quarters, products); the last recorded one after the records.

        List prices by quarter where they are recorded, else those of the model years, times price paid over list.
        """
        ratio = tables.load("transaction_price_index")
        held = np.minimum(self._quarters, self._recorded_until)
        by_group = {
            key: np.interp(held, [quarters.index(q) for q in rows["quarter"]], rows["ratio"])
            for key, rows in ratio.groupby(["maker_group", "powertrain_group"])
        }
        years = np.array([quarters.year(int(q)) for q in held])
        lists = dict(iter(_numbered(tables.load("list_prices")).groupby(_KEYS)))
        columns = []
        for key in keys:
            _, powertrain, maker, _ = key
            market_ratio = by_group[
                ("Tesla" if maker == _TESLA else "other", "BEV" if powertrain == BEV else "not_BEV")
            ]
            if key in lists:
                at = [quarters.index(q) for q in lists[key]["quarter"]]
                nominal = np.interp(held, at, lists[key]["msrp_usd_nominal"])
            else:
                nominal = self._interpolated(groups[key], "msrp_usd_nominal")
            columns.append(tables.real_2025(nominal * market_ratio, years) / 1e3)
        return np.stack(columns, axis=1)

    def nests(self) -> Nests:
        """Powertrain nests within segments, over all products of the run."""
        return self._nests

    def bev_nests(self) -> NDArray[np.bool_]:
        """Which nests hold BEVs, shape (nests,)."""
        return np.asarray(self.is_bev[self._nests.nest_starts])

    def at(self, quarter: int) -> Offers:
        """Attributes of all products in a quarter; after the observed data BEVs follow trends (M2, M12)."""
        row = {column: values[quarter] for column, values in self._recorded.items()}
        years = max(0, quarter - self._recorded_until) / QUARTERS_PER_YEAR
        on_offer = self._on_offer[quarter]
        variety = np.where(self.is_bev, np.exp(self._log_variety(quarter)), 1.0)
        after = min(quarter, self._recorded_until)
        longer = (1.0 + mean_growth(lambda each: self._makers.at(each).range_growth, after, quarter)) ** years
        most_minutes = np.inf
        if quarter > self._origin:
            levers = self._makers.at(quarter)
            longer *= levers.bev_range_factor
            most_minutes = levers.most_charging_minutes
        range_miles = row["range_miles"] * np.where(self.is_bev, longer, 1.0)
        bev_kind = np.where(range_miles >= LONG_RANGE_MILES, BEV_LONG, BEV_SHORT)
        bev_kind = np.where(self.maker == _TESLA, BEV_TESLA, bev_kind)
        kind = np.where(self.is_bev, bev_kind, self.powertrain)
        burns = self.powertrain != BEV
        return Offers(
            on_offer=on_offer,
            effective_models=np.where(on_offer, row["n_effective"] * variety, 0.0),
            range_miles=np.where(range_miles > 0, range_miles, LONG_RANGE_MILES),
            kwh_per_mile=np.where(self.powertrain >= PHEV, row["kwh_per_100mi"] / 100.0, 0.0),
            gallons_per_mile=np.where(burns, 1.0 / np.where(row["mpg"] > 0, row["mpg"], 1.0), 0.0),
            charging_kw=np.where(self.is_bev, np.maximum(row["dc_fast_kw"], _slowest_fast_charging_kw()), 0.0),
            fast_charging_minutes=np.minimum(row["fast_charging_minutes"], most_minutes),
            power_kw=row["motor_kw"],
            pack_kwh=row["pack_kwh"],
            kind=kind.astype(np.int64),
            mix_weight=np.where(on_offer, row["mix_weight_thousand"], 0.0),
        )

    def _log_variety(self, quarter: int) -> float:
        """Logarithm of the growth in BEV models since the observed data: the trend of each quarter, damped (M15)."""
        if not self._trend_in_variety:
            return 0.0
        damped = [
            damped_years(n / QUARTERS_PER_YEAR, self._makers.variety_damping)
            for n in range(max(0, quarter - self._recorded_until) + 1)
        ]
        rates = [self._makers.at(self._recorded_until + n).variety_growth for n in range(1, len(damped))]
        if len(set(rates)) <= 1:
            return self._makers.at(quarter).variety_growth * damped[-1]
        return float(np.dot(rates, np.diff(damped)))

    def of_maker(self, maker: int) -> Ints:
        """Products of an automaker, in order."""
        return np.flatnonzero(self.maker == maker)

    def reference_gallons_per_mile(self) -> float:
        """Fuel use of the mean gasoline car on offer in the first quarter: the reference of fuel saved."""
        first = self.at(0)
        gasoline = (self.powertrain == ICE) & first.on_offer
        return float(np.average(first.gallons_per_mile[gasoline], weights=first.mix_weight[gasoline]))


def _nests(code: Ints) -> Nests:
    """Nests of products by segment and powertrain, ``code``, (products,)."""
    found, product_nest = np.unique(code, return_inverse=True)
    return Nests(product_nest.astype(np.int64), (found // len(POWERTRAINS)).astype(np.int64))


def damped_years(years: float, damping_per_year: float) -> float:
    """Sum of a growth that starts at 1 a year and is damped: the trend of Gardner and McKenzie (1985)."""
    if damping_per_year >= 1.0:
        return years
    if damping_per_year <= 0.0:
        return 0.0
    return float((damping_per_year**years - 1.0) / np.log(damping_per_year))


def _slowest_fast_charging_kw() -> float:
    return 11.0  # a car without fast charging uses Level 2 at its on-board charger (SAE J1772, 48 A)


def _columns_by_product(record: pd.DataFrame) -> dict[Any, Columns]:
    """Numbers of each product's model years, 0 where missing; pandas is slow at so many small frames."""
    numbers = {
        str(name): column.fillna(0.0).to_numpy(np.float64) for name, column in record.select_dtypes("number").items()
    }
    rows = record.groupby(_KEYS).indices
    return {key: {name: column[of_key] for name, column in numbers.items()} for key, of_key in rows.items()}


def _at_quarters(group: Columns, column: str, at: Floats | Ints) -> Floats:
    """A column of a product's model years at quarters, linear between the middles of years, held beyond them."""
    center = (group["model_year"] - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR + _MID_YEAR_QUARTER
    return np.asarray(np.interp(at, center, group[column]))


def _split_shares(spans: pd.DataFrame, groups: list[Columns]) -> Floats:
    """Models of each line over those of its row in the first quarter of the split, shape (products,).

    The first quarter in which the line and another of its row are on sale; 1 where there is none.
    """
    first = np.array([quarters.index(name) for name in spans["quarter_from"]])
    last = np.array([quarters.index(name) if name else quarters.LAST_RECORD for name in spans["quarter_to"]])
    share = np.ones(len(spans))
    for members in spans.groupby(_ROW).indices.values():
        for product in members:
            together = [max(first[product], first[other]) for other in members if other != product]
            split = min((at for at in together if at <= last[product]), default=None)
            if split is None:
                continue
            models = {
                other: float(_at_quarters(groups[other], "n_effective", np.array([split]))[0])
                for other in members
                if first[other] <= split <= last[other]
            }
            share[product] = models[product] / sum(models.values())
    return share


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        maker_index=[MAKERS.index(name) for name in frame["maker"]],
        segment_index=[SEGMENTS.index(name) for name in frame["segment"]],
        powertrain_index=[POWERTRAINS.index(name) for name in frame["powertrain"]],
    )


def _on_offer(spans: pd.DataFrame, all_quarters: Ints, recorded_until: int) -> NDArray[np.bool_]:
    """Shape (quarters, products): recorded spans; after the observed data what was on sale then stays."""
    first = np.array([quarters.index(name) for name in spans["quarter_from"]])
    last = np.array([quarters.index(name) if name else all_quarters[-1] for name in spans["quarter_to"]])
    held = np.minimum(all_quarters, recorded_until)[:, None]
    return (first <= held) & (held <= last)
