"""What the explorer shows: national indicators with names for people, and its charts, cells first."""

from dataclasses import dataclass

from experiments.figures.style import CELL_COLORS, POWERTRAIN_COLORS

_BEV, _GASOLINE, _STORAGE, _CHARGING = POWERTRAIN_COLORS["BEV"], "#8a6d3b", CELL_COLORS["storage"], "#029e73"


@dataclass(frozen=True)
class Indicator:
    """A column of the table ``national``.

    ``unit``: that of the column times ``scale``, ``difference_unit`` that of its differences; ``digits``: decimals
    shown; ``decimals``: those of the column that are kept, so many that no paired difference is lost in rounding.
    """

    column: str
    name: str
    unit: str
    scale: float
    digits: int
    decimals: int
    difference_unit: str


@dataclass(frozen=True)
class Chart:
    """A chart: its lines are columns with names and colors; ``is_stacked``: areas, the first at the bottom."""

    key: str
    title: str
    lines: tuple[tuple[str, str, str], ...]
    is_stacked: bool = False


def _share(column: str, name: str, unit: str, digits: int = 1) -> Indicator:
    return Indicator(column, name, unit, 100.0, digits, 5, "points")


def _amount(column: str, name: str, unit: str, digits: int = 0, decimals: int = 2, scale: float = 1.0) -> Indicator:
    return Indicator(column, name, unit, scale, digits, decimals, unit)


INDICATORS: tuple[Indicator, ...] = (
    _share("bev_share_new", "BEV share of new cars", "% of new sales"),
    _amount("capacity_storage_gwh", "Cell capacity for storage", "GWh/year"),
    _amount("capacity_converting_gwh", "Offline for conversion", "GWh/year"),
    _amount("capacity_vehicles_gwh", "Cell capacity for vehicles", "GWh/year"),
    _amount("capacity_idle_gwh", "Idle cell capacity", "GWh/year"),
    _amount("converted_gwh_cumulative", "Capacity converted to storage", "GWh/year"),
    _amount("cells_to_storage_gwh", "US cells for storage", "GWh/year"),
    _amount("cells_to_vehicles_gwh", "US cells for vehicles", "GWh/year"),
    _share("plant_utilisation", "Utilization of running lines", "% of capacity", 0),
    _amount("storage_installed_gw", "Installed storage", "GW"),
    _amount("storage_price_usd_per_kwh", "Price of US storage cells", "2025 $/kWh"),
    _amount("pack_price_usd_per_kwh", "Price of a vehicle pack", "2025 $/kWh"),
    _amount("bev_price_kusd", "Price of a new BEV", "2025 $", 0, 4, 1e3),
    _amount("petrol_price_kusd", "Price of a new gasoline car", "2025 $", 0, 4, 1e3),
    _share("used_bev_retention_3y", "Resale value of BEVs", "% of new price", 0),
    _share("used_petrol_retention_3y", "Resale value of gasoline cars", "% of new price", 0),
    _amount("fast_ports", "Fast-charging ports", "thousand", 0, 0, 1e-3),
    _share("charging_success", "Charging success, actual", "% of attempts"),
    _share("charging_success_believed", "Charging success, perceived", "% of attempts"),
)
"""All indicators; each is in at least one chart."""
COLUMNS = tuple(each.column for each in INDICATORS)
TILES = (
    "bev_share_new", "capacity_storage_gwh", "converted_gwh_cumulative", "capacity_idle_gwh", "plant_utilisation",
    "storage_installed_gw", "storage_price_usd_per_kwh", "bev_price_kusd",
)  # fmt: skip
"""Headline numbers, the answer's outcomes among them."""
CHARTS: tuple[Chart, ...] = (
    Chart(
        "capacity", "How US battery-cell capacity is used",
        (
            ("capacity_storage_gwh", "storage cells", _STORAGE),
            ("capacity_converting_gwh", "offline for conversion", "#7a4fa3"),
            ("capacity_vehicles_gwh", "vehicle cells", _BEV),
            ("capacity_idle_gwh", "idle", CELL_COLORS["idle"]),
        ),
        is_stacked=True,
    ),
    Chart(
        "storage_capacity", "The detour alone: capacity for storage cells",
        (
            ("capacity_storage_gwh", "for storage, in all", _STORAGE),
            ("converted_gwh_cumulative", "of it converted from vehicles", "#7a4fa3"),
        ),
    ),
    Chart("bev_share", "BEV share of new cars", (("bev_share_new", "BEVs", _BEV),)),
    Chart(
        "cells", "Cells produced in the US",
        (("cells_to_storage_gwh", "for storage", _STORAGE), ("cells_to_vehicles_gwh", "for vehicles", _BEV)),
    ),
    Chart("storage", "Installed storage", (("storage_installed_gw", "installed", _STORAGE),)),
    Chart(
        "batteries", "Battery prices",
        (("storage_price_usd_per_kwh", "US storage cells", _STORAGE), ("pack_price_usd_per_kwh", "vehicle pack", _BEV)),
    ),
    Chart("utilization", "Utilization of running lines", (("plant_utilisation", "running lines", _STORAGE),)),
    Chart(
        "cars", "New-vehicle prices",
        (("bev_price_kusd", "BEV", _BEV), ("petrol_price_kusd", "gasoline", _GASOLINE)),
    ),
    Chart(
        "resale", "Resale value, up to 3 years old",
        (("used_bev_retention_3y", "BEV", _BEV), ("used_petrol_retention_3y", "gasoline", _GASOLINE)),
    ),
    Chart("ports", "Fast-charging ports", (("fast_ports", "ports", _CHARGING),)),
    Chart(
        "trust", "Charging success",
        (("charging_success", "actual", _CHARGING), ("charging_success_believed", "perceived", _BEV)),
    ),
)  # fmt: skip
"""All charts in the order of the page."""


def indicator(column: str) -> Indicator:
    """The indicator of a column. Raises KeyError."""
    return {each.column: each for each in INDICATORS}[column]
