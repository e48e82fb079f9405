"""Accounts of charging: sessions, energy, plugs and payments."""

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from market.base.ledger import Ledger
from market.charging.network import ChargingNetwork
from market.charging.sector import ChargingSide
from market.charging.service import HOURS_PER_QUARTER

DRIVERS, GRANTS = "drivers who charge", "government, grants for chargers"
ENERGY, DEMAND_CHARGES = "energy and fees of chargers", "demand charges of chargers"
KEEPERS, BUILDERS = "keepers of chargers", "builders of chargers"
_ROUNDING = 1e-9  # as a share


def check_charging(ledger: Ledger, side: ChargingSide, public_usd_per_kwh: float, quarter: int) -> None:
    """Check sessions and plugs, and post the payments of charging, M$, at a price of public charging."""
    _check_sessions(ledger, side)
    _check_plugs(ledger, side.network)
    _post_money(ledger, side, public_usd_per_kwh, quarter)


def _check_sessions(ledger: Ledger, side: ChargingSide) -> None:
    """Sessions served and lost are those wanted at every place; no plug gives more energy than it can."""
    service, network = side.service, side.network
    found = service.served.sum(axis=0) + service.lost.sum(axis=0) + service.lost_without_plug
    total = float(service.wanted.sum())
    ledger.equal("sessions served and lost with those wanted", total + np.abs(found - service.wanted).sum(), total)
    for what, sessions in (("served", service.served), ("lost", service.lost), ("lost", service.lost_without_plug)):
        ledger.within(f"sessions {what}", sessions, 0.0, np.inf)
    for what, success in (("met by drivers", service.success), ("of plugs", network.success)):
        ledger.within(f"plug success {what}", success, 0.0, 1.0)
    ledger.within("waits at chargers", np.append(service.wait_hours, service.trip_wait_hours), 0.0, np.inf)
    if network.parameters.queues:
        kwh = service.served * side.session_kwh
        could = network.served_plugs * network.success_met * network.parameters.session_kw * HOURS_PER_QUARTER
        ledger.within("energy plugs can give less what they gave", could * (1.0 + _ROUNDING) - kwh, -_ROUNDING, np.inf)
        ledger.within("utilization of plugs", service.utilization, 0.0, 1.0)


def _check_plugs(ledger: Ledger, network: ChargingNetwork) -> None:
    """Plugs before, opened and closed add up to those in operation, which include the funded ones."""
    stand = network.plugs_before + network.opened - network.closed
    total = float(network.plugs.sum())
    ledger.equal("plugs before, opened and closed", total + np.abs(stand - network.plugs).sum(), total)
    ledger.within("plugs", network.plugs, 0.0, np.inf)
    ledger.within("plugs on the way", network.pipeline, 0.0, np.inf)
    ledger.within("plugs built without a grant", network.plugs - network.funded, -_ROUNDING, np.inf)


def revenue_musd(side: ChargingSide, public_usd_per_kwh: float) -> Floats:
    """What drivers pay each operator in the quarter, M$, (operators,)."""
    kwh = side.service.served.sum(axis=1) * side.session_kwh
    return np.asarray(kwh * public_usd_per_kwh / 1e6)


def capital_musd(network: ChargingNetwork, quarter: int) -> tuple[Floats, Floats]:
    """Capital spent and grants received in the quarter, M$, (operators,) each.

    While operators decide, it is paid when plugs are started; before, when they open.
    """
    built, capex_kusd = network.started if network.decides(quarter) else network.opened, network.parameters.capex_kusd
    return np.asarray(built.sum(axis=1) * capex_kusd / 1e3), np.asarray(network.granted_usd / 1e6)


def _post_money(ledger: Ledger, side: ChargingSide, public_usd_per_kwh: float, quarter: int) -> None:
    network, parameters = side.network, side.network.parameters
    revenue, (capital, grants) = revenue_musd(side, public_usd_per_kwh), capital_musd(network, quarter)
    demand = network.served_plugs.sum(axis=1) * parameters.demand_charge_usd / QUARTERS_PER_YEAR / 1e6
    upkeep = network.upkeep_usd.sum(axis=1) / 1e6
    for place, operator in enumerate(network.operators):
        ledger.pay(DRIVERS, operator.name, float(revenue[place]))
        ledger.pay(operator.name, ENERGY, float(revenue[place]) * parameters.variable_cost_share)
        ledger.pay(operator.name, DEMAND_CHARGES, float(demand[place]))
        ledger.pay(operator.name, KEEPERS, float(upkeep[place]))
        ledger.pay(operator.name, BUILDERS, float(capital[place]))
        ledger.pay(GRANTS, operator.name, float(grants[place]))
        kept = float(network.cash_usd[place].sum()) / 1e6 - float(capital[place] - grants[place])
        ledger.equal(f"money of {operator.name}", ledger.balance_musd(operator.name), kept)
