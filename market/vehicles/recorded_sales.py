"""Observed data imposed up to the origin: sales, supply limits, availability, used prices."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import AGE_BUCKETS, HEV, ICE, KINDS, MAKERS, PHEV, POWERTRAINS, SEGMENTS
from market.base.quarters import LAST_RECORD
from market.exogenous.zones import Places
from market.vehicles.products import Products

_PUBLISHED = ("dataset",)  # qualities of quarters that are no split of a year
_RAKING_ROUNDS = 50
_LOWEST_REGISTRATION_RATIO, _HIGHEST_REGISTRATION_RATIO = (
    0.05,
    6.0,
)  # bounds of a state's BEV share over the nation's


def _cells(frame: pd.DataFrame, value: str, shape: tuple[int, int]) -> Floats:
    out = np.zeros(shape)
    out[frame["row"].to_numpy(), frame["column"].to_numpy()] = frame[value].to_numpy()
    return out


class RecordedSales:
    """New cars sold by quarter and product, ``cars``, and which of them were published as such, ``own_quarter``.

    Both have shape (quarters to 2024Q4, products).

    BEVs are recorded by product and quarter, hybrids and plug-in hybrids nationally, gasoline cars by automaker and
    year; within these the recorded mix of products splits them, gasoline cars raked to the recorded shares of segments.
    """

    def __init__(self, products: Products, recorded_until: int = LAST_RECORD) -> None:
        self._products = products
        self._until = recorded_until
        powertrain = tables.load("sales_by_powertrain")
        self.by_powertrain = _cells(
            powertrain.assign(
                row=powertrain["quarter"].map(quarters.index), column=powertrain["powertrain"].map(POWERTRAINS.index)
            ),
            "sales",
            (LAST_RECORD + 1, len(POWERTRAINS)),
        )
        bev = tables.load("bev_sales_by_line")
        placed = bev.assign(row=bev["quarter"].map(quarters.index), column=_bev_products(products, bev))
        self._bevs = _cells(
            placed,
            "sales",
            (LAST_RECORD + 1, products.size),
        )
        published = bev["quality"].isin(_PUBLISHED).to_numpy(np.float64)
        self.own_quarter = _cells(placed.assign(published=published), "published", self._bevs.shape) > 0
        self.cars = np.zeros((LAST_RECORD + 1, products.size))
        year_end = recorded_until // QUARTERS_PER_YEAR * QUARTERS_PER_YEAR + 3
        for quarter in range(year_end + 1):
            self._split_plug_ins_and_hybrids(quarter)
        for first in range(0, recorded_until + 1, QUARTERS_PER_YEAR):
            self._split_gasoline(first)

    @property
    def total(self) -> Floats:
        """All new cars, shape (quarters,)."""
        return np.asarray(self.by_powertrain.sum(axis=1))

    def at(self, quarter: int) -> Floats:
        """Cars of a quarter by product, shape (products,); NaN after the observed data."""
        return np.asarray(self.cars[quarter]) if quarter <= self._until else np.full(self.cars.shape[1], np.nan)

    def _split_plug_ins_and_hybrids(self, quarter: int) -> None:
        weight = self._products.at(quarter).mix_weight
        for powertrain in (HEV, PHEV):
            chosen = (self._products.powertrain == powertrain) * weight
            self.cars[quarter] += self.by_powertrain[quarter, powertrain] * chosen / chosen.sum()
        self.cars[quarter] += self._bevs[quarter]

    def _split_gasoline(self, first: int) -> None:
        """Gasoline cars of a year by maker and segment, raked to both recorded margins, spread over its quarters."""
        year = slice(first, first + QUARTERS_PER_YEAR)
        products = self._products
        gasoline = np.flatnonzero(products.powertrain == ICE)
        weight = products.at(first + 2).mix_weight[gasoline]
        others = self.cars[year].sum(axis=0)
        year_number = quarters.year(first)
        makers = _of_year("sales_by_maker", year_number).set_index("maker")["sales_as_pooled"]
        rows = np.array([makers.get(m, 0.0) for m in MAKERS]) - np.bincount(
            products.maker, others, minlength=len(MAKERS)
        )
        segments = _of_year("segment_shares", year_number).set_index("segment")["share"]
        total = self.by_powertrain[year].sum()
        columns = segments.loc[list(SEGMENTS)].to_numpy() * total - np.bincount(
            products.segment, others, minlength=len(SEGMENTS)
        )
        national = self.by_powertrain[year, ICE].sum()
        cars = weight.astype(np.float64)
        for _ in range(_RAKING_ROUNDS):
            cars = _raked(cars, products.maker[gasoline], np.maximum(rows, 0.0))
            cars = _raked(cars, products.segment[gasoline], np.maximum(columns, 0.0))
            cars *= national / cars.sum()
        self._refuse_none(gasoline[(weight > 0.0) & (cars <= 0.0)], year_number)
        for quarter in range(first, first + QUARTERS_PER_YEAR):
            self.cars[quarter, gasoline] = cars * self.by_powertrain[quarter, ICE] / national

    def _refuse_none(self, products: Ints, year: int) -> None:
        """Raise TableError if products on sale have no cars left: no constant of demand could tell that."""
        for product in products[:1]:
            maker, segment = MAKERS[self._products.maker[product]], SEGMENTS[self._products.segment[product]]
            raise tables.TableError(
                f"tables sales_by_maker and segment_shares leave no gasoline {segment} of {maker} in {year}: BEVs and "
                f"hybrids are all that its sales, or those of the segment, hold; raise them, or lower the BEVs"
            )


def _bev_products(products: Products, rows: pd.DataFrame) -> list[int]:
    """Product of each row of a table of BEVs by automaker, segment and line."""
    place = {
        (MAKERS[products.maker[i]], SEGMENTS[products.segment[i]], products.line[i]): i
        for i in np.flatnonzero(products.is_bev).tolist()
    }
    return [place[key] for key in zip(rows["maker"], rows["segment"], rows["line"], strict=True)]


def _of_year(table: str, year: int) -> pd.DataFrame:
    rows = tables.load(table)
    return rows[rows["year"] == year]


def _raked(cars: Floats, group: NDArray[np.int64], target: Floats) -> Floats:
    """Scale the cars of every group to its target; groups without cars are left out."""
    have = np.bincount(group, cars, minlength=target.size)
    return cars * np.where(have > 0, target / np.where(have > 0, have, 1.0), 1.0)[group]


class Availability:
    """Share of a product that could be bought in a zone, by quarter (M2)."""

    def __init__(self, products: Products, places: Places) -> None:
        rows = tables.load("availability")
        rows = rows[rows["state"].isin(places.states)]
        covers = rows["maker"].map(MAKERS.index).to_numpy()[:, None] == products.maker
        covers &= rows["segment"].map(SEGMENTS.index).to_numpy()[:, None] == products.segment
        covers &= rows["powertrain"].map(POWERTRAINS.index).to_numpy()[:, None] == products.powertrain
        row, self._product = np.nonzero(covers)
        self._state = np.array([places.states.index(state) for state in rows["state"]], dtype=np.int64)[row]
        self._from = np.array([quarters.index(name) for name in rows["quarter_from"]], dtype=np.int64)[row]
        self._to = np.array([quarters.index(name) for name in rows["quarter_to"]], dtype=np.int64)[row]
        self._share = rows["share"].to_numpy()[row]
        self._places = places
        self._size = products.size

    def at(self, quarter: int) -> Floats:
        """Shape (zones, products)."""
        now = (self._from <= quarter) & (quarter <= self._to)
        by_state = np.ones((len(self._places.states), self._size))
        by_state[self._state[now], self._product[now]] = self._share[now]
        if not now.any():
            return np.ones((self._places.size, self._size))
        return np.minimum(1.0, np.stack([self._places.by_zone(column) for column in by_state.T], axis=1))


def used_price_level(last_quarter: int) -> Floats:
    """Recorded real price level of used cars, 2017 = 1, shape (quarters,); the last one held."""
    rows = tables.load("used_price_index")
    index = rows["quarter"].map(quarters.index).to_numpy()
    years = np.array([quarters.year(q) for q in index])
    real = tables.real_2025(rows["index"], years)
    real = real / real[(index >= 0) & (index < QUARTERS_PER_YEAR)].mean()
    return np.asarray(np.interp(np.arange(last_quarter + 1), index, real))


def base_retention() -> Floats:
    """Recorded price of used goods in 2017 over that of a new car of the kind, shape (goods,)."""
    table = tables.load("retention").pivot(index="kind", columns="age_bucket", values="retention_share")
    return table.loc[list(KINDS), list(AGE_BUCKETS)].to_numpy(np.float64).reshape(-1)


def bev_registration_ratio(places: Places) -> Floats:
    """New BEVs per car in a zone over the nation's, by year from 2017, shape (years, zones).

    From the growth of registrations of BEVs in each state over two years (one at the ends), per
    registered car (DOE Alternative Fuels Data Center).
    """
    rows = tables.load("registrations_by_state")
    bevs = rows.pivot(index="year", columns="state", values="bevs")[list(places.states)].to_numpy(np.float64)
    cars = rows.pivot(index="year", columns="state", values="cars")[list(places.states)].to_numpy(np.float64)
    grown = np.maximum(np.diff(bevs, axis=0), 0.0)
    smooth = (grown + np.concatenate([grown[:1], grown[:-1]])) / 2.0
    rate = smooth / cars[1:]
    ratio = rate / (smooth.sum(axis=1, keepdims=True) / cars[1:].sum(axis=1, keepdims=True))
    by_zone = np.stack([places.by_zone(row) for row in ratio])
    return np.clip(by_zone, _LOWEST_REGISTRATION_RATIO, _HIGHEST_REGISTRATION_RATIO)
