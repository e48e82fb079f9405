"""Rows of battery cars on the grid and of what storage earns from the state of the market."""

from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Floats
from agents.storage_demand import target_share
from market import quarters
from market.vocabulary import REGIONS

if TYPE_CHECKING:
    from market.model import Market


def national_grid(market: "Market") -> dict[str, float]:
    """The national columns of battery cars on the grid."""
    seats = market.places.seats / market.places.seats.sum()
    return {
        "bev_peak_load_gw": float(market.grid.load_gw.sum()),
        "managed_charging_share": market.grid.managed_charging.share(market.quarter),
        "electricity_rise_usd_per_kwh": float((market.grid.rise_by_zone_usd_per_kwh * seats).sum()),
    }


def grid_of_regions(market: "Market") -> dict[str, Floats]:
    """Load of cars and the price of electricity in force at home, each (regions,); no number without a zone."""
    prices, seats = market.prices.electricity_usd_per_kwh, market.places.seats
    in_region = np.array([[name == region for name in market.places.power_region] for region in REGIONS]) * seats
    total = in_region.sum(axis=1)
    mean = np.where(total > 0, in_region @ prices / np.where(total > 0, total, 1.0), np.nan)
    return {
        "peak_gw": market.grid.peak_gw(market.quarter),
        "car_load_gw": market.grid.load_gw,
        "electricity_usd_per_kwh": mean,
        "electricity_rise_usd_per_kwh": market.grid.rise_usd_per_kwh,
    }


def revenue_of_regions(market: "Market", cost_usd_per_kw_year: float) -> dict[str, Floats]:
    """What storage earns, what planners expect, and how much would pay at today's cost, each (regions,)."""
    power, year = market.power, quarters.year(market.quarter)
    share, peak = power.share_of_peak(market.quarter), market.grid.peak_gw(market.quarter)
    stacks = power.regions.value_stacks(year)
    pays = [target_share(stack.marginal_usd_per_kw_year, cost_usd_per_kw_year, 1.0) for stack in stacks]
    planned = [
        power.revenue.planned_stack(place, x, year + 1).marginal_usd_per_kw_year(x)
        for place, x in enumerate(map(float, share))
    ]
    return {
        "scarcity_factor": market.world.scarcity(year),
        "earned_usd_per_kw_year": power.revenue.earned_usd_per_kw_year(share, year),
        "expected_usd_per_kw_year": np.array(planned),
        "target_gw": np.array(pays) * peak,
    }
