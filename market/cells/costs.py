"""Costs and prices of cells: imports with duties, US plants with 45X, margins of lines (M12, M19)."""

from typing import Protocol, Self

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.cost import (
    IRON_CELL_KG_PER_KWH,
    NICKEL_CELL_KG_PER_KWH,
    cell_cost_usd_per_kwh,
    learning_factor,
    material_usd_per_kwh,
)
from agents.cells.line_decision import Use
from agents.cells.plant import CHEMISTRIES, IRON, Lines
from market.base import quarters, tables
from market.cells.parameters import Cells
from market.exogenous.prices import World
from market.policies.parameters import Policy
from market.policies.rate_policy import RatePolicy
from market.policies.registry import BATTERY_POLICIES

HORIZON_QUARTERS = 40  # ten years: over which a line's change is judged (M14)
_LAST_PRICE_QUARTER = quarters.index("2025Q2")  # middle of the last year of recorded cell prices
_MIDDLE = 0.5  # of a year and of a quarter: prices are means of a year
_BASE_YEAR_QUARTER = quarters.index("2024Q4")  # costs are those of the end of 2024


class ImportTerms(Protocol):
    """What imported cells cost beyond the records.

    ``foreign_price_growth``: real growth a year; ``third_country``: $/kWh of iron-phosphate cells from there, with
    ``third_country_tariff`` as a share on top; ``price_premium``: share added to all cells for storage. ``at``: with
    the levers of a quarter.
    """

    def at(self, quarter: int) -> Self: ...  # noqa: D102
    @property
    def foreign_price_growth(self) -> float: ...  # noqa: D102
    @property
    def third_country(self) -> float: ...  # noqa: D102
    @property
    def third_country_tariff(self) -> float: ...  # noqa: D102
    @property
    def price_premium(self) -> float: ...  # noqa: D102


