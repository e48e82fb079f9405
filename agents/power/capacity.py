"""Price of capacity from the reserve margin, credit of storage as capacity, and gas plants that enter (M16)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats


def capacity_credit(share: Floats, first: Floats, half: Floats) -> Floats:
    """Credit of one more kW of storage at storage over peak ``share``: first / (1 + (share/half)^2), broadcast shape.

    ``first``: credit of the first kW; ``half``: share of peak at which it has halved. Marginal effective load
    carrying capability falls as the peak that storage leaves gets longer, slower for longer durations.
    """
    return np.asarray(first / (1.0 + (share / half) ** 2))


def credited_share(share: Floats, first: Floats, half: Floats) -> Floats:
    """Credit of all storage over peak: the integral of ``capacity_credit`` from 0, first half arctan(share/half)."""
    return np.asarray(first * half * np.arctan(share / half))


@dataclass(frozen=True)
class PriceCurve:
    """How the price of capacity answers the reserve margin m: net CONE c / (1 + (c - 1) exp((m - m*)/s)).

    ``cap``: c, the price over net CONE where capacity is short; ``target_margin``: m*, where the price is net CONE;
    ``spread``: s, share of peak. A smooth form of the sloped demand curves of PJM, ISO-NE and NYISO.
    """

    cap: float
    target_margin: float
    spread: float

    def price(self, margin: Floats, net_cone: Floats) -> Floats:
        """Price in the unit of ``net_cone``, broadcast shape."""
        surplus = np.clip((margin - self.target_margin) / self.spread, -_FAR, _FAR)
        return np.asarray(net_cone * self.cap / (1.0 + (self.cap - 1.0) * np.exp(surplus)))

    def margin(self, price_over_net_cone: Floats) -> Floats:
        """Reserve margin behind a price over net CONE, the inverse of ``price``; same shape.

        Prices above 0.99 of the cap, or below a hundredth of net CONE, say no more than that.
        """
        ratio = np.clip(price_over_net_cone, _LEAST_RATIO, _MOST_OF_CAP * self.cap)
        return np.asarray(self.target_margin + self.spread * np.log((self.cap / ratio - 1.0) / (self.cap - 1.0)))


_FAR = 500.0  # widths of the curve: beyond it the exponential overflows and the price is 0 or its cap
_LEAST_RATIO, _MOST_OF_CAP = 0.01, 0.99


@dataclass(frozen=True)
class CapacityOutlook:
    """What capacity will be worth in a region, as its planners know it, at any amount of storage (M16).

    ``net_cone_usd``: $/kW-year, 0 where nobody is paid for capacity; ``firm_share``: other firm capacity over the
    peak; ``first`` and ``half``: credit of the region's storage (``capacity_credit``).
    """

    net_cone_usd: float
    firm_share: float
    first: float
    half: float
    curve: PriceCurve

    def margin(self, share: float) -> float:
        """Reserve margin with storage at ``share`` of the peak."""
        credited = credited_share(np.array(share), np.array(self.first), np.array(self.half))
        return self.firm_share + float(credited) - 1.0

    def price_usd(self, share: float) -> float:
        """Price of capacity with storage at ``share`` of the peak, $/kW-year."""
        return float(self.curve.price(np.array(self.margin(share)), np.array(self.net_cone_usd)))


def firm_ahead_gw(firm_gw: Floats, entering_gw: Floats, retirement_per_year: float, years: int) -> Floats:
    """Firm capacity besides storage some years on, (regions,): what retires goes, what was decided enters.

    ``entering_gw``: (years, regions), at least ``years`` rows, the first of next year.
    """
    firm = firm_gw
    for entering in entering_gw[:years]:
        firm = firm * (1.0 - retirement_per_year) + entering
    return np.asarray(firm)


def gas_entry_gw(expected_gw: Floats, peak_gw: Floats, target_margin: float, share_of_gap: float) -> Floats:
    """Gas plants decided in a year, GW, (regions,): part of the capacity missing when they could run.

    ``expected_gw``: capacity then, storage at its credit and all that was decided before. Nothing is missing where
    the price expected is at most net CONE, which is where the margin reaches its target.
    """
    return np.asarray(share_of_gap * np.maximum((1.0 + target_margin) * peak_gw - expected_gw, 0.0))
