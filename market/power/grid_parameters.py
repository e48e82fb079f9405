"""Parameters of BEV load on the grid and of managed charging (M21)."""

from pydantic import field_validator

from market.base import quarters
from market.base.parameter import Group, parameter, quarter_field


class Grid(Group):
    """BEV load at the peak, its cost, and managed charging (M21)."""

    unmanaged_kw: float = parameter(
        1.1, 0.0, 2.0, "kW/car", "BEV load at the regional peak, unmanaged", "published range 0.9-1.5, recalled"
    )
    managed_kw: float = parameter(
        0.3, 0.0, 2.0, "kW/car", "BEV load at the regional peak, managed charging", "published range 0.2-0.4, recalled"
    )
    load_factor: float = parameter(
        0.55,
        0.4,
        0.7,
        "share",
        "load factor: mean load over peak load",
        "EIA retail sales over the sum of regional peaks, computed",
    )
    pass_through: float = parameter(
        0.7,
        0.0,
        1.0,
        "share",
        "share of the cost of added peak load passed through to retail prices",
        "published range 0.5-1, recalled",
    )
    managed_share: float = parameter(
        0.0, 0.0, 1.0, "share", "share of BEVs in managed charging at full enrollment", "lever", "lever"
    )
    managed_from: str = quarter_field("2026Q1", "first quarter of the managed-charging program", "lever")
    managed_known: str = quarter_field(
        "2025Q3", "quarter from which planners know of the managed-charging program", "lever"
    )
    managed_ramp_years: float = parameter(
        4.0, 0.25, 10, "year", "time until full enrollment in managed charging", "judgment", "fixed"
    )
    vehicle_to_grid_kw: float = parameter(
        0.0, 0.0, 10, "kW/car", "power returned at the peak per enrolled BEV (vehicle-to-grid)", "lever", "lever"
    )

    @field_validator("managed_from", "managed_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
