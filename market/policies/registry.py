"""All policies: one file an instrument, one line here; the contract tests run over these tables."""

from collections.abc import Callable

from market.policies.battery_tariff import BatteryTariff
from market.policies.charger_credit import ChargerCredit
from market.policies.charger_law import ChargerCosts, ChargerLaw
from market.policies.corridor_grant import CorridorGrant
from market.policies.federal_credit import FederalCredit
from market.policies.instrument import PolicySetting, PurchaseCredit
from market.policies.investment_credit import InvestmentCredit
from market.policies.leased_credit import LeasedCredit
from market.policies.managed_charging import ManagedCharging
from market.policies.parameters import Policy
from market.policies.production_credit import ProductionCredit
from market.policies.rate_policy import RatePolicy
from market.policies.state_rebate import StateRebate
from market.policies.used_credit import UsedCredit
from market.policies.zev_requirement import ZevRequirement

POLICIES: dict[str, type[PurchaseCredit]] = {
    "federal_credit": FederalCredit,
    "leased_credit": LeasedCredit,
    "state_rebate": StateRebate,
}
"""Credits on new cars."""

USED_POLICIES: dict[str, type[UsedCredit]] = {"used_credit": UsedCredit}
"""Credits on used cars."""

MAKER_POLICIES: dict[str, Callable[[PolicySetting], RatePolicy]] = {"zev_requirement": ZevRequirement}
"""Rules that make a sale worth more or less to its automaker than its price."""

CHARGER_POLICIES: dict[str, Callable[[Policy, int, ChargerCosts], ChargerLaw]] = {
    "corridor_grant": CorridorGrant,
    "charger_credit": ChargerCredit,
}
"""Grants and credits for fast chargers."""

BATTERY_POLICIES: dict[str, type[RatePolicy]] = {
    "production_credit": ProductionCredit,
    "investment_credit": InvestmentCredit,
    "battery_tariff": BatteryTariff,
}
"""Credits and duties on cells and storage."""

GRID_POLICIES: dict[str, type[ManagedCharging]] = {
    "managed_charging": ManagedCharging,
}
"""Programs that change the load of BEVs."""
