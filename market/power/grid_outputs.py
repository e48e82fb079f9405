"""Result columns of BEV load and storage revenue, and the values that fill them."""

import numpy as np

from agents.arrays import Floats
from agents.power.storage_demand import target_share
from market.base import quarters
from market.base.categories import REGIONS
from market.base.column import Row, Series
from market.exogenous.zones import Places
from market.power.grid import Grid
from market.power.sector import PowerSide

NATIONAL_GRID: dict[str, Series] = {
    "bev_peak_load_gw": Series("GW", "BEV load at the peak"),
    "managed_charging_share": Series("share of BEVs", "BEVs in managed charging"),
    "electricity_rise_usd_per_kwh": Series(
        "2025 $/kWh", "Increase in the residential electricity price due to BEV load"
    ),
}

GRID_OF_REGION: dict[str, Series] = {
    "peak_gw": Series("GW", "Peak load, including BEVs"),
    "car_load_gw": Series("GW", "BEV load at the peak"),
    "electricity_usd_per_kwh": Series("2025 $/kWh", "Residential electricity price"),
    "electricity_rise_usd_per_kwh": Series("2025 $/kWh", "Part of the electricity price due to BEV load"),
}

REVENUE_OF_REGION: dict[str, Series] = {
    "scarcity_factor": Series("1", "Arbitrage and merchant revenue relative to a normal year"),
    "earned_usd_per_kw_year": Series("2025 $/kW-year", "Revenue of installed storage"),
    "expected_usd_per_kw_year": Series("2025 $/kW-year", "Revenue planners expect next year"),
    "target_gw": Series("GW", "Storage at which value equals cost, normal year, current peak"),
}


def national_grid(grid: Grid, seats: Floats, quarter: int) -> Row:
    """The national columns of BEVs on the grid; ``seats``: (zones,)."""
    share = seats / seats.sum()
    return {
        "bev_peak_load_gw": float(grid.load_gw.sum()),
        "managed_charging_share": grid.managed_charging.share(quarter),
        "electricity_rise_usd_per_kwh": float((grid.rise_by_zone_usd_per_kwh * share).sum()),
    }


def grid_of_regions(grid: Grid, places: Places, electricity_usd_per_kwh: Floats, quarter: int) -> dict[str, Floats]:
    """Load of cars and the price of electricity in force at home, each (regions,); no number without a zone.

    ``electricity_usd_per_kwh``: (zones,).
    """
    in_region = np.array([[name == region for name in places.power_region] for region in REGIONS]) * places.seats
    total = in_region.sum(axis=1)
    priced = in_region @ electricity_usd_per_kwh
    return {
        "peak_gw": grid.peak_gw(quarter),
        "car_load_gw": grid.load_gw,
        "electricity_usd_per_kwh": np.where(total > 0, priced / np.where(total > 0, total, 1.0), np.nan),
        "electricity_rise_usd_per_kwh": grid.rise_usd_per_kwh,
    }


def revenue_of_regions(
    power: PowerSide, scarcity_factor: Floats, cost_usd_per_kw_year: float, quarter: int
) -> dict[str, Floats]:
    """What storage earns, what planners expect, and how much would pay at today's cost, each (regions,).

    ``scarcity_factor``: (regions,) of the year; ``cost_usd_per_kw_year``: of a new project.
    """
    year = quarters.year(quarter)
    share, peak = power.share_of_peak(quarter), power.grid.peak_gw(quarter)
    stacks = power.regions.value_stacks(year)
    pays = [target_share(stack.marginal_usd_per_kw_year, cost_usd_per_kw_year, 1.0) for stack in stacks]
    planned = [
        power.revenue.planned_stack(place, x, year + 1).marginal_usd_per_kw_year(x)
        for place, x in enumerate(map(float, share))
    ]
    return {
        "scarcity_factor": scarcity_factor,
        "earned_usd_per_kw_year": power.revenue.earned_usd_per_kw_year(share, year),
        "expected_usd_per_kw_year": np.array(planned),
        "target_gw": np.array(pays) * peak,
    }
