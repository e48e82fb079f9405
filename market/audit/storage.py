"""Storage contracts reckoned anew: what was due, came and was paid, credits by the law, and what stands in a region."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from agents.arrays import Floats
from agents.cells.cost import LITHIUM_KG_PER_KWH
from market.audit.reckoned import Reckoned
from market.audit.statutory import Statutory
from market.base.ledger import Ledger
from market.cells.accounts import TREASURY
from market.cells.lines import SELLERS
from market.power.contracts import BUILDERS, IMPORTS, THIRD_COUNTRIES, StorageContract

_ROUNDING_GWH = 1e-9
_QUARTERS_BEFORE = 24  # storage that stood at the start was added evenly over so many quarters before


@dataclass(frozen=True)
class StorageTerms:
    """Prices and rules of a quarter: $/kWh of cells from China and third countries, $/kg of lithium, shares."""

    import_usd_per_kwh: float
    third_country_usd_per_kwh: float
    lithium_usd_per_kg: float
    damages_share: float
    take_or_pay_share: float


@dataclass(frozen=True)
class Delivered:
    """One contract's quarter, GWh: due, and of it delivered, short and refused."""

    contract: StorageContract
    due: float
    came: float
    short: float
    refused: float


@dataclass
class StorageMemory:
    """What the audit keeps of storage from quarter to quarter.

    ``regions``: their names; ``seen``: delivered, short and refused so far by number of an open contract, GWh;
    ``installed_gwh``: by region at the end of the last quarter; ``added_gwh``: by quarter.
    """

    regions: tuple[str, ...]
    at_start_gwh: Floats
    life_quarters: int
    installed_gwh: Floats = field(init=False)
    added_gwh: list[Floats] = field(default_factory=list)
    seen: dict[int, tuple[float, float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.installed_gwh = self.at_start_gwh

    def retires_gwh(self, quarter: int) -> Floats:
        """Storage whose life ends at the start of a quarter, by region; the one of the first covers those before."""
        built = quarter - self.life_quarters
        a_quarter = self.at_start_gwh / _QUARTERS_BEFORE
        if quarter == 0:
            return a_quarter * max(0, min(_QUARTERS_BEFORE, built + _QUARTERS_BEFORE + 1))
        if built < 0:
            return a_quarter if built >= -_QUARTERS_BEFORE else 0.0 * a_quarter
        return self.added_gwh[built]

    def since(self, contracts: Sequence[StorageContract], quarter: int) -> list[Delivered]:
        """What every contract with deliveries in the quarter has got since the last one."""
        found = []
        for contract in [each for each in contracts if each.start <= quarter <= each.end]:
            came, short, refused = self.seen.get(contract.number, (0.0, 0.0, 0.0))
            now = (contract.delivered_gwh, contract.shortfall_gwh, contract.untaken_gwh)
            due = contract.gwh / (contract.end - contract.start + 1)
            found.append(Delivered(contract, due, now[0] - came, now[1] - short, now[2] - refused))
            self.seen[contract.number] = now
            if contract.end == quarter:
                del self.seen[contract.number]
        return found


def check_deliveries(ledger: Ledger, deliveries: Sequence[Delivered], made_gwh: Floats) -> None:
    """What is due comes, is short or is refused; sellers deliver the cells they made, ``made_gwh``: (sellers,)."""
    names = [_name(each.contract) for each in deliveries]
    due, came, short, refused = (
        np.array([getattr(each, what) for each in deliveries]) for what in ("due", "came", "short", "refused")
    )
    ledger.each_equal("storage due, and delivered, short or refused, GWh", names, due, came + short + refused)
    ledger.each_within("storage delivered, GWh", names, came, -_ROUNDING_GWH, np.inf)
    ledger.each_within("storage due beyond what was delivered, GWh", names, due - came, -_ROUNDING_GWH, np.inf)
    by_seller = np.zeros(len(SELLERS))
    for each in deliveries:
        if each.contract.seller in SELLERS:
            by_seller[SELLERS.index(each.contract.seller)] += each.came
    ledger.each_equal("cells for storage, delivered under contract and made, GWh", SELLERS, by_seller, made_gwh)


def check_regions(
    ledger: Ledger, memory: StorageMemory, deliveries: Sequence[Delivered], installed: Floats, quarter: int
) -> None:
    """Storage of a region is that of the last quarter with what contracts brought, less what is at its end of life."""
    added = np.zeros(installed.size)
    for each in deliveries:
        added[each.contract.region] += each.came + each.short + each.refused
    expected = memory.installed_gwh + added - memory.retires_gwh(quarter)
    ledger.each_equal("installed storage, and by deliveries and life, GWh", memory.regions, installed, expected)
    memory.added_gwh.append(added)
    memory.installed_gwh = installed.copy()


def reckon_storage(reckoned: Reckoned, deliveries: Sequence[Delivered], terms: StorageTerms) -> tuple[Floats, float]:
    """Count what buyers and sellers of storage pay and get; returns sellers' revenue, (sellers,), and credits, M$.

    A shortfall is bought from China and loses the credit if the project needs compliant cells.
    """
    revenue, credits_musd = np.zeros(len(SELLERS)), 0.0
    for each in deliveries:
        contract = each.contract
        price = contract.price_usd_per_kwh + LITHIUM_KG_PER_KWH * (
            terms.lithium_usd_per_kg - contract.lithium_usd_per_kg
        )
        damages = terms.damages_share * max(price, 0.0) * each.short
        unused = terms.take_or_pay_share * price * each.refused
        elsewhere = terms.third_country_usd_per_kwh if contract.compliant else terms.import_usd_per_kwh
        other = contract.other_capex_usd_per_kwh
        keeps = 0.0 if contract.compliant else each.short * (terms.import_usd_per_kwh + other)
        project = each.came * (price + other) + keeps + each.refused * (elsewhere + other)
        reckoned.pay(contract.buyer, contract.seller, price * each.came - damages + unused)
        if each.short != 0.0:
            reckoned.pay(contract.buyer, IMPORTS, terms.import_usd_per_kwh * each.short)
        if each.refused != 0.0:
            reckoned.pay(contract.buyer, THIRD_COUNTRIES if contract.compliant else IMPORTS, elsewhere * each.refused)
        reckoned.pay(contract.buyer, BUILDERS, other * each.due)
        reckoned.pay(TREASURY, contract.buyer, contract.credit_share * project)
        credits_musd += contract.credit_share * project
        if contract.seller in SELLERS:
            revenue[SELLERS.index(contract.seller)] += price * each.came - damages + unused
    return revenue, credits_musd


def check_credit_shares(
    ledger: Ledger, contracts: Sequence[StorageContract], law: Statutory, lost_share: float, quarter: int
) -> None:
    """Contracts signed now carry the investment credit of the law; ``lost_share``: by cells that break its rule."""
    signed = [contract for contract in contracts if contract.signed == quarter]
    full = law.investment_share(quarter)
    for contract in signed:
        allowed = (full,) if contract.compliant else (full, full * (1.0 - min(lost_share, 1.0)))
        nearest = min(allowed, key=lambda share: abs(share - contract.credit_share))
        what = f"investment credit of {_name(contract)}, share granted and of the law"
        ledger.equal(what, contract.credit_share, nearest)


def _name(contract: StorageContract) -> str:
    return f"contract {contract.number} of {contract.buyer} with {contract.seller}"
