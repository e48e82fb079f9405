"""BEV load at a region's peak, and its effect on the residential electricity price (M21)."""

import numpy as np

from agents.arrays import Floats

_KW_PER_GW = 1e6
_HOURS_PER_YEAR = 8_760.0
AVERAGED_QUARTERS = 4
"""Over which a cost reaches the retail price (M21)."""


def peak_load_gw(cars: Floats, managed_share: float, unmanaged_kw: float, managed_kw: float) -> Floats:
    """Load of BEVs at the hour of the peak, GW, shape of ``cars`` (M21).

    ``managed_share`` of them charge when the utility wants it. 1.1 and 0.3 kW a car; published ranges are
    0.9 to 1.5 and 0.2 to 0.4.
    """
    return np.asarray(cars * (managed_share * managed_kw + (1.0 - managed_share) * unmanaged_kw) / _KW_PER_GW)


def cars_ahead(cars: Floats, cars_a_year_ago: Floats, years: float) -> Floats:
    """Cars expected some years on: the last year's growth goes on, and no fall is expected (M18)."""
    return np.asarray(cars + years * np.maximum(cars - cars_a_year_ago, 0.0))


def vehicle_capacity_gw(cars: Floats, managed_share: float, kw_per_car: float) -> Floats:
    """Power that enrolled cars give back at the peak and that counts as capacity, GW, shape of ``cars`` (M21)."""
    return np.asarray(cars * managed_share * kw_per_car / _KW_PER_GW)


def capacity_cost_usd_per_kwh(
    added_gw: Floats, capacity_usd_per_kw_year: Floats, peak_gw: Floats, load_factor: float
) -> Floats:
    """Yearly cost of capacity for an added peak, spread over all energy sold, $/kWh, broadcast shape (M21).

    Energy is that of ``peak_gw`` at ``load_factor``. A peak that falls saves as much.
    """
    return np.asarray(added_gw * capacity_usd_per_kw_year / (peak_gw * load_factor * _HOURS_PER_YEAR))


def retail_rise_usd_per_kwh(cost_by_quarter: Floats, pass_through: float) -> Floats:
    """Rise of the retail price: a part of the mean cost of the last four quarters, shape (regions,) (M21).

    ``cost_by_quarter``: (quarters, regions) since it began; before that there was none.
    """
    return np.asarray(pass_through * cost_by_quarter[-AVERAGED_QUARTERS:].sum(axis=0) / AVERAGED_QUARTERS)
