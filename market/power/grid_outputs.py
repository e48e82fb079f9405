"""Result columns of BEV load and storage revenue, and the values that fill them."""

import numpy as np

from agents.arrays import Floats
from agents.power.storage_demand import target_share
from market.base.column import Row, Series
from market.exogenous.zones import Places
from market.power.grid import Grid
from market.power.sector import PowerSide

NATIONAL_GRID: dict[str, Series] = {
    "bev_peak_load_gw": Series("GW", "BEV load at the peak"),
    "managed_charging_share": Series(
        "share of BEVs", "BEVs in managed charging", "BEVs whose charging a utility may move away from the peak."
    ),
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
    "scarcity_factor": Series("1", "Arbitrage and merchant revenue relative to a normal year", "1 is a normal year."),
    "earned_usd_per_kw_year": Series("2025 $/kW-year", "Revenue of installed storage", "Per kW that stands."),
    "expected_usd_per_kw_year": Series(
        "2025 $/kW-year",
        "Value planners expect of one more kW",
        "As planners picture it: the same as value_usd_per_kw_year unless they adapt to revenue seen.",
    ),
    "residual_usd_per_kw_year": Series(
        "2025 $/kW-year",
        "Value that revenue does not explain",
        "What made value equal cost at the end of observed data; fades from then on.",
    ),
    "residual_at_bound": Series(
        "yes or no", "That value is held by its bound", "True: the bound keeps value from reaching cost."
    ),
    "capacity_price_usd_per_kw_year": Series("2025 $/kW-year", "Price of capacity"),
    "reserve_margin": Series(
        "share of peak",
        "Reserve margin, storage at its capacity credit",
        "Firm capacity and storage over peak load, less 1; empty where capacity is not paid.",
    ),
    "firm_gw": Series("GW", "Firm capacity besides storage", "Empty where capacity is not paid."),
    "hours_ordered": Series("hours", "Duration of storage that utilities would order"),
    "target_gw": Series("GW", "Storage at which value equals cost, peak three years ahead"),
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
    in_region = (
        np.array([[name == region for name in places.power_region] for region in grid.regions.names]) * places.seats
    )
    total = in_region.sum(axis=1)
    priced = in_region @ electricity_usd_per_kwh
    return {
        "peak_gw": grid.peak_gw(quarter),
        "car_load_gw": grid.load_gw,
        "electricity_usd_per_kwh": np.where(total > 0, priced / np.where(total > 0, total, 1.0), np.nan),
        "electricity_rise_usd_per_kwh": grid.rise_usd_per_kwh,
    }


def revenue_of_regions(power: PowerSide, scarcity_factor: Floats, quarter: int) -> dict[str, Floats]:
    """What storage earns, what planners expect of one more kW and its cost, and how much would pay, each (regions,).

    ``scarcity_factor``: (regions,) of the year.
    """
    seen, revenue = power.views(quarter), power.revenue
    plans = [power.plan(each) for each in seen]
    cost = [project.cost_usd_per_kw_year(power.price_usd_per_kwh) for _, project in plans]
    stacks = [stack for stack, _ in plans]
    pays = [target_share(stack.marginal_usd_per_kw_year, each, 1.0) for stack, each in zip(stacks, cost, strict=True)]
    expected = [stack.marginal_usd_per_kw_year(each.standing_share) for stack, each in zip(stacks, seen, strict=True)]
    foreseen = [
        revenue.foreseen_stack(each, project.hours).marginal_usd_per_kw_year(each.standing_share)
        for each, (_, project) in zip(seen, plans, strict=True)
    ]
    earned = revenue.earned_usd_per_kw_year(power.share_of_peak(quarter), power.fleet_hours(), quarter)
    return {
        "value_usd_per_kw_year": np.array(foreseen),
        "cost_usd_per_kw_year": np.array(cost),
        "scarcity_factor": scarcity_factor,
        "earned_usd_per_kw_year": earned,
        "expected_usd_per_kw_year": np.array(expected),
        "residual_usd_per_kw_year": revenue.residual(quarter),
        "residual_at_bound": revenue.is_at_bound,
        "capacity_price_usd_per_kw_year": revenue.capacity.price_usd,
        "reserve_margin": revenue.capacity.margin,
        "firm_gw": np.where(revenue.capacity.is_paid, revenue.capacity.firm_gw, np.nan),
        "hours_ordered": np.array([project.hours for _, project in plans]),
        "target_gw": np.array(pays) * power.grid.peak_ahead_gw(quarter),
    }
