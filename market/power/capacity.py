"""The price of capacity in every power region: auctions as recorded, then from the reserve margin (M16)."""

import numpy as np

from agents.arrays import Floats
from agents.power.capacity import (
    CapacityOutlook,
    PriceCurve,
    credited_share,
    firm_ahead_gw,
    gas_entry_gw,
)
from market.base import tables
from market.power.parameters import Storage
from market.power.regions import YEARS_AHEAD, PowerRegions


class Accreditation:
    """Credit of storage as capacity by region and duration; straight between 2, 4 and 8 hours, held outside."""

    def __init__(self, storage: Storage, regions: tuple[str, ...]) -> None:
        table = tables.load("storage_accreditation").pivot(index="region", columns="hours").reindex(list(regions))
        self._hours = table["first_share"].columns.to_numpy(np.float64)
        first = table["first_share"].to_numpy(np.float64) * storage.accreditation_factor
        self._first = np.minimum(first, 1.0)
        self._half = table["half_share_of_peak"].to_numpy(np.float64) * storage.accreditation_scale_factor

    def of(self, place: int, hours: float) -> tuple[float, float]:
        """Credit of the first kW and the share of peak at which it has halved, of a region and duration."""
        first, half = (float(np.interp(hours, self._hours, of[place])) for of in (self._first, self._half))
        return first, half

    def of_fleet(self, hours: Floats) -> tuple[Floats, Floats]:
        """The same of each region's storage, (regions,), at its mean duration."""
        first, half = zip(*(self.of(place, each) for place, each in enumerate(map(float, hours))), strict=True)
        return np.array(first), np.array(half)


class CapacityMarket:
    """Reserve margins and capacity prices; arrays have shape (regions,), power in GW, money in $/kW-year.

    Up to a region's last auction known at the end of 2024, ``firm_gw``, firm capacity besides storage, is what its
    price implies. After, it is carried forward: plants decided before that auction keep the margin for what planners
    then expected of the peak, gas enters after ``gas_lag_years`` where the price expected is above net CONE, and old
    plants retire. ``price_usd``: price of the year; ``coming_usd``: what is known of the next year's.
    """

    def __init__(self, storage: Storage, regions: PowerRegions) -> None:
        self._storage = storage
        self._regions = regions
        self.accreditation = Accreditation(storage, regions.names)
        self.curve = PriceCurve(
            storage.capacity_price_cap, storage.reserve_margin_target, storage.capacity_price_spread
        )
        self.is_paid = regions.is_capacity_paid
        self.net_cone_usd = np.where(self.is_paid, regions.net_cone, 0.0)
        nothing = np.zeros(len(regions.names))
        self.firm_gw: Floats = nothing
        self.price_usd: Floats = nothing
        self.coming_usd: Floats = nothing
        self.margin: Floats = np.full(len(regions.names), np.nan)
        self.entering_gw: Floats = np.zeros((storage.gas_lag_years, len(regions.names)))

    def open_year(
        self, year: int, peaks_gw: tuple[Floats, Floats], storage_gw: tuple[Floats, Floats], hours: Floats
    ) -> None:
        """A year's price of capacity, and the gas plants decided in it.

        ``peaks_gw``: of the year, and as expected when a plant decided now runs; ``storage_gw``: installed, and
        with what is on the way; ``hours``: its mean duration.
        """
        (peak, peak_then), (storage, standing) = peaks_gw, storage_gw
        credit = self.accreditation.of_fleet(hours)
        last = self._regions.last_auction_year
        recorded, cleared = year <= last, self._regions.capacity_price(np.minimum(year, last))
        known = self._regions.capacity_price(np.minimum(year + 1, last))
        storage_share = credited_share(storage / peak, *credit)
        implied = (1.0 + self.curve.margin(known / self._regions.net_cone) - storage_share) * peak
        carried = firm_ahead_gw(self.firm_gw, self.entering_gw, self._storage.retirement_per_year, 1)
        self.firm_gw = np.where(recorded, implied, carried)
        margin = self.firm_gw / peak + storage_share - 1.0
        self.price_usd = np.where(recorded, cleared, self.curve.price(margin, self.net_cone_usd))
        self.coming_usd = np.where(year < last, known, self.price_usd)
        self.margin = np.where(self.is_paid, margin, np.nan)
        decided = gas_entry_gw(
            self.firm_ahead_gw(self._storage.gas_lag_years, shifted=1)
            + credited_share(standing / peak_then, *credit) * peak_then,
            peak_then, self.curve.target_margin, self._storage.gas_entry_share,
        )  # fmt: skip
        planned = self._regions.growth_before + self._storage.retirement_per_year
        queue = np.vstack([self.entering_gw[1:], decided])
        self.entering_gw = np.where(recorded, self.firm_gw * planned, queue)

    def firm_ahead_gw(self, years: int, shifted: int = 0) -> Floats:
        """Firm capacity besides storage as expected some years on; ``shifted``: entries already counted this year."""
        nothing = np.zeros((years, self.firm_gw.size))
        entering = np.vstack([self.entering_gw[shifted:], nothing])
        return firm_ahead_gw(self.firm_gw, entering, self._storage.retirement_per_year, years)

    def outlook(self, place: int, peak_ahead_gw: float, hours: float) -> CapacityOutlook:
        """What a region's planners know of capacity three years on; ``hours``: of its storage then."""
        firm = float(self.firm_ahead_gw(YEARS_AHEAD)[place])
        first, half = self.accreditation.of(place, hours)
        return CapacityOutlook(float(self.net_cone_usd[place]), firm / peak_ahead_gw, first, half, self.curve)
