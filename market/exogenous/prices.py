"""Exogenous prices: gasoline, electricity, battery materials, loans, and scarcity years (M22)."""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.cost import MATERIALS
from agents.random.streams import Purpose, stream_key, uniforms
from market.base import quarters, tables
from market.base.lever_path import mean_growth
from market.base.sets import region_names
from market.exogenous.parameters import World as WorldParameters
from market.exogenous.zones import Places, state_series

_ONE = np.zeros(1, dtype=np.int64)


def ornstein_uhlenbeck_step(
    log_price: float, log_mean: float, half_life_years: float, sigma: float, years: float, shock: float
) -> float:
    """Exact step of a log Ornstein-Uhlenbeck price over ``years`` (Schwartz 1997, one factor; M22).

    ``sigma`` is per square root of a year and ``shock`` standard normal; the moments do not depend on
    the length of the step.
    """
    speed = np.log(2.0) / half_life_years
    kept = np.exp(-speed * years)
    spread = sigma * np.sqrt((1.0 - kept**2) / (2.0 * speed))
    return float(log_mean + (log_price - log_mean) * kept + spread * shock)


class World:
    """Prices by quarter: recorded as far as records go, then on their expected path, or drawn with ``shocks``."""

    def __init__(self, parameters: WorldParameters, places: Places, seed: int, last_quarter: int, origin: int) -> None:
        self._parameters = parameters
        self._seed = seed if parameters.shocks else None
        self._origin = origin
        self._regions = np.array(region_names())
        until = max(last_quarter, quarters.LAST_RECORD)
        self._gasoline = self._path(
            "gasoline_national", "usd_per_gallon_nominal", Purpose.GASOLINE, self._seed, until,
            lambda quarter: parameters.at(quarter).gasoline_usd_per_gallon, parameters.gasoline_half_life_years,
            parameters.gasoline_sigma,
        )  # fmt: skip
        self._lithium = self._path(
            "lithium", "usd_per_kg_2025", Purpose.LITHIUM, self._seed, until,
            lambda quarter: parameters.at(quarter).lithium_usd_per_kg, parameters.lithium_half_life_years,
            parameters.lithium_sigma,
        )  # fmt: skip
        others = _held_yearly("battery_materials", MATERIALS[1:], until)
        self._materials = np.concatenate([self._lithium[:, None], others], axis=1)
        self._gasoline_ratio = self._by_zone(places, "gasoline_states", "ratio_to_national", real=False)
        self._electricity = self._by_zone(places, "electricity", "usd_per_kwh_nominal", real=True)
        public = tables.load("public_charging")
        self._public_years = public["year"].to_numpy(np.float64)
        self._public = tables.real_2025(public["usd_per_kwh_nominal"], public["year"])
        scarce = tables.load("scarcity_years")
        self._scarce = {name: scarce[name].to_numpy() for name in ("region", "year")}
        rates = tables.load("loan_rates")
        self._rates = dict(zip(rates["year"], rates["new_car_rate_share"], strict=True))

    @staticmethod
    def _path(
        table: str, column: str, purpose: Purpose, seed: int | None, last_quarter: int, mean: Callable[[int], float],
        half_life: float, sigma: float,
    ) -> Floats:  # fmt: skip
        """A national price by quarter, 2025 $, shape (quarters,): recorded, then drawn, or its median (M22)."""
        record = tables.load(table)
        index = np.array([quarters.index(name) for name in record["quarter"]])
        values = record[column].to_numpy(np.float64)
        if column.endswith("_nominal"):
            values = tables.real_2025(values, np.array([quarters.year(int(q)) for q in index]))
        real = dict(zip(index, values, strict=True))
        path = np.empty(last_quarter + 1)
        for quarter in range(last_quarter + 1):
            if quarter in real:
                path[quarter] = real[quarter]
                continue
            shock = 0.0 if seed is None else float(ndtri(uniforms(stream_key(seed, purpose, quarter), _ONE)[0]))
            step = 1 / QUARTERS_PER_YEAR
            path[quarter] = np.exp(
                ornstein_uhlenbeck_step(np.log(path[quarter - 1]), np.log(mean(quarter)), half_life, sigma, step, shock)
            )
        return path

    def lithium_usd_per_kg(self, quarter: int) -> float:
        """Lithium carbonate, 2025 $/kg."""
        factor = self._parameters.at(quarter).lithium_factor if quarter > self._origin else 1.0
        return float(self._lithium[quarter] * factor)

    def material_usd_per_kg(self, quarter: int) -> Floats:
        """Prices of ``MATERIALS``, 2025 $/kg, shape (materials,)."""
        given = self._parameters.at(quarter)
        factors = np.array([given.lithium_factor, given.nickel_factor, given.graphite_factor])
        return self.material_without_lever_usd_per_kg(quarter) * (factors if quarter > self._origin else 1.0)

    def material_without_lever_usd_per_kg(self, quarter: int) -> Floats:
        """The same as recorded, drawn or held, 2025 $/kg, shape (materials,)."""
        return np.array(self._materials[quarter])

    @staticmethod
    def _by_zone(places: Places, table: str, column: str, *, real: bool) -> dict[int, Floats]:
        series = state_series(table, column, places.states)
        values = series.to_numpy(np.float64)
        if real:
            values = np.stack(
                [tables.real_2025(row, np.full(row.size, year)) for year, row in zip(series.index, values, strict=True)]
            )
        return {int(year): places.by_zone(row) for year, row in zip(series.index, values, strict=True)}

    def gasoline_usd_per_gallon(self, quarter: int) -> Floats:
        """Gasoline in every zone, shape (zones,)."""
        year = min(quarters.year(quarter), max(self._gasoline_ratio))
        factor = self._parameters.at(quarter).gasoline_factor if quarter > self._origin else 1.0
        return np.asarray(self._gasoline[quarter] * self._gasoline_ratio[year] * factor)

    def electricity_usd_per_kwh(self, quarter: int) -> Floats:
        """Residential electricity in every zone, shape (zones,); after the observed data it grows in real terms."""
        last = max(self._electricity)
        year = quarters.year(quarter)
        rate = mean_growth(self._electricity_growth, last, max(last, year))
        growth = (1.0 + rate) ** max(0, year - last)
        factor = self._parameters.at(quarter).electricity_factor if quarter > self._origin else 1.0
        return np.asarray(self._electricity[min(year, last)] * growth * factor)

    def _electricity_growth(self, year: int) -> float:
        """Growth into a year, that of its first quarter."""
        return self._parameters.at((year - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR).electricity_growth

    def public_charging_usd_per_kwh(self, quarter: int) -> float:
        """Price of public fast charging, the last recorded one after the observed data."""
        factor = self._parameters.at(quarter).electricity_factor if quarter > self._origin else 1.0
        return float(np.interp(quarters.year(quarter), self._public_years, self._public)) * factor

    def scarcity(self, year: int) -> Floats:
        """Factor on what storage earns by arbitrage and merchant sales in a year, (regions,) (M22).

        Recorded, then drawn; on the expected path the mean of many years, since earnings are linear in it. Regions are
        drawn independently: past scarcity (ERCOT 2021, 2023) was regional.
        """
        if year <= quarters.year(quarters.LAST_RECORD):
            scarce = np.isin(self._regions, self._scarce["region"][self._scarce["year"] == year])
        elif self._seed is None:
            return np.full(self._regions.size, self.mean_scarcity())
        else:
            first = (year - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR
            key = stream_key(self._seed, Purpose.SCARCITY, first)
            draws = uniforms(key, np.arange(self._regions.size))
            scarce = draws < self._parameters.scarcity_share
        return np.where(scarce, self._parameters.scarcity_factor, 1.0)

    def mean_scarcity(self) -> float:
        """Mean of that factor over many years."""
        return 1.0 + self._parameters.scarcity_share * (self._parameters.scarcity_factor - 1.0)

    def loan_rate(self, quarter: int) -> float:
        """New-car loan rate a year."""
        return float(self._rates.get(quarters.year(quarter), self._parameters.at(quarter).loan_rate))


def _held_yearly(table: str, materials: tuple[str, ...], last_quarter: int) -> Floats:
    """Yearly prices of materials at the middle of their years, straight between, held after; (quarters, materials)."""
    rows = tables.load(table)
    rows = rows.assign(real=tables.real_2025(rows["usd_per_kg_nominal"], rows["year"]))
    held = np.arange(last_quarter + 1)
    middle = (QUARTERS_PER_YEAR - 1) / 2
    columns = []
    for material in materials:
        own = rows[rows["material"] == material].sort_values("year", kind="stable")
        columns.append(np.interp(held, (own["year"] - quarters.FIRST_YEAR) * QUARTERS_PER_YEAR + middle, own["real"]))
    return np.stack(columns, axis=1)
