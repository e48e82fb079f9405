"""Gasoline and electricity of cars on the road and of new ones, by kind, segment and year in which they were built."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints, group_sum
from agents.buyers.valuation import electric_share
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.base.categories import BEV_SHORT, CAR_TYPES, ICE, KINDS, PHEV, SEGMENTS
from market.vehicles.products import Offers, Products

_MID_YEAR_QUARTER = 2
_BODIES = ("car_miles", "suv_miles", "suv_miles", "pickup_miles")  # of the segments, in their order
_KIND = np.repeat(np.arange(len(KINDS)), len(SEGMENTS))  # of every type of car
_SEGMENT = np.tile(np.arange(len(SEGMENTS)), len(KINDS))


@dataclass(frozen=True)
class FleetEnergy:
    """What cars on the road use in a quarter, by kind, (kinds,): million gallons of gasoline, GWh at the plug.

    ``displaced_mgal``: gasoline that gasoline cars would have burned on the miles of plug-in cars, less what they burn.
    """

    gasoline_mgal: Floats
    charging_gwh: Floats
    displaced_mgal: Floats


class VehicleEnergy:
    """What a mile takes, by year in which a car was built (from 2017) and type, (years, types): kind x segment.

    ``gallons`` and ``kwh`` a mile on that fuel; ``electric``: share of the miles of a plug-in hybrid that are electric
    if it charges at home. Means over the products on offer by their mix; a type that is not on offer is as in the
    nearest year, or as its kind. Cars built before 2017 burn more as new cars of their years did.
    """

    def __init__(self, products: Products, last_quarter: int) -> None:
        offers = [products.at(quarter) for quarter in _middles(last_quarter)]
        self.gallons = _by_type([(each, each.gallons_per_mile) for each in offers], products.segment)
        self.kwh = _by_type([(each, each.kwh_per_mile) for each in offers], products.segment)
        self.electric = _by_type([(each, electric_share(each.range_miles)) for each in offers], products.segment)
        self._miles = _miles_by_age()
        self._first_year, self._thirst = _thirst_before()

    def gallons_of_ages(self, quarter: int, ages: int) -> Floats:
        """Gallons a mile of cars of every type and age in quarters, (types, ages)."""
        built = (quarter - np.arange(ages)) // QUARTERS_PER_YEAR
        place = np.maximum(built + quarters.FIRST_YEAR - self._first_year, 0)
        older = np.where(built < 0, self._thirst[np.minimum(place, self._thirst.size - 1)], 1.0)
        return np.asarray(self.gallons[np.maximum(built, 0)].T * older)

    def fleet(self, cars: Floats, quarter: int, plug_in_miles_per_year: float, home_share: float) -> FleetEnergy:
        """What the cars on the road use in a quarter; ``cars``: (types, ages in quarters), real ones.

        Plug-in cars drive ``plug_in_miles_per_year``, as buyers and charging count, the others by their age.
        ``home_share``: of plug-in hybrids that charge at home.
        """
        ages = cars.shape[1]
        built = np.maximum((quarter - np.arange(ages)) // QUARTERS_PER_YEAR, 0)
        plugs_in = _KIND >= PHEV
        a_year = np.where(plugs_in[:, None], plug_in_miles_per_year, self._miles_of(ages))
        miles = cars * a_year / QUARTERS_PER_YEAR
        electric = np.where(_KIND == PHEV, self.electric[built] * home_share, (_KIND >= BEV_SHORT) * 1.0).T
        gallons = self.gallons_of_ages(quarter, ages)
        burned = miles * (1.0 - electric) * gallons
        of_gasoline_cars = miles * gallons[ICE * len(SEGMENTS) + _SEGMENT]
        displaced = np.where(plugs_in[:, None], of_gasoline_cars - burned, 0.0)
        return FleetEnergy(
            _by_kind(burned) / 1e6, _by_kind(miles * electric * self.kwh[built].T) / 1e6, _by_kind(displaced) / 1e6
        )

    def _miles_of(self, ages: int) -> Floats:
        """Miles a year of every type and age in quarters, (types, ages)."""
        years = np.minimum(np.arange(ages) // QUARTERS_PER_YEAR, self._miles.shape[1] - 1)
        return np.asarray(self._miles[_SEGMENT][:, years])


def new_gallons_per_mile(offers: Offers) -> Floats:
    """Gallons a mile of new products with and without charging at home, (homes, products)."""
    at_home = np.where(offers.kind == PHEV, 1.0 - electric_share(offers.range_miles), 1.0)
    return np.stack([offers.gallons_per_mile, offers.gallons_per_mile * at_home])


def _middles(last_quarter: int) -> list[int]:
    """A quarter in the middle of every year of a run, or its last one."""
    firsts = range(0, last_quarter + 1, QUARTERS_PER_YEAR)
    return [min(first + _MID_YEAR_QUARTER, last_quarter) for first in firsts]


def _by_kind(of_cars: Floats) -> Floats:
    return group_sum(of_cars.sum(axis=1), _KIND, len(KINDS))


def _by_type(by_year: list[tuple[Offers, Floats]], segment: Ints) -> Floats:
    """Means by type and year, (years, types), gaps filled: from the years before, those after, or all of the kind."""
    found = np.stack([_mean_by_type(offers, values, segment) for offers, values in by_year])
    for row in range(1, len(found)):
        found[row] = np.where(np.isnan(found[row]), found[row - 1], found[row])
    for row in range(len(found) - 2, -1, -1):
        found[row] = np.where(np.isnan(found[row]), found[row + 1], found[row])
    by_kind = found.reshape(len(found), len(KINDS), len(SEGMENTS))
    there = ~np.isnan(by_kind)
    mean = np.where(there, by_kind, 0.0).sum(axis=2, keepdims=True) / np.maximum(there.sum(axis=2, keepdims=True), 1)
    return np.where(there, by_kind, mean).reshape(len(found), CAR_TYPES)


def _mean_by_type(offers: Offers, values: Floats, segment: Ints) -> Floats:
    """Mean over the products of each type by mix, (types,); NaN where none is on offer."""
    place = offers.kind * len(SEGMENTS) + segment
    weight, total = (group_sum(each, place, CAR_TYPES) for each in (offers.mix_weight, offers.mix_weight * values))
    return np.asarray(np.divide(total, weight, out=np.full(CAR_TYPES, np.nan), where=weight > 0.0))


def _miles_by_age() -> Floats:
    """Miles a year by segment and age in years, scaled to those of all cars together, (segments, years)."""
    table = tables.load("miles_by_age").sort_values("age_years", kind="stable")
    scale = float(tables.load("emission_factors")["miles_scale"].iloc[0])
    return np.stack([table[body].to_numpy(np.float64) for body in _BODIES]) * scale


def _thirst_before() -> tuple[int, Floats]:
    """The first model year of the table, and gallons a mile of new cars from it on over those of its last year."""
    table = tables.load("fuel_economy_before").sort_values("model_year", kind="stable")
    mpg = table["mpg"].to_numpy(np.float64)
    return int(table["model_year"].iloc[0]), mpg[-1] / mpg
