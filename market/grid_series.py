"""Columns of battery cars on the grid and of what storage earns: unit and label."""

from market.series import Series

NATIONAL_GRID: dict[str, Series] = {
    "bev_peak_load_gw": Series("GW", "Load of battery cars at the peak"),
    "managed_charging_share": Series("share of battery cars", "Battery cars in managed charging"),
    "electricity_rise_usd_per_kwh": Series("$ of 2025/kWh", "Rise of residential electricity by battery cars' load"),
}

GRID_OF_REGION: dict[str, Series] = {
    "peak_gw": Series("GW", "Peak load, with battery cars"),
    "car_load_gw": Series("GW", "Load of battery cars at the peak"),
    "electricity_usd_per_kwh": Series("$ of 2025/kWh", "Residential electricity"),
    "electricity_rise_usd_per_kwh": Series("$ of 2025/kWh", "Of it by battery cars' load"),
}

REVENUE_OF_REGION: dict[str, Series] = {
    "scarcity_factor": Series("1", "Arbitrage and merchant revenue over that of a normal year"),
    "earned_usd_per_kw_year": Series("$ of 2025/kW-year", "Earned by a kW of storage standing"),
    "expected_usd_per_kw_year": Series("$ of 2025/kW-year", "What planners expect a kW to earn next year"),
    "target_gw": Series("GW", "Storage whose value meets its cost, in normal years, at today's peak"),
}
