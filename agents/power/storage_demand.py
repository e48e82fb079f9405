"""Value of storage to a power system, and demand for it (M16, M17)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from agents.arrays import Floats
from agents.power.capacity import CapacityOutlook


@dataclass(frozen=True)
class ValueStack:
    """Worth of storage in a region, $/kW-year: capacity, arbitrage, merchant revenue and their decline (M16).

    ``capacity_usd``: price of capacity, or what it is now where ``outlook`` says how it answers storage;
    ``accreditation``: E0 and ``accreditation_scale``: k_E; ``arbitrage_usd`` and ``arbitrage_scale``: A, k_A;
    ``merchant_usd`` and ``merchant_scale``: S0, k_S. ``residual_usd``: worth that these do not explain.
    ``saturation``: speed of all decline beyond ``anchor_share`` over the usual one; 1 is the usual, 0 no decline.
    """

    capacity_usd: float
    accreditation: float
    accreditation_scale: float
    arbitrage_usd: float
    arbitrage_scale: float
    merchant_usd: float
    merchant_scale: float
    residual_usd: float = 0.0
    outlook: CapacityOutlook | None = None
    saturation: float = 1.0
    anchor_share: float = 0.0

    def marginal_usd_per_kw_year(self, share: float) -> float:
        """Value of one more kW at storage over peak ``share``: what it earns and the residual."""
        return self.earned_usd_per_kw_year(share) + self.residual_usd

    def earned_usd_per_kw_year(self, share: float) -> float:
        """What one more kW earns at storage over peak ``share``: CP E(x) + A exp(-x/k_A) + S0 exp(-x/k_S)."""
        x = share - (1.0 - self.saturation) * max(0.0, share - self.anchor_share)
        capacity = self.capacity_usd if self.outlook is None else self.outlook.price_usd(x)
        accredited = self.accreditation / (1.0 + (x / self.accreditation_scale) ** 2)
        return float(
            capacity * accredited
            + self.arbitrage_usd * np.exp(-x / self.arbitrage_scale)
            + self.merchant_usd * np.exp(-x / self.merchant_scale)
        )

    def in_scarcity(self, factor: float) -> "ValueStack":
        """The stack of a year whose arbitrage and merchant revenue is a multiple of the normal one (M22).

        Capacity is paid at a price fixed ahead.
        """
        return replace(self, arbitrage_usd=self.arbitrage_usd * factor, merchant_usd=self.merchant_usd * factor)

    def seen_from(self, share: float, expected_kept: float) -> "ValueStack":
        """The stack a planner assumes who expects ``expected_kept`` of the first kW's earnings at ``share``.

        All parts that are earned are scaled alike, so that one more kW at ``share`` earns what is expected
        (M16, M18). Only a stack at a fixed price of capacity is seen so.
        """
        factor = expected_kept / self.kept(share)
        return replace(
            self,
            capacity_usd=self.capacity_usd * factor,
            arbitrage_usd=self.arbitrage_usd * factor,
            merchant_usd=self.merchant_usd * factor,
        )

    def kept(self, share: float) -> float:
        """What one more kW earns at a share of storage over what the first kW does."""
        return self.earned_usd_per_kw_year(share) / self.earned_usd_per_kw_year(0.0)


def target_share(value_usd_per_kw_year: Callable[[float], float], cost_usd_per_kw_year: float, most: float) -> float:
    """Storage over peak at which its falling value meets its cost, between 0 and ``most`` (M16)."""
    if value_usd_per_kw_year(0.0) <= cost_usd_per_kw_year:
        return 0.0
    if value_usd_per_kw_year(most) >= cost_usd_per_kw_year:
        return most
    return float(brentq(lambda share: value_usd_per_kw_year(share) - cost_usd_per_kw_year, 0.0, most))


def capital_recovery_factor(rate: float, years: float) -> float:
    """Yearly payment for 1 of capital over ``years`` at ``rate``."""
    return 1.0 / years if rate == 0.0 else rate / (1.0 - (1.0 + rate) ** -years)


def yearly_cost_usd_per_kw(
    capex_usd_per_kwh: float, hours: float, credit_share: float, rate: float, years: float, upkeep_share: float
) -> float:
    """Cost of a kW-year of storage: capex net of the investment credit at CRF, and upkeep (M16)."""
    capex = capex_usd_per_kwh * hours
    return capex * ((1.0 - credit_share) * capital_recovery_factor(rate, years) + upkeep_share)


def data_center_adoption(
    delay_years: Floats, worth_musd_per_mw_year: Floats, cost_musd_per_mw: float, spread_musd: float
) -> Floats:
    """Share of data centers that buy storage to connect sooner: a logistic in its gain, broadcast shape (M17).

    Worth of a MW-year of delay avoided: 1.5 M$ (0.5-4), judgment.
    """
    gain = delay_years * worth_musd_per_mw_year - cost_musd_per_mw
    return np.asarray(1.0 / (1.0 + np.exp(-gain / spread_musd)))
