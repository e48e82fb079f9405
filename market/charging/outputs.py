"""Result columns of charging, and the rows that fill them."""

from collections.abc import Iterator

import numpy as np

from agents.arrays import Floats
from market.base import quarters
from market.base.column import Row, Series
from market.base.ledger import Ledger
from market.charging.accounts import GRANTS, capital_musd, revenue_musd
from market.charging.graph import ChargingGraph
from market.charging.network import ChargingNetwork
from market.charging.sector import ChargingSide
from market.charging.service import ChargingService

_MINUTES = 60.0

NATIONAL_CHARGING: dict[str, Series] = {
    "charger_grants_musd": Series("million 2025 $/quarter", "Grants and tax credits paid for fast chargers"),
    "fast_ports": Series("port", "Fast-charging ports"),
    "charging_success": Series(
        "share of attempts",
        "Actual success rate of fast charging, session-weighted",
        "Attempts that succeed, over all attempts.",
    ),
    "charging_wait_minutes": Series("minute", "Peak-hour wait for a fast charger, session-weighted"),
    "sessions_served": Series("session/quarter", "Fast-charging sessions served"),
    "sessions_lost": Series("session/quarter", "Fast-charging sessions lost"),
    "plug_utilisation": Series(
        "share of hours", "Utilization of fast chargers", "Hours in use over all hours, mean over plugs."
    ),
}

ZONE_CHARGING: dict[str, Series] = {
    "charging_success": Series(
        "share of attempts",
        "Actual success rate of fast charging met by the zone's drivers",
        "Attempts that succeed, over all attempts.",
    ),
    "wait_minutes": Series("minute", "Peak-hour wait for a fast charger near home"),
}

CHARGING: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "operator": Series(
        "name",
        "Operator (a calibrated archetype, not a forecast of the company)",
        "Key, with quarter: a network or a kind of owner.",
    ),
    "plugs": Series("plug", "Fast chargers", "In service for drivers in the quarter."),
    "started": Series("plug/quarter", "Chargers started"),
    "opened": Series("plug/quarter", "Chargers opened"),
    "closed": Series("plug/quarter", "Chargers closed"),
    "success": Series(
        "share of attempts", "Actual success rate of its chargers", "Mean over its plugs; empty without any."
    ),
    "sessions_served": Series("session/quarter", "Sessions served"),
    "sessions_lost": Series("session/quarter", "Sessions lost", "Drivers turned away."),
    "utilisation": Series("share of hours", "Utilization of its chargers", "Hours in use over all hours."),
    "revenue_musd": Series("million 2025 $/quarter", "Revenue"),
    "profit_musd": Series(
        "million 2025 $/quarter",
        "Operating profit",
        "Sales of energy less upkeep and demand charges, before capital expenditure.",
    ),
    "capital_musd": Series("million 2025 $/quarter", "Capital expenditure, net of grants"),
}

CHARGING_STATES: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter (ports at its end)"),
    "state": Series("postal code", "State", "Key, with quarter."),
    "fast_ports": Series("port", "Fast-charging ports"),
    "recorded_fast_ports": Series("port", "Recorded fast-charging ports", "Empty after the observed data."),
}


def national_charging(side: ChargingSide, graph: ChargingGraph, ledger: Ledger) -> Row:
    """The national columns of charging; all grants of the quarter are on the ledger."""
    service, plugs = side.service, side.network.served_plugs.sum(axis=1)
    return {
        "charger_grants_musd": 0.0 - ledger.balance_musd(GRANTS),
        "fast_ports": float(graph.zone_plugs.sum() + graph.corridor_plugs.sum()),
        "charging_success": service.weighted(service.attempts_success),
        "charging_wait_minutes": service.weighted(service.place_wait_hours) * _MINUTES,
        "sessions_served": float(service.served.sum()),
        "sessions_lost": service.total_lost,
        "plug_utilisation": float(_over((service.utilization * plugs).sum(), plugs.sum())),
    }


def zone_charging(service: ChargingService, zone: int) -> Row:
    """The columns of charging of a zone."""
    return {"charging_success": service.success[zone], "wait_minutes": service.wait_hours[zone] * _MINUTES}


def operator_rows(side: ChargingSide, public_usd_per_kwh: float, quarter: int) -> Iterator[Row]:
    """The quarter's rows of the table ``charging``: one an operator, at a price of public charging."""
    network, service = side.network, side.service
    plugs, working = network.served_plugs, (network.served_plugs * network.success_met).sum(axis=1)
    success = _over(working, plugs.sum(axis=1))
    revenue, (capital, grants) = revenue_musd(side, public_usd_per_kwh), capital_musd(network, quarter)
    for place, operator in enumerate(network.operators):
        yield {
            "quarter": quarters.label(quarter), "operator": operator.name, "plugs": plugs[place].sum(),
            "started": network.started[place].sum(), "opened": network.opened[place].sum(),
            "closed": network.closed[place].sum(), "success": success[place],
            "sessions_served": service.served[place].sum(), "sessions_lost": service.lost[place].sum(),
            "utilisation": service.utilization[place], "revenue_musd": revenue[place],
            "profit_musd": network.cash_usd[place].sum() / 1e6, "capital_musd": capital[place] - grants[place],
        }  # fmt: skip


def _over(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0.0))


def state_rows(network: ChargingNetwork, graph: ChargingGraph, end: int) -> Iterator[Row]:
    """Rows of the table ``charging_states``: ports at the end of a quarter, the one before the quarter open."""
    known = end <= graph.recorded.last_quarter
    recorded = graph.recorded.plugs_at(end, 0.0).sum(axis=0) if known else np.full(len(graph.states), np.nan)
    ports = network.ports_by_state()
    for place, state in enumerate(graph.states):
        yield {
            "quarter": quarters.label(end),
            "state": state,
            "fast_ports": ports[place],
            "recorded_fast_ports": recorded[place],
        }
