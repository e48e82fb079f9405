"""Value of storage per kW by region, what planners expect of it, and what no stack explains (M16, M18, M22)."""

from dataclasses import dataclass, replace

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import adapted
from agents.power.duration import HOURS, mean_hours, residual_at
from agents.power.storage_demand import ValueStack
from agents.power.utility import StorageProject
from market.base import quarters
from market.exogenous.prices import World
from market.power.capacity import CapacityMarket
from market.power.parameters import Storage
from market.power.regions import ECONOMIC_HOURS, PowerRegions


@dataclass(frozen=True)
class RegionInView:
    """What a region's planners see of it in a quarter: installed storage over the peak and its mean duration, hours.

    ``peak_ahead_gw``: forecast of the peak three years on; ``standing_share``: of it, installed and on the way.
    """

    place: int
    quarter: int
    installed_share: float
    fleet_hours: float
    peak_ahead_gw: float
    standing_share: float


_HARDLY_ANY = 0.005  # of peak: storage below it was built for other reasons than its value, judgment


class StorageRevenue:
    """Revenue by region; arrays have shape (regions,).

    Planners know how value falls with storage, the price of capacity with it, and the mean of scarce years; or, with
    ``adaptive_revenue``, they take the price of capacity as it is and learn from what storage earned: ``expected_kept``
    is the share of the first kW's earnings that they expect to be left. ``residual_usd``: value that the stack does
    not explain, found at the origin, $/kW-year; ``is_at_bound`` where a bound holds it. ``anchor_share``: storage over
    the peak three years on then, from which the lever on saturation counts.
    """

    def __init__(self, storage: Storage, regions: PowerRegions, world: World) -> None:
        self._storage = storage
        self._regions = regions
        self._world = world
        self.capacity = CapacityMarket(storage, regions)
        count = len(regions.names)
        self.expected_kept: Floats = np.full(count, np.nan)
        self.residual_usd: Floats = np.zeros(count)
        self.is_at_bound = np.zeros(count, dtype=np.bool_)
        self.anchor_share: Floats = np.full(count, np.inf)
        self._found = 0

    def stack(self, place: int, hours: float, quarter: int) -> ValueStack:
        """Worth of storage of a duration in a region in a normal year, capacity at the price of the year."""
        s = self._storage
        first, half = self.capacity.accreditation.of(place, hours)
        lasting = np.interp(hours, HOURS, [s.short_arbitrage_share, 1.0, s.long_arbitrage_share])
        return ValueStack(
            float(self.capacity.price_usd[place]), first, half, float(self._regions.arbitrage_usd[place] * lasting),
            s.arbitrage_scale, float(self._regions.merchant_usd[place]), s.merchant_scale,
            saturation=float(s.at(quarter).saturation), anchor_share=float(self.anchor_share[place]),
        )  # fmt: skip

    def earned_usd_per_kw_year(self, share: Floats, hours: Floats, quarter: int) -> Floats:
        """Revenue of a kW of the region's mean duration at a share of storage in peak, the year scarce or not."""
        scarcity = self._world.scarcity(quarters.year(quarter))
        return np.array(
            [
                self.stack(place, float(hours[place]), quarter)
                .in_scarcity(float(scarcity[place]))
                .earned_usd_per_kw_year(float(share[place]))
                for place in range(len(self._regions.names))
            ]
        )

    def observe(self, share: Floats, hours: Floats, quarter: int) -> None:
        """At the end of a year planners see what storage earned in it, and adapt (M18)."""
        if quarter % QUARTERS_PER_YEAR != QUARTERS_PER_YEAR - 1:
            return
        stacks = [self.stack(place, float(each), quarter) for place, each in enumerate(hours)]
        first_kw = np.array([stack.earned_usd_per_kw_year(0.0) for stack in stacks])
        kept = self.earned_usd_per_kw_year(share, hours, quarter) / first_kw
        self.expected_kept = adapted(self.expected_kept, kept, self._storage.revenue_gain)

    def foreseen_stack(self, seen: RegionInView, hours: float) -> ValueStack:
        """Worth of storage of a duration in a region as it is going to be, in the mean of scarce years."""
        outlook = self.capacity.outlook(seen.place, seen.peak_ahead_gw, seen.fleet_hours)
        stack = replace(self._with_residual(seen, hours), outlook=outlook)
        return stack.in_scarcity(self._world.mean_scarcity())

    def planned_stack(self, seen: RegionInView, hours: float) -> ValueStack:
        """The same as a region's planners picture it."""
        if not self._storage.adaptive_revenue:
            return self.foreseen_stack(seen, hours)
        coming = float(self.capacity.coming_usd[seen.place])
        stack = replace(self._with_residual(seen, hours), capacity_usd=coming)
        expected = float(self.expected_kept[seen.place])
        return stack if np.isnan(expected) else stack.seen_from(seen.installed_share, expected)

    def _with_residual(self, seen: RegionInView, hours: float) -> ValueStack:
        residual = float(self.residual(seen.quarter)[seen.place])
        return replace(self.stack(seen.place, hours, seen.quarter), residual_usd=residual)

    def residual(self, quarter: int) -> Floats:
        """What is left of the residual value in a quarter, $/kW-year (M16)."""
        years = max(0, quarter - self._found) / QUARTERS_PER_YEAR
        s = self._storage
        return residual_at(self.residual_usd, years, s.residual_kept_share, s.residual_half_life_years)

    def anchor(self, share: Floats, quarter: int) -> None:
        """Take the storage that stands or is on the way at the origin, (regions,), over the peak three years on."""
        self.anchor_share, self._found = share, quarter

    def find_residual(self, value_less_cost_usd: Floats) -> None:
        """Take as residual what makes value equal cost at what stands and is on the way, within its bounds (M16).

        ``value_less_cost_usd``: of the stack without residual at ``anchor_share``. Where next to no storage stands
        it says nothing of its worth: there is no residual.
        """
        most = self._storage.residual_bound_usd_per_kw_year
        found = np.clip(-value_less_cost_usd, -most, most)
        self.residual_usd = np.where(self.anchor_share < _HARDLY_ANY, 0.0, found)
        self.is_at_bound = np.abs(value_less_cost_usd) > most

    def hours_ordered(self, seen: RegionInView, offered: list[StorageProject], cell_price_usd_per_kwh: float) -> float:
        """Mean duration of what is ordered, by the value less cost of the marginal kW of projects of ``HOURS``."""
        net = [
            self.planned_stack(seen, project.hours).marginal_usd_per_kw_year(seen.standing_share)
            - project.cost_usd_per_kw_year(cell_price_usd_per_kwh)
            for project in offered
        ]
        return mean_hours(np.array(net), self._storage.duration_spread_usd_per_kw_year)


def mean_duration(gw: Floats, gwh: Floats) -> Floats:
    """Mean duration of storage, hours; four where there is none, same shape."""
    there = gw > 0.0
    return np.where(there, gwh / np.where(there, gw, 1.0), ECONOMIC_HOURS)
