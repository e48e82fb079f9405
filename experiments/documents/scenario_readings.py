"""What the results of shipped scenarios say, declared: each reading is a sentence on docs/scenarios.md and a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from market.recorder import NATIONAL

_PERCENT = 100.0


@dataclass(frozen=True)
class Reading:
    """An outcome of a scenario against the reference under common random numbers.

    ``column`` of the table ``national``, its mean over the years ``first`` to ``last``; the scenario is ``direction``
    by at least ``least``, a share of the reference: about half of what was found, so that only an
    order of magnitude is claimed. Of an outcome that is the same ``least`` is the most by which it differs.
    """

    column: str
    first: int
    last: int
    direction: Literal["higher", "lower", "the same"]
    least: float

    @property
    def years(self) -> str:
        """Years in words."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"

    def sentence(self) -> str:
        """The reading in words, without a full stop."""
        return f"{NATIONAL[self.column].label}, {self.years}: {self.claim}"

    @property
    def claim(self) -> str:
        """Direction and size in words."""
        words = "within" if self.direction == "the same" else "by at least"
        return f"{self.direction} {words} {_PERCENT * self.least:g} %"

    def allows(self, change_share: float) -> bool:
        """Whether a change bears it out."""
        if self.direction == "the same":
            return abs(change_share) <= self.least
        return change_share >= self.least if self.direction == "higher" else change_share <= -self.least

    def mean(self, national: pd.DataFrame) -> float:
        """Mean of the outcome over the years. Raises KeyError if the run does not hold them."""
        year = national["quarter"].str[:4].astype(int)
        chosen = national.loc[(year >= self.first) & (year <= self.last), self.column]
        if not {self.first, self.last} <= set(year):
            raise KeyError(f"the run ends before {self.last}; run it to {self.last}Q4")
        return float(chosen.mean())

    def change_share(self, scenario: pd.DataFrame, reference: pd.DataFrame) -> float:
        """Change against the reference, a share of it."""
        return self.mean(scenario) / self.mean(reference) - 1.0

    def holds(self, scenario: pd.DataFrame, reference: pd.DataFrame) -> bool:
        """Whether two runs bear it out."""
        return self.allows(self.change_share(scenario, reference))


