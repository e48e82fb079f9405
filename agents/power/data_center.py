"""Data-center developers: buy storage where it connects them to the grid sooner (M17)."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import mesa
import numpy as np

from agents.arrays import Floats
from agents.power.storage_demand import data_center_adoption

HOURS = 4.0  # of storage behind the flexible part of a data center (M17)
MOST_FLEXIBLE_SHARE = 0.35
"""Most of what arrives that can be covered by storage (M17)."""
_DELAYS_OF_MEAN = np.array([0.5, 1.0, 1.5])  # delays avoided differ by site: thirds of the pipeline, judgment
_WORTH_OF_MEDIAN = np.array([1 / 3, 0.6, 1.0, 1.6, 8 / 3])  # 0.5 to 4 M$/MW-year about 1.5, fifths: judgment
_KWH_PER_MWH = 1e3


@dataclass(frozen=True)
class DeveloperSensing:
    """What a developer observes in a quarter: arrivals, MW; delay storage avoids, years; storage cost, $/kWh."""

    arrivals_mw: float
    delay_years: float
    storage_usd_per_kwh: float


@dataclass(frozen=True)
class DeveloperTerms:
    """How a developer weighs storage.

    ``worth_musd_per_mw_year``: v_dc, of a MW connected a year sooner; ``spread_musd``: of its logistic;
    ``flexible_share``: of an arrival that storage covers.
    """

    worth_musd_per_mw_year: float
    spread_musd: float
    flexible_share: float


class DeveloperRule(Protocol):
    """Share of what arrives that buys storage to be connected sooner, 0 to 1."""

    def __call__(self, seen: DeveloperSensing, terms: DeveloperTerms) -> float:
        """The share, given what the developer observes and how it weighs it."""
        ...


def adopt_for_speed(seen: DeveloperSensing, terms: DeveloperTerms) -> float:
    """Share of arrivals that buy storage: the mean over delays and over what a MW-year is worth (M17)."""
    delay = seen.delay_years * _DELAYS_OF_MEAN[:, None]
    worth: Floats = terms.worth_musd_per_mw_year * _WORTH_OF_MEDIAN[None, :]
    cost = terms.flexible_share * HOURS * _KWH_PER_MWH * seen.storage_usd_per_kwh / 1e6
    return float(data_center_adoption(delay, worth, cost, terms.spread_musd).mean())


def wait_for_the_grid(seen: DeveloperSensing, terms: DeveloperTerms) -> float:  # noqa: ARG001
    """No data center buys storage."""
    return 0.0


DEVELOPER_RULES: dict[str, DeveloperRule] = {
    "speed-to-power": adopt_for_speed,
    "wait-for-the-grid": wait_for_the_grid,
}
"""Rules for data-center developers by name."""


class DataCenterDeveloper(mesa.Agent):
    """The data centers of one power region; ``terms``: how they weigh storage, ``rule``: what they decide by."""

    def __init__(
        self, model: Any, region: str, place: int, terms: DeveloperTerms, rule: DeveloperRule = adopt_for_speed
    ) -> None:
        super().__init__(model)
        self.region = region
        self.place = place
        self.name = f"data centers {region}"
        self.terms = replace(terms, flexible_share=min(terms.flexible_share, MOST_FLEXIBLE_SHARE))
        self.rule = rule

    def adoption_share(self, seen: DeveloperSensing) -> float:
        """Share of arrivals that buy storage."""
        return self.rule(seen, self.terms)

    def order_gwh(self, seen: DeveloperSensing) -> float:
        """Storage ordered in a quarter, GWh."""
        covered_mw = seen.arrivals_mw * self.terms.flexible_share * self.adoption_share(seen)
        return covered_mw * HOURS / 1e3
