"""Contracts for storage: signed at a price indexed to lithium, delivered by quarter, with damages (M19)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, group_sum
from agents.cells.cost import LITHIUM_KG_PER_KWH
from market.base.ledger import Ledger
from market.cells.accounts import TREASURY
from market.cells.lines import SELLERS

IMPORTS = "imports from China"
BUILDERS = "builders of storage"
THIRD_COUNTRIES = "imports from third countries"

_SELLER = {seller: place for place, seller in enumerate(SELLERS)}


@dataclass
class StorageContract:
    """One contract. Energy in GWh, power in GW; ``price_usd_per_kwh`` at the lithium price it was signed at.

    ``is_refused``: the buyer does not take what is due in this quarter (take or pay).
    ``compliant``: needs cells that meet the foreign-content rule; ``start`` to ``end``: quarters of delivery;
    ``credit_share``, ``other_capex_usd_per_kwh``: investment credit and other cost of the projects it serves.
    """

    number: int
    signed: int
    region: int
    buyer: str
    seller: str
    compliant: bool
    for_data_center: bool
    gw: float
    gwh: float
    price_usd_per_kwh: float
    lithium_usd_per_kg: float
    credit_share: float
    other_capex_usd_per_kwh: float
    start: int
    end: int
    delivered_gwh: float = 0.0
    shortfall_gwh: float = 0.0
    damages_musd: float = 0.0
    untaken_gwh: float = 0.0
    paid_untaken_musd: float = 0.0
    is_refused: bool = False

    def due_gwh(self, quarter: int) -> float:
        """Energy due in a quarter, in equal parts from start to end."""
        return self.gwh / (self.end - self.start + 1) if self.start <= quarter <= self.end else 0.0

    def price_in(self, lithium_usd_per_kg: float) -> float:
        """Price at a lithium price: indexed with 0.6 kg a kWh (M19)."""
        return self.price_usd_per_kwh + LITHIUM_KG_PER_KWH * (lithium_usd_per_kg - self.lithium_usd_per_kg)

    @property
    def outstanding_gwh(self) -> float:
        """Contracted, neither delivered nor short nor refused."""
        return self.gwh - self.delivered_gwh - self.shortfall_gwh - self.untaken_gwh

    @property
    def is_domestic(self) -> bool:
        """Whether a US plant owes it."""
        return self.seller in _SELLER


@dataclass(frozen=True)
class Alternatives:
    """What cells cost elsewhere in a quarter, $/kWh, duty paid: from China, and from third countries."""

    import_usd_per_kwh: float
    third_country_usd_per_kwh: float

    def price_usd_per_kwh(self, *, compliant: bool) -> float:
        """Of cells that meet the foreign-content rule, or of any."""
        return self.third_country_usd_per_kwh if compliant else self.import_usd_per_kwh


class ContractBook:
    """All contracts of a run, and what the quarter open brought.

    ``added_gwh``, ``added_gw``, ``added_center_gw``: storage installed by region, the last by data centers;
    ``delivered``: who made the cells, for which contract, GWh; ``revenue_musd``: of domestic sellers less damages,
    (sellers,); ``credits_musd``: investment credits.
    """

    def __init__(self, regions: int, damages_share: float, take_or_pay_share: float = 1.0) -> None:
        self._damages_share = damages_share
        self._take_or_pay_share = take_or_pay_share
        self._regions = regions
        self.open: list[StorageContract] = []
        self.closed: list[StorageContract] = []
        self.signed_count = 0
        self._open_quarter()

    def _open_quarter(self) -> None:
        self.added_gwh: Floats = np.zeros(self._regions)
        self.added_gw: Floats = np.zeros(self._regions)
        self.added_center_gw: Floats = np.zeros(self._regions)
        self.delivered: list[tuple[str, StorageContract, float]] = []
        self.revenue_musd: Floats = np.zeros(len(SELLERS))
        self.credits_musd = 0.0

    def sign(self, contract: StorageContract) -> None:
        """Add a contract."""
        self.open.append(contract)
        self.signed_count += 1

    def take_or_pay(self, alternatives: Alternatives, lithium_usd_per_kg: float, quarter: int) -> None:
        """Let buyers refuse the quarter's US cells where others and the payment for nothing together cost less."""
        for contract in self.open:
            price = contract.price_in(lithium_usd_per_kg)
            other = alternatives.price_usd_per_kwh(compliant=contract.compliant)
            costs_more = price * (1.0 - self._take_or_pay_share) > other
            contract.is_refused = contract.is_domestic and contract.due_gwh(quarter) > 0.0 and costs_more

    def due_by_seller(self, quarter: int) -> Floats:
        """Domestic cells due in a quarter and taken, GWh, shape (sellers,)."""
        due = self.committed_by_seller(quarter, quarter)
        for contract in self.open:
            if contract.is_refused:
                due[_SELLER[contract.seller]] -= contract.due_gwh(quarter)
        return np.maximum(due, 0.0)

    def committed_by_seller(self, start: int, end: int) -> Floats:
        """Most that each domestic seller already owes in any quarter from ``start`` to ``end``, (sellers,)."""
        owed = [(each.start, each.end, _SELLER[each.seller], each.gwh) for each in self.open if each.is_domestic]
        if not owed:
            return np.zeros(len(SELLERS))
        begins, ends, seller, gwh = np.array(owed).T
        part = gwh / (ends - begins + 1.0)
        quarters = range(start, end + 1)
        runs = ((begins <= quarter) & (quarter <= ends) for quarter in quarters)
        due = [group_sum(part[now], seller[now].astype(np.int64), len(SELLERS)) for now in runs]
        return np.asarray(np.max(due, axis=0))

    def outstanding_gwh(self) -> Floats:
        """Energy contracted and not yet installed, GWh, (regions,)."""
        energy = np.zeros(self._regions)
        for contract in self.open:
            energy[contract.region] += contract.outstanding_gwh
        return energy

    def outstanding_gw(self, center_share: float) -> Floats:
        """Power contracted and not yet installed, GW, (regions,); of data centers' the share that counts."""
        power = np.zeros(self._regions)
        for contract in self.open:
            counts = center_share if contract.for_data_center else 1.0
            power[contract.region] += counts * contract.gw * contract.outstanding_gwh / contract.gwh
        return power

    def deliver(
        self, made_gwh: Floats, alternatives: Alternatives, lithium_usd_per_kg: float, quarter: int, ledger: Ledger
    ) -> None:
        """Deliver what is due: a domestic seller what it made, shared among its contracts; the rest is a shortfall.

        ``made_gwh``: (sellers,). What is short is bought as imports by the buyer, and the seller pays damages.
        """
        self._open_quarter()
        due = self.due_by_seller(quarter)
        served = np.where(due > 0, np.minimum(made_gwh / np.where(due > 0, due, 1.0), 1.0), 1.0)
        for contract in self.open:
            energy = contract.due_gwh(quarter)
            if contract.is_refused:
                self._settle_refused(contract, energy, alternatives, lithium_usd_per_kg, ledger)
            elif energy > 0.0:
                came = energy * (served[_SELLER[contract.seller]] if contract.is_domestic else 1.0)
                self._settle(contract, energy, came, alternatives.import_usd_per_kwh, lithium_usd_per_kg, ledger)
        ended = [contract for contract in self.open if contract.end <= quarter]
        self.closed.extend(ended)
        self.open = [contract for contract in self.open if contract.end > quarter]

    def _settle(
        self,
        contract: StorageContract,
        energy: float,
        came: float,
        import_price_usd_per_kwh: float,
        lithium_usd_per_kg: float,
        ledger: Ledger,
    ) -> None:
        """Book one contract's quarter: of the energy due, what came; prices $/kWh, payments M$.

        Imports in the place of compliant cells lose the investment credit.
        """
        price, short = contract.price_in(lithium_usd_per_kg), energy - came
        damages = self._damages_share * max(price, 0.0) * short
        contract.delivered_gwh += came
        contract.shortfall_gwh += short
        contract.damages_musd += damages
        other = contract.other_capex_usd_per_kwh * energy
        credit = contract.credit_share * (price * came + contract.other_capex_usd_per_kwh * came)
        if not contract.compliant:
            credit += contract.credit_share * (import_price_usd_per_kwh + contract.other_capex_usd_per_kwh) * short
        ledger.pay(contract.buyer, contract.seller, price * came)
        if short > 0.0:
            ledger.pay(contract.buyer, IMPORTS, import_price_usd_per_kwh * short)
            ledger.pay(contract.seller, contract.buyer, damages)
        ledger.pay(contract.buyer, BUILDERS, other)
        ledger.pay(TREASURY, contract.buyer, credit)
        self.credits_musd += credit
        if contract.is_domestic:
            self.revenue_musd[_SELLER[contract.seller]] += price * came - damages
        self.delivered += [(contract.seller, contract, came), (IMPORTS, contract, short)]
        self._install(contract, energy)

    def _settle_refused(
        self, contract: StorageContract, energy: float, alternatives: Alternatives, lithium_usd_per_kg: float,
        ledger: Ledger,
    ) -> None:  # fmt: skip
        """Book a quarter whose cells the buyer does not take: it pays its share for nothing and buys elsewhere."""
        other = alternatives.price_usd_per_kwh(compliant=contract.compliant)
        paid = self._take_or_pay_share * contract.price_in(lithium_usd_per_kg) * energy
        credit = contract.credit_share * (other + contract.other_capex_usd_per_kwh) * energy
        contract.untaken_gwh += energy
        contract.paid_untaken_musd += paid
        ledger.pay(contract.buyer, contract.seller, paid)
        elsewhere = THIRD_COUNTRIES if contract.compliant else IMPORTS
        ledger.pay(contract.buyer, elsewhere, other * energy)
        self.delivered.append((elsewhere, contract, energy))
        ledger.pay(contract.buyer, BUILDERS, contract.other_capex_usd_per_kwh * energy)
        ledger.pay(TREASURY, contract.buyer, credit)
        self.credits_musd += credit
        self.revenue_musd[_SELLER[contract.seller]] += paid
        self._install(contract, energy)

    def _install(self, contract: StorageContract, energy: float) -> None:
        power = contract.gw * energy / contract.gwh
        self.added_gwh[contract.region] += energy
        self.added_gw[contract.region] += power
        self.added_center_gw[contract.region] += power if contract.for_data_center else 0.0
