"""All policies: one file an instrument, one line here; the contract tests run over this table."""

from market.policies.federal_credit import FederalCredit
from market.policies.instrument import PurchaseCredit
from market.policies.state_rebate import StateRebate

POLICIES: dict[str, type[PurchaseCredit]] = {
    "federal_credit": FederalCredit,
    "state_rebate": StateRebate,
}
