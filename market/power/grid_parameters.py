"""Parameters of battery cars on the grid, and of the programme that manages their charging (M21)."""

from pydantic import field_validator

from market.base import quarters
from market.base.parameter import Group, parameter, quarter_field


class Grid(Group):
    """Load of battery cars at the peak, its cost, and who manages it (M21)."""

    unmanaged_kw: float = parameter(
        1.1, 0.0, 2.0, "kW a car", "load of a battery car at its region's peak", "evidence A8: 0.9-1.5, recalled"
    )
    managed_kw: float = parameter(
        0.3, 0.0, 2.0, "kW a car", "the same where charging is managed", "evidence A8: 0.2-0.4, recalled"
    )
    load_factor: float = parameter(
        0.55, 0.4, 0.7, "share", "mean load over peak", "EIA retail sales over the sum of regional peaks, computed"
    )
    pass_through: float = parameter(
        0.7, 0.0, 1.0, "share", "of the cost of added peak that retail prices carry", "evidence A8: 0.5-1, recalled"
    )
    managed_share: float = parameter(
        0.0, 0.0, 1.0, "share", "of battery cars in the managed-charging programme once it has grown", "lever", "lever"
    )
    managed_from: str = quarter_field("2026Q1", "first quarter of the managed-charging programme", "lever")
    managed_known: str = quarter_field("2025Q3", "quarter from which planners know of it", "lever")
    managed_ramp_years: float = parameter(4.0, 0.25, 10, "year", "until the programme has grown", "judgement", "fixed")
    vehicle_to_grid_kw: float = parameter(
        0.0, 0.0, 10, "kW a car", "given back at the peak by a car in the programme", "lever", "lever"
    )

    @field_validator("managed_from", "managed_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
