"""Utilities: once a year each requests storage up to the point where its declining value equals cost (M16)."""

from dataclasses import dataclass
from typing import Any, Protocol

import mesa

from agents.power.storage_demand import ValueStack, target_share, yearly_cost_usd_per_kw

CHOKE_PRICE_USD_PER_KWH = 1e4
"""Above any offer: firm demand is bought at any price."""
_SLOWEST_PACE = 1e-9  # of the gap a year: less is no demand
_MOST_SHARE = 1.0  # of peak: no region wants more storage than its peak


@dataclass(frozen=True)
class StorageProject:
    """What a kW of storage costs besides its cells: hours, $/kWh, investment credit, cost of capital, life, upkeep."""

    hours: float
    other_capex_usd_per_kwh: float
    credit_share: float
    wacc: float
    life_years: float
    upkeep_share: float

    def cost_usd_per_kw_year(self, cell_price_usd_per_kwh: float) -> float:
        """Yearly cost of a kW at a price of cells (M16)."""
        capex = cell_price_usd_per_kwh + self.other_capex_usd_per_kwh
        return yearly_cost_usd_per_kw(
            capex, self.hours, self.credit_share, self.wacc, self.life_years, self.upkeep_share
        )

    def cell_price_usd_per_kwh(self, value_usd_per_kw_year: float) -> float:
        """Price of cells at which a yearly value just covers the cost."""
        per_usd = self.cost_usd_per_kw_year(1.0 - self.other_capex_usd_per_kwh)
        return value_usd_per_kw_year / per_usd - self.other_capex_usd_per_kwh


@dataclass(frozen=True)
class StorageOrder:
    """Demand of one region: firm energy at any price, then a falling curve. Energy in GWh, power in GW.

    ``standing_gw``: installed and on the way; ``peak_gw``: forecast; ``pace``: part of the gap to the target that
    is ordered. ``firm_gw``: power of the firm energy.
    """

    firm_gw: float
    firm_gwh: float
    standing_gw: float
    peak_gw: float
    pace: float
    stack: ValueStack
    project: StorageProject

    def target_gw(self, cell_price_usd_per_kwh: float) -> float:
        """K*: storage at which value meets cost (M16)."""
        cost = self.project.cost_usd_per_kw_year(cell_price_usd_per_kwh)
        return target_share(self.stack.marginal_usd_per_kw_year, cost, _MOST_SHARE) * self.peak_gw

    def wanted_gwh(self, cell_price_usd_per_kwh: float) -> float:
        """Energy ordered at a price of cells: lambda_s (K* - K - pipeline)+ and what is firm (M16)."""
        gap = max(0.0, self.target_gw(cell_price_usd_per_kwh) - self.standing_gw)
        return self.firm_gwh + self.pace * gap * self.project.hours

    def price_usd_per_kwh(self, gwh: float) -> float:
        """Price of cells up to which a quantity is bought: the inverse of ``wanted_gwh``, never rising."""
        if gwh < self.firm_gwh:
            return CHOKE_PRICE_USD_PER_KWH
        if self.pace <= _SLOWEST_PACE:
            return 0.0
        power = self.standing_gw + (gwh - self.firm_gwh) / self.project.hours / self.pace
        return self.project.cell_price_usd_per_kwh(self.stack.marginal_usd_per_kw_year(power / self.peak_gw))

    def power_gw(self, gwh: float) -> float:
        """Power that comes with an energy bought: the firm part at its own duration, the rest at the project's."""
        firm = min(gwh, self.firm_gwh)
        firm_power = self.firm_gw * firm / self.firm_gwh if self.firm_gwh > 0 else 0.0
        return firm_power + max(0.0, gwh - self.firm_gwh) / self.project.hours


@dataclass(frozen=True)
class RegionDemand:
    """Storage demand of a region in a quarter: data centers first, at any price, then the utility's order."""

    centers_gwh: float
    order: StorageOrder | None

    def wanted_gwh(self, cell_price_usd_per_kwh: float) -> float:
        """Energy asked for at a price of cells."""
        return self.centers_gwh + (self.order.wanted_gwh(cell_price_usd_per_kwh) if self.order else 0.0)

    def price_usd_per_kwh(self, gwh: float) -> float:
        """Price of cells up to which a quantity is bought, never rising."""
        if gwh < self.centers_gwh:
            return CHOKE_PRICE_USD_PER_KWH
        return self.order.price_usd_per_kwh(gwh - self.centers_gwh) if self.order else 0.0

    def split_gwh(self, gwh: float) -> tuple[float, float]:
        """Parts of a quantity bought that go to data centers and to the utility."""
        centers = min(gwh, self.centers_gwh)
        return centers, gwh - centers


@dataclass(frozen=True)
class UtilitySensing:
    """What a utility observes before its annual request. Power in GW.

    ``firm_gw``, ``firm_gwh``: projects already committed for next year and what a mandate adds.
    """

    standing_gw: float
    peak_ahead_gw: float
    firm_gw: float
    firm_gwh: float
    stack: ValueStack
    project: StorageProject


class UtilityRule(Protocol):
    """What a utility asks for in the year's request for proposals."""

    def __call__(self, seen: UtilitySensing, catch_up_per_year: float) -> StorageOrder:
        """Its demand for storage; ``catch_up_per_year``: part of the gap to its target that it orders in a year."""
        ...


def order_by_value(seen: UtilitySensing, catch_up_per_year: float) -> StorageOrder:
    """Firm projects, plus part of the gap to the storage at which value equals cost (M16)."""
    return StorageOrder(
        seen.firm_gw, seen.firm_gwh, seen.standing_gw, seen.peak_ahead_gw, catch_up_per_year, seen.stack, seen.project
    )


def order_what_is_firm(seen: UtilitySensing, catch_up_per_year: float) -> StorageOrder:  # noqa: ARG001
    """Committed projects and mandates, and nothing beyond."""
    return order_by_value(seen, 0.0)


UTILITY_RULES: dict[str, UtilityRule] = {"value-stack": order_by_value, "firm-only": order_what_is_firm}
"""Rules for requests of utilities by name."""


class Utility(mesa.Agent):
    """The buyers of grid storage of one power region; ``catch_up_per_year`` is lambda_s times a lever."""

    def __init__(
        self, model: Any, region: str, place: int, catch_up_per_year: float, rule: UtilityRule = order_by_value
    ) -> None:
        super().__init__(model)
        self.rule = rule
        self.region = region
        self.place = place
        self.name = f"utility {region}"
        self.catch_up_per_year = catch_up_per_year

    def order(self, seen: UtilitySensing) -> StorageOrder:
        """Its demand for storage in the year's request for proposals."""
        return self.rule(seen, self.catch_up_per_year)