class CellCosts:
    """Prices and costs of cells by quarter, 2025 $/kWh."""

    def __init__(
        self, cells: Cells, imports: ImportTerms, policy: Policy, world: World, origin: int, last_quarter: int
    ) -> None:
        self._cells = cells
        self._imports = imports
        self._world = world
        self.policies: dict[str, RatePolicy] = {name: law(policy, origin) for name, law in BATTERY_POLICIES.items()}
        costs = tables.load("cell_costs")
        self._years = costs["year"].to_numpy(np.float64)
        self._nickel_world = costs["nmc_cell_usd_per_kwh_2025"].to_numpy(np.float64)
        self._iron_china = costs["lfp_cell_cn_usd_per_kwh_2025"].to_numpy(np.float64)
        coming = range(last_quarter + 1 + HORIZON_QUARTERS)
        rates = {name: np.stack([policy.rate(q) for q in coming]) for name, policy in self.policies.items()}
        self._production_credit: Floats = rates["production_credit"][:, 0]
        self._investment_credit: Floats = rates["investment_credit"][:, 0]
        self._tariff: Floats = rates["battery_tariff"]
        self._transfer_price = policy.credit_transfer_price
        self._credit_known = self.policies["production_credit"].known_from
        self._expected: tuple[int, Floats] = (-1, self._production_credit)

    @property
    def credit_kept(self) -> Floats:
        """Share of 45X that stays with the line that makes a cell, by use, shape (uses,): buyers of cars get theta."""
        kept = np.ones(len(Use))
        kept[Use.VEHICLES] = 1.0 - self._cells.credit_pass_through
        return kept

    def statutory_credit_usd_per_kwh(self, quarter: int) -> float:
        """45X on a kWh of cells and modules made in the United States, as the law pays it."""
        return float(self._production_credit[quarter])

    def credit_usd_per_kwh(self, quarter: int) -> float:
        """What that credit is worth to a firm that sells it: its transfer price."""
        return self._transfer_price * self.statutory_credit_usd_per_kwh(quarter)

    def passed_on_usd_per_kwh(self, quarter: int) -> float:
        """Part of it that buyers of cells for cars receive."""
        return self._cells.credit_pass_through * self.credit_usd_per_kwh(quarter)

    def coming_credits_usd_per_kwh(self, quarter: int, ahead: int = 0) -> Floats:
        """Worth of 45X expected in ten years' quarters from ``ahead`` on, (40,): today's until the law is known."""
        if quarter < self._credit_known:
            return np.full(HORIZON_QUARTERS, self.credit_usd_per_kwh(quarter))
        if self._expected[0] != quarter:
            credit = self.policies["production_credit"]
            coming = [float(credit.rate(each, quarter)[0]) for each in range(self._production_credit.size)]
            self._expected = (quarter, self._transfer_price * np.array(coming))
        return self._expected[1][quarter + ahead : quarter + ahead + HORIZON_QUARTERS]

    def investment_credit_share(self, quarter: int) -> float:
        """Share of the cost of a storage project begun in a quarter."""
        return float(self._investment_credit[quarter])

    def tariff(self, quarter: int, use: Use) -> float:
        """Duties on imported cells for a use, share of the price."""
        return float(self._tariff[quarter, use])

    def material_rise_usd_per_kwh(self, kg_per_kwh: Floats, quarter: int) -> float:
        """What materials, ``kg_per_kwh`` (materials,), add to a kWh over what recorded prices of cells hold already."""
        base = self._world.material_without_lever_usd_per_kg(min(quarter, _LAST_PRICE_QUARTER))
        return material_usd_per_kwh(0.0, kg_per_kwh, self._world.material_usd_per_kg(quarter), base)

    def _foreign(self, series: Floats, kg_per_kwh: Floats, quarter: int) -> float:
        year = (quarter + _MIDDLE) / QUARTERS_PER_YEAR + quarters.FIRST_YEAR - _MIDDLE
        later = max(0.0, year - self._years[-1])
        held = float(np.interp(year, self._years, series))
        price = held * float((1.0 + self._imports.foreign_price_growth) ** later)
        return price + self.material_rise_usd_per_kwh(kg_per_kwh, quarter)

    def vehicle_world_price_usd_per_kwh(self, quarter: int) -> float:
        """World price of a vehicle cell of nickel, before duty."""
        return self._foreign(self._nickel_world, NICKEL_CELL_KG_PER_KWH, quarter)

    def vehicle_price_usd_per_kwh(self, quarter: int) -> float:
        """Price of a vehicle cell: that of imports with their duty."""
        return self.vehicle_world_price_usd_per_kwh(quarter) * (1.0 + self.tariff(quarter, Use.VEHICLES))

    def car_prices_usd_per_kwh(self, quarter: int) -> Floats:
        """What a cell is worth to an automaker by chemistry, (chemistries,): imports of its kind, duty paid."""
        nickel = self.vehicle_price_usd_per_kwh(quarter)
        prices = np.full(len(CHEMISTRIES), nickel)
        prices[IRON] = self._chinese_iron_usd_per_kwh(quarter)
        return prices

    def _chinese_iron_usd_per_kwh(self, quarter: int) -> float:
        price = self._foreign(self._iron_china, IRON_CELL_KG_PER_KWH, quarter)
        return price * (1.0 + self.tariff(quarter, Use.STORAGE))

    def import_price_usd_per_kwh(self, quarter: int) -> float:
        """Iron cells from China for storage, duty paid: p_CN (1 + t), with the premium asked (M19)."""
        return float(self._chinese_iron_usd_per_kwh(quarter) * (1.0 + self._imports.at(quarter).price_premium))

    def third_country_price_usd_per_kwh(self, quarter: int) -> float:
        """Iron cells from third countries, duty paid: p_third (1 + t3), with the premium asked (M19)."""
        later = max(0, quarter - _BASE_YEAR_QUARTER) / QUARTERS_PER_YEAR
        imports = self._imports.at(quarter)
        price = imports.third_country * float((1.0 + imports.foreign_price_growth) ** later)
        price += self.material_rise_usd_per_kwh(IRON_CELL_KG_PER_KWH, quarter)
        duty_paid = price * (1.0 + imports.third_country_tariff)
        return duty_paid * (1.0 + imports.price_premium)

    def _us_cost(self, material: float, kg_per_kwh: Floats, cell_yield: Floats, quarter: int) -> Floats:
        cells = self._cells
        base = self._world.material_without_lever_usd_per_kg(_BASE_YEAR_QUARTER)
        base[0] = cells.base_lithium
        now = material_usd_per_kwh(material, kg_per_kwh, self._world.material_usd_per_kg(quarter), base)
        years = max(0.0, (quarter - _BASE_YEAR_QUARTER) / QUARTERS_PER_YEAR)
        learned = learning_factor(np.array((1.0 + cells.output_growth) ** years), cells.learning_rate)
        return cell_cost_usd_per_kwh(max(now, 0.0), cells.processing * learned, cell_yield, 0.0, 0.0, np.ones(1))

    def nickel_cost_usd_per_kwh(self, cell_yield: Floats, quarter: int) -> Floats:
        """Variable cost of a good NMC or NCA cell in a US plant, shape of ``cell_yield`` (M12)."""
        return self._us_cost(self._cells.nickel_material, NICKEL_CELL_KG_PER_KWH, cell_yield, quarter)

    def iron_cost_usd_per_kwh(self, cell_yield: Floats, quarter: int) -> Floats:
        """Variable cost of a good iron-phosphate cell in a US plant, shape of ``cell_yield`` (M12)."""
        return self._us_cost(self._cells.iron_material, IRON_CELL_KG_PER_KWH, cell_yield, quarter)

    def cost_usd_per_kwh(self, lines: Lines, cell_yield: Floats, quarter: int) -> Floats:
        """Variable cost of a good cell of the chemistry each line makes now, shape (lines,)."""
        iron, nickel = (
            self.iron_cost_usd_per_kwh(cell_yield, quarter),
            self.nickel_cost_usd_per_kwh(cell_yield, quarter),
        )
        return np.asarray(np.where(lines.chemistry == IRON, iron, nickel) + self._cells.as_is_cost * lines.as_is)

    def margins_usd_per_kwh(
        self, lines: Lines, cell_yield: Floats, storage_price_usd_per_kwh: float, quarter: int
    ) -> tuple[Floats, Floats]:
        """Margin before 45X of a good cell for cars and for storage by line, each shape (lines,).

        Car cells are worth what imports of their kind cost.
        """
        iron, nickel = (
            self.iron_cost_usd_per_kwh(cell_yield, quarter),
            self.nickel_cost_usd_per_kwh(cell_yield, quarter),
        )
        cost = np.where(lines.car_chemistry == IRON, iron, nickel)
        vehicle = self.car_prices_usd_per_kwh(quarter)[lines.car_chemistry] - cost
        return np.asarray(vehicle), np.asarray(storage_price_usd_per_kwh - iron)