READINGS: Mapping[str, tuple[Reading, ...]] = {
    "45x-ends-early": (
        Reading("battery_credits_musd", 2025, 2028, "the same", 0.02),
        Reading("battery_credits_musd", 2029, 2031, "lower", 0.25),
        Reading("capacity_vehicles_gwh", 2029, 2033, "lower", 0.25),
        Reading("cells_imported_for_vehicles_gwh", 2029, 2033, "higher", 0.06),
        Reading("bev_sales", 2027, 2033, "the same", 0.03),
    ),
    "batteries-that-age-badly": (
        Reading("battery_trouble_believed", 2030, 2033, "higher", 0.3),
        Reading("bev_sales", 2026, 2033, "lower", 0.02),
    ),
    "capital-crunch": (
        Reading("bev_models", 2030, 2033, "lower", 0.08),
        Reading("bev_sales", 2030, 2033, "lower", 0.03),
    ),
    "charger-drought": (
        Reading("fast_ports", 2030, 2033, "lower", 0.25),
        Reading("charging_wait_minutes", 2027, 2033, "higher", 1.0),
        Reading("bev_sales", 2030, 2033, "lower", 0.1),
    ),
    "cheaper-model-next-year": (
        Reading("bev_sales", 2026, 2026, "lower", 0.03),
        Reading("bev_sales", 2027, 2030, "higher", 0.15),
        Reading("charging_wait_minutes", 2027, 2030, "higher", 0.1),
    ),
    "credit-restored": (
        Reading("bev_sales", 2026, 2030, "higher", 0.1),
        Reading("used_bev_retention_3y", 2026, 2030, "lower", 0.05),
        Reading("fast_ports", 2030, 2033, "higher", 0.02),
    ),
    "data-center-boom": (
        Reading("storage_ordered_gwh", 2026, 2033, "higher", 0.25),
        Reading("capacity_storage_gwh", 2028, 2033, "higher", 0.15),
        Reading("bev_sales", 2026, 2033, "the same", 0.03),
    ),
    "free-run": (
        Reading("bev_share_new", 2018, 2020, "the same", 0.4),
        Reading("bev_share_new", 2023, 2024, "lower", 0.15),
    ),
    "legacy-lag": (
        Reading("capacity_vehicles_gwh", 2027, 2033, "higher", 0.07),
        Reading("bev_models", 2027, 2029, "lower", 0.01),
        Reading("bev_sales", 2027, 2033, "the same", 0.04),
    ),
    "lithium-spike": (
        Reading("pack_price_usd_per_kwh", 2026, 2033, "higher", 0.15),
        Reading("bev_sales", 2026, 2033, "lower", 0.06),
        Reading("storage_ordered_gwh", 2026, 2033, "lower", 0.06),
    ),
    "one-plug-for-all": (
        Reading("local_adequacy", 2026, 2030, "higher", 0.08),
        Reading("trip_coverage_tesla", 2025, 2028, "higher", 0.01),
        Reading("bev_sales", 2025, 2027, "higher", 0.015),
    ),
    "fast-charging-leap": (
        Reading("bev_sales", 2027, 2033, "higher", 0.004),
        Reading("trip_coverage", 2027, 2033, "the same", 0.01),
    ),
    "managed-charging": (
        Reading("bev_peak_load_gw", 2030, 2033, "lower", 0.3),
        Reading("electricity_rise_usd_per_kwh", 2030, 2033, "lower", 0.4),
        Reading("bev_sales", 2026, 2033, "the same", 0.03),
    ),
    "no-charger-grants": (
        Reading("charger_grants_musd", 2025, 2029, "lower", 0.99),
        Reading("fast_ports", 2027, 2028, "lower", 0.005),
        Reading("bev_sales", 2026, 2033, "the same", 0.05),
    ),
    "no-credits": (
        Reading("bev_sales", 2025, 2025, "lower", 0.12),
        Reading("used_bev_retention_3y", 2025, 2025, "higher", 0.012),
        Reading("bev_sales", 2026, 2026, "lower", 0.015),
        Reading("bev_sales", 2027, 2033, "the same", 0.15),
    ),
    "no-detour": (
        Reading("capacity_storage_gwh", 2028, 2033, "lower", 0.4),
        Reading("storage_price_usd_per_kwh", 2027, 2033, "higher", 0.12),
        Reading("storage_ordered_gwh", 2030, 2033, "lower", 0.05),
        Reading("bev_sales", 2026, 2030, "the same", 0.03),
    ),
    "partners-walk-away": (
        Reading("capacity_vehicles_gwh", 2026, 2029, "lower", 0.06),
        Reading("capacity_storage_gwh", 2026, 2029, "the same", 0.2),
        Reading("bev_sales", 2026, 2033, "the same", 0.02),
    ),
    "proof-not-claims": (
        Reading("battery_trouble_believed", 2026, 2033, "lower", 0.15),
        Reading("bev_sales", 2027, 2033, "the same", 0.02),
    ),
    "recall": (
        Reading("battery_trouble_believed", 2027, 2027, "higher", 0.4),
        Reading("battery_trouble_believed", 2032, 2033, "the same", 0.25),
        Reading("bev_sales", 2027, 2028, "lower", 0.008),
    ),
    "longer-warranties": (
        Reading("battery_trouble_believed", 2028, 2033, "the same", 0.25),
        Reading("bev_sales", 2025, 2026, "higher", 0.003),
        Reading("bev_sales", 2028, 2033, "the same", 0.03),
    ),
    "reliable-chargers": (
        Reading("charging_success", 2025, 2026, "higher", 0.02),
        Reading("bev_sales", 2025, 2028, "higher", 0.003),
        Reading("bev_sales", 2030, 2033, "the same", 0.03),
    ),
    "state-zev-rule": (
        Reading("bev_price_kusd", 2027, 2030, "lower", 0.012),
        Reading("bev_sales", 2027, 2030, "higher", 0.05),
        Reading("petrol_price_kusd", 2030, 2033, "higher", 0.01),
    ),
    "storage-boom-forever": (
        Reading("storage_ordered_gwh", 2027, 2033, "higher", 0.5),
        Reading("storage_installed_gw", 2033, 2033, "higher", 0.3),
    ),
    "storage-glut": (
        Reading("storage_ordered_gwh", 2025, 2030, "lower", 0.15),
        Reading("storage_price_usd_per_kwh", 2026, 2033, "lower", 0.05),
        Reading("capacity_storage_gwh", 2030, 2033, "lower", 0.3),
        Reading("bev_sales", 2026, 2033, "lower", 0.01),
    ),
    "strict-foreign-content": (
        Reading("compliant_demand_gwh", 2026, 2033, "higher", 0.07),
        Reading("storage_price_usd_per_kwh", 2026, 2029, "the same", 0.12),
        Reading("capacity_storage_gwh", 2030, 2033, "the same", 0.4),
        Reading("bev_sales", 2026, 2033, "the same", 0.03),
    ),
}
"""Readings by scenario; the reference has none, as all are against it."""
