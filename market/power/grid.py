"""BEVs on the grid: their load at the peak of each power region, its cost in retail prices (M21)."""

from collections.abc import Sequence

import numpy as np

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.power.grid_load import (
    capacity_cost_usd_per_kwh,
    cars_ahead,
    peak_load_gw,
    retail_rise_usd_per_kwh,
    vehicle_capacity_gw,
)
from market.base import quarters
from market.policies.registry import GRID_POLICIES
from market.power.grid_parameters import Grid as GridParameters
from market.power.regions import YEARS_AHEAD, PowerRegions


class Grid:
    """Load and cost of BEVs by region; arrays have shape (regions,) unless they say otherwise.

    ``added_gw``: load above that of the origin, which recorded peaks and prices hold; 0 up to the origin;
    ``added_ahead_gw``: the same as planners expect it three years on; ``vehicle_gw``: what enrolled cars give back;
    ``rise_usd_per_kwh``: of the retail price.
    """

    def __init__(
        self, parameters: GridParameters, regions: PowerRegions, region_of_zone: Sequence[str], origin: int
    ) -> None:
        self._parameters = parameters
        self._origin = origin
        self.regions = regions
        self.managed_charging = GRID_POLICIES["managed_charging"](parameters, origin)
        self._region_of_zone = np.array([regions.names.index(name) for name in region_of_zone])
        nothing = np.zeros(len(regions.names))
        self._cars: list[Floats] = []
        self._cost: list[Floats] = []
        self._load_at_origin_gw = nothing
        self._center_gw = self._center_gw_per_year = nothing
        self.load_gw = self.added_gw = self.added_ahead_gw = self.vehicle_gw = self.rise_usd_per_kwh = nothing

    def _load_gw(self, cars: Floats, managed_share: float) -> Floats:
        return peak_load_gw(cars, managed_share, self._parameters.unmanaged_kw, self._parameters.managed_kw)

    def connect(self, cars_by_zone: Floats, quarter: int) -> None:
        """A quarter's load of the BEVs of each zone, (zones,), and what it does to prices (M21)."""
        cars = group_sum(cars_by_zone, self._region_of_zone, len(self.regions.names))
        self._cars.append(cars)
        share = self.managed_charging.share(quarter)
        self.load_gw = self._load_gw(cars, share)
        if quarter <= self._origin:
            self._load_at_origin_gw = self.load_gw
            return
        self._center_gw_per_year = self.regions.arrivals_beyond_forecast_gw(quarter) * QUARTERS_PER_YEAR
        self._center_gw = self._center_gw + self._center_gw_per_year / QUARTERS_PER_YEAR
        coming = cars_ahead(cars, self._cars[max(-1 - QUARTERS_PER_YEAR, -len(self._cars))], YEARS_AHEAD)
        coming_share = self.managed_charging.expected_share(quarter, YEARS_AHEAD * QUARTERS_PER_YEAR)
        self.added_gw = self.load_gw - self._load_at_origin_gw
        self.added_ahead_gw = self._load_gw(coming, coming_share) - self._load_at_origin_gw
        self.vehicle_gw = vehicle_capacity_gw(cars, share, self._parameters.at(quarter).vehicle_to_grid_kw)
        self._charge(quarter)

    def _charge(self, quarter: int) -> None:
        """What is added to the peak is served by new capacity at its net cost; retail prices follow."""
        peak = self.regions.peak_gw(quarters.year(quarter), quarters.year(self._origin))
        cost = capacity_cost_usd_per_kwh(
            self.added_gw - self.vehicle_gw, self.regions.net_cone, peak, self._parameters.load_factor
        )
        self._cost.append(cost)
        self.rise_usd_per_kwh = retail_rise_usd_per_kwh(np.array(self._cost), self._parameters.pass_through)

    @property
    def rise_by_zone_usd_per_kwh(self) -> Floats:
        """Rise of the retail price in every zone, shape (zones,)."""
        return np.asarray(self.rise_usd_per_kwh[self._region_of_zone])

    def peak_gw(self, quarter: int) -> Floats:
        """Peak load with the cars and the data centers beyond forecast added since the origin."""
        return self._forecast_gw(quarter, 0) + self.added_gw + self._center_gw

    def peak_ahead_gw(self, quarter: int) -> Floats:
        """Peak load three years on, with the cars and data centers expected by then (M16, M21)."""
        return self.peak_years_on(quarter, YEARS_AHEAD)

    def peak_years_on(self, quarter: int, years: int) -> Floats:
        """Peak load some years on; cars and data centers are expected to go on as over the next three years."""
        cars = self.added_gw + (self.added_ahead_gw - self.added_gw) * years / YEARS_AHEAD
        return self._forecast_gw(quarter, years) + cars + self._center_gw + years * self._center_gw_per_year

    def _forecast_gw(self, quarter: int, years: int) -> Floats:
        """Peak some years on without cars and data centers that its forecast does not hold."""
        year = quarters.year(quarter)
        return self.regions.peak_ahead_gw(year, years, min(year, quarters.year(self._origin)))
