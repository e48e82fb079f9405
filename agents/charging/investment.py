"""Charging operators: value of a charger, siting, maintenance and closure (M9)."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints


def plug_cash_usd_per_year(
    sessions_per_year: Floats,
    session_kwh: float,
    margin_usd_per_kwh: Floats,
    *,
    demand_charge_usd_per_year: Floats,
    upkeep_usd_per_year: Floats,
    captive_usd_per_year: Floats,
) -> Floats:
    """Annual operating cash flow of a plug, $; broadcast shape (M9).

    ``margin_usd_per_kwh``: price less energy; ``captive_usd_per_year``: what the automaker behind a captive network
    earns on cars that the plug gains it, 0 for others.
    """
    sales = sessions_per_year * session_kwh * margin_usd_per_kwh
    return np.asarray(sales + captive_usd_per_year - demand_charge_usd_per_year - upkeep_usd_per_year)


def plug_value_usd(
    cash_usd_per_year: Floats, capex_usd: Floats, grant_usd: Floats, discount_rate: float, lag_years: float
) -> Floats:
    """Net present value of a plug, $, shape (places,) (M9).

    ``cash_usd_per_year``: (years, places), of each year of operation, paid at its end, the first ``lag_years``
    after the decision; ``capex_usd`` less ``grant_usd``, not below 0, is paid at once.
    """
    years = np.arange(1, cash_usd_per_year.shape[0] + 1) + lag_years
    present = (1.0 + discount_rate) ** -years @ cash_usd_per_year
    return np.asarray(present - np.maximum(capex_usd - grant_usd, 0.0))


def growth_room(plugs_at_year_start: Ints, started_this_year: Ints, least_plugs: int, growth_share: float) -> Ints:
    """Plugs that may still be started this year, shape (zones,): max(a site, 60 %) less those started (M9).

    ``least_plugs``: of one site.
    """
    most = np.maximum(least_plugs, np.floor(growth_share * plugs_at_year_start).astype(np.int64))
    return np.asarray(np.maximum(most - started_this_year, 0))


def best_places(value_usd: Floats, cost_usd: Floats, budget_usd: float, most_sites: Ints) -> Ints:
    """Sites to start at each place, shape (places,): best first while they pay and the budget lasts (M9).

    ``value_usd`` and ``cost_usd``: of a site at each place; best is the most value per $ of cost, and of equal
    places the first in order. Where the budget no longer covers one site, the next place is tried.
    Raises ValueError if a cost is not positive.
    """
    if np.any(cost_usd <= 0.0):
        raise ValueError("a site must cost something, or any budget would buy without end")
    started = np.zeros(value_usd.size, dtype=np.int64)
    left_usd = max(budget_usd, 0.0)
    for place in np.argsort(-value_usd / cost_usd, kind="stable"):
        if value_usd[place] <= 0.0:
            break
        started[place] = min(most_sites[place], np.floor(left_usd / cost_usd[place]))
        left_usd -= started[place] * cost_usd[place]
    return started


def upkeep_success(
    sessions_per_year: Floats,
    margin_usd_per_session: Floats,
    cost_usd_per_year: float,
    floor: float,
    funded: NDArray[np.bool_],
    ceiling: float,
    funded_floor: float,
) -> Floats:
    """Success rate r* to which plugs are maintained: 1 - c1 / (margin x sessions), bounded; broadcast shape (M9).

    It maximizes margin x sessions x r net of maintenance cost -c1 ln(1 - r), $ per plug and year. The lower bound is
    ``funded_floor`` (0.97) where a grant requires it, else ``floor``.
    """
    at_stake = np.asarray(margin_usd_per_session * sessions_per_year)
    pays = at_stake > cost_usd_per_year
    wanted = np.where(pays, 1.0 - cost_usd_per_year / np.where(pays, at_stake, 1.0), 0.0)
    return np.asarray(np.minimum(np.maximum(wanted, np.where(funded, funded_floor, floor)), ceiling))


def quarters_of_loss(before: Ints, cash_usd: Floats) -> Ints:
    """Quarters in a row, this one included, in which a site's cash was negative; same shape (M9)."""
    return np.where(cash_usd < 0.0, before + 1, 0)


def closes(loss_quarters: Ints, patience_quarters: int) -> NDArray[np.bool_]:
    """Which sites close: those that lost money for so many quarters in a row; same shape (M9)."""
    return np.asarray(loss_quarters >= patience_quarters)


def opening_lag_quarters(draws: Floats, shortest: int, longest: int) -> Ints:
    """Quarters from decision to opening, ``shortest`` to ``longest`` (3 to 6), all as likely; shape of ``draws`` (M9).

    ``draws``: uniform numbers in [0, 1), of the site and the quarter of the decision.
    """
    return (shortest + np.floor(draws * (longest - shortest + 1))).astype(np.int64)


class SiteRule(Protocol):
    """Where an operator starts sites, given what each is worth and costs and how many there may be."""

    def __call__(self, value_usd: Floats, cost_usd: Floats, budget_usd: float, most_sites: Ints) -> Ints:
        """Sites to start at each place, shape (places,), at most ``most_sites`` each and within the budget."""
        ...


def nowhere(value_usd: Floats, cost_usd: Floats, budget_usd: float, most_sites: Ints) -> Ints:  # noqa: ARG001
    """Start no site anywhere, shape (places,)."""
    return np.zeros(value_usd.size, dtype=np.int64)


SITE_RULES: dict[str, SiteRule] = {"best-first": best_places, "nowhere": nowhere}
"""Rules for the places of new sites by name."""
