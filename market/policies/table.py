"""All policies: one file an instrument, one line here; the contract tests run over these tables."""

from market.policies.battery_instrument import BatteryPolicy
from market.policies.battery_tariff import BatteryTariff
from market.policies.federal_credit import FederalCredit
from market.policies.instrument import PurchaseCredit
from market.policies.investment_credit import InvestmentCredit
from market.policies.managed_charging import ManagedCharging
from market.policies.production_credit import ProductionCredit
from market.policies.state_rebate import StateRebate

POLICIES: dict[str, type[PurchaseCredit]] = {
    "federal_credit": FederalCredit,
    "state_rebate": StateRebate,
}
"""Credits on new cars."""

BATTERY_POLICIES: dict[str, type[BatteryPolicy]] = {
    "production_credit": ProductionCredit,
    "investment_credit": InvestmentCredit,
    "battery_tariff": BatteryTariff,
}
"""Credits and duties on cells and storage."""

GRID_POLICIES: dict[str, type[ManagedCharging]] = {
    "managed_charging": ManagedCharging,
}
"""Programmes that change the load of battery cars."""
