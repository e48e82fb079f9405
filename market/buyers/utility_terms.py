"""Named terms of vehicle utility for every kind of buyer (M2, M4), so that changes can be decomposed.

Arrays have axes (zones, incomes, homes, vehicles), with length 1 where a term does not depend on an axis.
Everything is in k$ as the choice counts it: money terms are already weighted by income.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.buyers import valuation
from market.base.categories import HOMES, INCOME_KUSD
from market.buyers.parameters import Buyers
from market.charging.parameters import Charging
from market.charging.perceived_access import Access
from market.charging.trip_coverage import USABLE_RANGE_SHARE
from market.vehicles.products import Offers

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Running:
    """Attributes that determine running cost and charging; arrays of shape (vehicles,).

    ``plugs_in``: a plug-in hybrid; its ``range_miles`` is electric range. ``fast_charging_minutes``: from 10 to 80 %
    of charge. ``access``: (vehicles, classes) share of each class of access to networks, zeros for no BEV.
    ``miles_share``: miles driven in the years that buyers consider, over those of a new car.
    """

    range_miles: Floats
    kwh_per_mile: Floats
    gallons_per_mile: Floats
    fast_charging_minutes: Floats
    is_bev: Mask
    plugs_in: Mask
    miles_share: Floats
    access: Floats

    @classmethod
    def of_offers(cls, offers: Offers, is_bev: Mask, is_phev: Mask, access: Floats) -> "Running":
        """Of new products."""
        return cls(
            offers.range_miles, offers.kwh_per_mile, offers.gallons_per_mile, offers.fast_charging_minutes, is_bev,
            is_phev, np.ones(is_bev.size), access,
        )  # fmt: skip


@dataclass(frozen=True)
class Prices:
    """Fuel prices of a quarter: by zone, shape (zones,), and public charging."""

    gasoline_usd_per_gallon: Floats
    electricity_usd_per_kwh: Floats
    public_usd_per_kwh: float


def money_weights(income_elasticity: float) -> Floats:
    """Weight of a k$ by income class, shape (1, incomes, 1, 1)."""
    return valuation.money_weight(INCOME_KUSD, income_elasticity)[None, :, None, None]


def present_value_years(buyers: Buyers) -> float:
    """Years of running cost, discounted."""
    return valuation.annuity(buyers.horizon_years, buyers.discount_rate)


def running_terms(
    vehicles: Running,
    access: Access,
    prices: Prices,
    reference_gallons_per_mile: float,
    buyers: Buyers,
    charging: Charging,
) -> dict[str, Floats]:
    """Terms that new and used vehicles share: ``fuel``, ``range`` and ``charging`` (M2, M4)."""
    saving_kusd = _fuel_saving(vehicles, prices, reference_gallons_per_mile, buyers, charging.home_share)
    return {
        "fuel": money_weights(buyers.income_elasticity) * saving_kusd,
        "range": _on_bev(vehicles.is_bev, valuation.range_value_kusd(vehicles.range_miles, buyers.range_value_kusd)),
        "charging": _charging(vehicles, access, prices, buyers, charging),
    }


def _on_bev(is_bev: Mask, values: Floats) -> Floats:
    return np.where(is_bev, values, 0.0)[None, None, None, :]


def _fuel_saving(
    vehicles: Running, prices: Prices, reference_gallons_per_mile: float, buyers: Buyers, home_share: float
) -> Floats:
    """k$ before weighting, shape (zones, 1, homes, vehicles)."""
    home = np.arange(HOMES)[:, None]
    electric = np.where(vehicles.plugs_in, valuation.electric_share(vehicles.range_miles) * home, 0.0)
    electric = np.where(vehicles.is_bev, 1.0, electric)
    power = home_share * prices.electricity_usd_per_kwh + (1.0 - home_share) * prices.public_usd_per_kwh
    saving = valuation.fuel_saving_kusd(
        vehicles.gallons_per_mile * (1.0 - electric),
        vehicles.kwh_per_mile * electric,
        prices.gasoline_usd_per_gallon[:, None, None],
        power[:, None, None],
        miles_per_year=buyers.miles_per_year,
        present_value_years=present_value_years(buyers),
        gasoline_weight=buyers.gasoline_weight,
        electricity_weight=buyers.electricity_weight,
        reference_gallons_per_mile=reference_gallons_per_mile,
    )
    return (saving * vehicles.miles_share)[:, None]


def _charging(vehicles: Running, access: Access, prices: Prices, buyers: Buyers, charging: Charging) -> Floats:
    """N of M4 with Q, T and H, shape (zones, incomes, homes, vehicles); zero for other powertrains."""
    bev = np.flatnonzero(vehicles.is_bev)
    range_miles, kwh, classes = vehicles.range_miles[bev], vehicles.kwh_per_mile[bev], vehicles.access[bev]
    no_home = 1.0 - np.arange(HOMES, dtype=np.float64)[:, None]
    years = present_value_years(buyers)
    network = valuation.network_value_kusd(
        access.coverage_at(range_miles, classes)[:, None, None, :], range_miles,
        access.local_of(classes)[:, None, None, :], no_home,
        weight=charging.network_weight, coverage_kusd=charging.coverage_kusd, local_kusd=charging.local_kusd,
    )  # fmt: skip
    kwh_per_year = kwh * buyers.miles_per_year * vehicles.miles_share[bev]
    success = access.success_of(classes)[:, None, None, :]
    gap = (prices.public_usd_per_kwh - prices.electricity_usd_per_kwh)[:, None, None, None]
    living = charging.living_public_weight * no_home * valuation.public_living_cost_kusd(
        kwh_per_year, gap, home_share=charging.home_share, kwh_per_session=charging.kwh_per_public_session,
        hours_per_session=charging.hours_per_public_session + access.wait_hours[:, None, None, None],
        time_value_usd_per_hour=charging.time_value_usd_per_hour, plug_success=success, present_value_years=years,
    )  # fmt: skip
    trips = charging.trip_time_weight * valuation.long_trip_time_cost_kusd(
        range_miles, vehicles.fast_charging_minutes[bev], long_trip_miles_per_year=charging.long_trip_miles,
        time_value_usd_per_hour=charging.time_value_usd_per_hour,
        stop_overhead_hours=charging.stop_overhead_hours + access.trip_wait_hours[:, None, None, None],
        usable_range_share=USABLE_RANGE_SHARE, present_value_years=years,
    )  # fmt: skip
    public_share = (1.0 - charging.home_share) + charging.home_share * no_home
    hassle = valuation.failed_visit_cost_kusd(
        kwh_per_year * public_share / charging.kwh_per_public_session, success,
        cost_usd=charging.failed_visit_usd, present_value_years=years,
    )  # fmt: skip
    value = network - money_weights(buyers.income_elasticity) * (living + trips + hassle)
    out = np.zeros((*value.shape[:3], vehicles.is_bev.size))
    out[..., bev] = value
    return out
