"""Charging operators and model programs reckoned anew: what drivers, grants, builders and suppliers pay and get."""

import numpy as np

from agents.calendar import QUARTERS_PER_YEAR
from market.audit.reckoned import Reckoned
from market.base.ledger import Ledger
from market.charging.accounts import BUILDERS, DEMAND_CHARGES, DRIVERS, ENERGY, GRANTS, KEEPERS
from market.charging.parameters import Charging
from market.charging.sector import ChargingSide

_ROUNDING = 1e-9


def reckon_charging(
    ledger: Ledger, reckoned: Reckoned, side: ChargingSide, charging: Charging, price_usd_per_kwh: float, quarter: int
) -> None:
    """Count operators' money from sessions, plugs and prices, and hold grants to the law and its budget."""
    network, given = side.network, side.network.parameters
    sessions, standing = side.service.served, network.served_plugs
    opens = network.started if network.decides(quarter) else network.opened
    for place, operator in enumerate(network.operators):
        kwh = float(sessions[place].sum()) * charging.kwh_per_public_session
        plugs = float(standing[place].sum())
        reckoned.pay(DRIVERS, operator.name, kwh * price_usd_per_kwh / 1e6)
        reckoned.pay(operator.name, ENERGY, kwh * price_usd_per_kwh / 1e6 * given.variable_cost_share)
        reckoned.pay(operator.name, DEMAND_CHARGES, plugs * given.demand_charge_usd / 1e6 / QUARTERS_PER_YEAR)
        upkeep = float((standing[place] * network.costs.upkeep_cost_usd(network.success_met[place])).sum())
        reckoned.pay(operator.name, KEEPERS, upkeep / 1e6 / QUARTERS_PER_YEAR)
        reckoned.pay(operator.name, BUILDERS, float(opens[place].sum()) * given.capex_kusd / 1e3)
        reckoned.pay(GRANTS, operator.name, float(network.granted_usd[place]) / 1e6)
    _check_grants(ledger, side, quarter)


def _check_grants(ledger: Ledger, side: ChargingSide, quarter: int) -> None:
    """Grants of a quarter are within what the law pays for the plugs started, and all within its budget."""
    network, funding = side.network, side.network.funding
    near, far = network.started[:, : network.zones].sum(axis=1), network.started[:, network.zones :].sum(axis=1)
    rates = [funding.policies[name].expected(quarter, network.parameters.shortest_lag) for name in funding.policies]
    most = np.array([near * rate[0] + far * rate[1] for rate in rates]).sum(axis=0)
    names = [operator.name for operator in network.operators]
    ledger.each_within(
        "grants within those of the law, $", names, most * (1.0 + _ROUNDING) - network.granted_usd, -_ROUNDING, np.inf
    )
    for name, policy in funding.policies.items():
        left = policy.budget_usd * (1.0 + _ROUNDING) - funding.paid_usd[name] if np.isfinite(policy.budget_usd) else 0.0
        ledger.within(f"budget of {name} not yet paid, $", left, -_ROUNDING, np.inf)
    ledger.equal(
        "grants paid by law and got by operators, $",
        sum(funding.paid_now_usd.values()),
        float(network.granted_usd.sum()),
    )
