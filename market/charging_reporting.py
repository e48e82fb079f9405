"""Rows of the tables of charging from the state of the market."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market import quarters
from market.charging_books import capital_musd, revenue_musd

if TYPE_CHECKING:
    from market.model import Market

_MINUTES = 60.0


def national_charging(market: "Market") -> dict[str, Any]:
    """The national columns of charging."""
    service, plugs = market.charging_side.service, market.charging_side.network.served_plugs.sum(axis=1)
    return {
        "charging_success": service.weighted(service.attempts_success),
        "charging_wait_minutes": service.weighted(service.place_wait_hours) * _MINUTES,
        "sessions_served": float(service.served.sum()),
        "sessions_lost": service.total_lost,
        "plug_utilisation": float((service.utilisation * plugs).sum() / plugs.sum()),
    }


def zone_charging(market: "Market", zone: int) -> dict[str, Any]:
    """The columns of charging of a zone."""
    service = market.charging_side.service
    return {"charging_success": service.success[zone], "wait_minutes": service.wait_hours[zone] * _MINUTES}


def write_charging(market: "Market", label: str) -> None:
    """Write the quarter's rows of operators, and in first quarters the ports of states at the last year's end."""
    network, service = market.charging_side.network, market.charging_side.service
    plugs, working = network.served_plugs, (network.served_plugs * network.success_met).sum(axis=1)
    success = _over(working, plugs.sum(axis=1))
    revenue, (capital, grants) = revenue_musd(market), capital_musd(market)
    for place, operator in enumerate(network.operators):
        market.recorder.write("charging", {
            "quarter": label, "operator": operator.name, "plugs": plugs[place].sum(),
            "started": network.started[place].sum(), "opened": network.opened[place].sum(),
            "closed": network.closed[place].sum(), "success": success[place],
            "sessions_served": service.served[place].sum(), "sessions_lost": service.lost[place].sum(),
            "utilisation": service.utilisation[place], "revenue_musd": revenue[place],
            "profit_musd": network.cash_usd[place].sum() / 1e6, "capital_musd": capital[place] - grants[place],
        })  # fmt: skip
    if market.quarter % QUARTERS_PER_YEAR == 0:
        _write_states(market)


def _over(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0.0))


def _write_states(market: "Market") -> None:
    end, graph = market.quarter - 1, market.charging_graph
    known = end <= graph.recorded.last_quarter
    recorded = graph.recorded.at(end, 0.0) if known else np.full(len(graph.states), np.nan)
    ports = market.charging_side.network.ports_by_state(end)
    for place, state in enumerate(graph.states):
        market.recorder.write("charging_states", {
            "quarter": quarters.label(end), "state": state, "fast_ports": ports[place],
            "recorded_fast_ports": recorded[place],
        })  # fmt: skip
