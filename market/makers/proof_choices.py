"""What automakers prove about batteries and operators about uptime, chosen once a year by expected profit (M5, M6)."""

from dataclasses import dataclass, replace

import numpy as np

from agents.arrays import Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.trust.proof import Proof, ProofRule, ProofSensing, by_expected_profit
from market.base.categories import MAKERS
from market.base.ledger import Ledger
from market.charging.by_network import networks_of
from market.charging.sector import ChargingSide
from market.trust.beliefs import TrustState
from market.trust.brands import GROUP_OF_MAKER
from market.trust.disclosure import Sellers, disclosure
from market.trust.parameters import BRAND_GROUPS
from market.vehicles.products import Products

PROVERS = "certifiers, advertising and warranty reserves"
OPERATORS = "charging operators' budgets for proof"
_USD = 1e3  # dollars of a k$
_MUSD = 1e6
_FIXED_OF_OPERATORS = 0.1  # of the fixed cost of an automaker: one network of plugs to audit, judgment
_YEARS_OF_A_CAR = 7.0  # of charging by a car gained that an operator counts, discounted


@dataclass(frozen=True)
class SalesYear:
    """What automakers and operators know of sales when they choose.

    ``bevs``: (products,) BEVs sold in the last year; ``worth_kusd``: (products,) profit of a quarter from one k$ more
    worth of a product to its buyers; ``bev_share``: of BEVs in new sales; ``public_usd_per_kwh``: price of charging.
    """

    bevs: Floats
    worth_kusd: Floats
    bev_share: float
    public_usd_per_kwh: float


class ProofChoices:
    """Choices of every automaker, (makers,), and operator, (operators,); ``rule``: how each decides.

    ``makers``, ``operators``: codes of ``Proof``; ``cost_musd``: a year, of automakers and of operators.
    """

    def __init__(
        self, trust: TrustState, charging: ChargingSide, products: Products, *, alpha_powertrain: float,
        margin_share: float, captive_margin_kusd: float,
    ) -> None:  # fmt: skip
        self._trust = trust
        self._charging = charging
        self._products = products
        self._alpha_powertrain = alpha_powertrain
        self._margin_share = margin_share
        self._captive_margin_kusd = captive_margin_kusd
        self.rule: ProofRule = by_expected_profit
        self.makers = np.full(len(MAKERS), Proof.NOTHING, dtype=np.int64)
        self.operators = np.full(len(charging.network.operators), Proof.NOTHING, dtype=np.int64)
        self.cost_musd: Floats = np.zeros(len(MAKERS))
        self.operator_cost_musd: Floats = np.zeros(self.operators.size)

    def decide(self, year: SalesYear, quarter: int) -> None:
        """In the fourth quarter every seller chooses, knowing what the others tell now; else nothing happens."""
        if quarter % QUARTERS_PER_YEAR != QUARTERS_PER_YEAR - 1:
            return
        makers = [self.maker_sensing(place, year) for place in range(len(MAKERS))]
        operators = [self.operator_sensing(place, year) for place in range(self.operators.size)]
        self.makers = np.array([int(self.rule(seen)) for seen in makers])
        self.operators = np.array([int(self.rule(seen)) for seen in operators])
        self.cost_musd = _cost_musd(makers, self.makers)
        self.operator_cost_musd = _cost_musd(operators, self.operators)
        self._trust.prove(*(_told(self.makers, what) for what in (Proof.VERIFIED, Proof.CLAIM, Proof.LONGER_WARRANTY)))
        self._trust.operators = self._uptime()

    def maker_sensing(self, maker: int, year: SalesYear) -> ProofSensing:
        """What an automaker observes; silent if it sells no BEVs, since nothing is earned then."""
        trust, p = self._trust, self._trust.parameters
        group, stakes = int(GROUP_OF_MAKER[maker]), trust.stakes
        evidence = trust.brand_evidence()
        bad, sound = (float(trust.seat_share @ counts[:, group]) for counts in (evidence.trouble, evidence.sound))
        own = self._products.is_bev & (self._products.maker == maker)
        cars = float(year.bevs[own].sum())
        worth = float(year.worth_kusd[own].sum()) * QUARTERS_PER_YEAR * _USD * stakes.loss_kusd
        ends = trust.warranties.recorded[maker], trust.warranties.longer[maker]
        before, after = (
            float(trust.warranties.uncovered_after_resale(np.array(end), stakes.next_owner_years)) for end in ends
        )
        trouble = float(trust.maker_trouble(after_origin=True)[maker])
        silent = _silent(trust.makers(after_origin=True), maker, trust.mean_believed_trouble())
        share = float(trust.maker_share()[maker]) * p.disclosure_observations
        return ProofSensing(
            trouble=trouble, bad=bad, sound=sound, observations=share, silent_observations=share * silent[0],
            silent_trouble=silent[1], credibility=float(trust.credibility[group]),
            earned_usd_per_share=worth * (1.0 + stakes.resale_weight * before),
            warranty_usd_per_share=worth * stakes.resale_weight * (before - after),
            claim_usd=p.claim_usd * cars, proof_usd=p.battery_proof_usd * cars + p.proof_fixed_musd * _MUSD,
            warranty_usd=cars * trouble * p.late_trouble_share * stakes.loss_kusd * _USD,
        )  # fmt: skip

    def operator_sensing(self, operator: int, year: SalesYear) -> ProofSensing:
        """What a charging operator observes: cars gained by trust in its network bring sessions, or a margin."""
        trust, p = self._trust, self._trust.parameters
        sellers = self._uptime()
        subject = int(np.argmax(sellers.subject[operator]))
        plugs = float(sellers.size[operator])
        in_network = float(sellers.size @ sellers.subject[:, subject])
        share = plugs / in_network * p.disclosure_observations if in_network > 0.0 else 0.0
        believed = trust.charging
        bad, sound = (float(trust.seat_share @ counts[:, subject]) for counts in (believed.trouble, believed.sound))
        silent = _silent(sellers, operator, trust.mean_believed_failure())
        per_car = self._income_per_car_usd(operator, year)
        worth_kusd = p.uptime_value_kusd * float(trust.network_use[subject])
        gained = float(year.bevs.sum()) * self._alpha_powertrain * (1.0 - year.bev_share) * worth_kusd
        return ProofSensing(
            trouble=float(sellers.trouble[operator]), bad=bad, sound=sound, observations=share,
            silent_observations=share * silent[0], silent_trouble=silent[1],
            credibility=float(trust.credibility[len(BRAND_GROUPS) + subject]), earned_usd_per_share=gained * per_car,
            warranty_usd_per_share=0.0, claim_usd=p.claim_usd * plugs,
            proof_usd=p.plug_proof_usd * plugs + _FIXED_OF_OPERATORS * p.proof_fixed_musd * _MUSD, warranty_usd=np.inf,
        )  # fmt: skip

    def post_money(self, ledger: Ledger) -> None:
        """A quarter of what proof, claims and reserves for longer warranties cost."""
        for name, musd in zip(MAKERS, self.cost_musd, strict=True):
            ledger.pay(name, PROVERS, float(musd) / QUARTERS_PER_YEAR)
        ledger.pay(OPERATORS, PROVERS, float(self.operator_cost_musd.sum()) / QUARTERS_PER_YEAR)

    def _income_per_car_usd(self, operator: int, year: SalesYear) -> float:
        """What a car gained brings an operator: its sessions over the years, or its automaker's margin."""
        network = self._charging.network
        if network.shares.captive[operator] > 0.0:
            own = self._products.maker == MAKERS.index("Tesla")
            return float(year.bevs[own].sum() / max(float(year.bevs.sum()), 1.0)) * self._captive_margin_kusd * _USD
        sessions = float(self._charging.service.served[operator].sum()) * QUARTERS_PER_YEAR
        income = sessions * self._charging.session_kwh * year.public_usd_per_kwh * self._margin_share
        return income / max(float(self._charging.cars.sum()), 1.0) * _YEARS_OF_A_CAR

    def _uptime(self) -> Sellers:
        network = self._charging.network
        plugs = network.plugs.sum(axis=1)
        failing = (network.plugs * (1.0 - network.success)).sum(axis=1)
        trouble = np.divide(failing, plugs, out=np.zeros(plugs.size), where=plugs > 0.0)
        told = (_told(self.operators, what) for what in (Proof.VERIFIED, Proof.CLAIM))
        return Sellers(plugs, trouble, networks_of(network), *told)


def _told(choices: Ints, what: Proof) -> Floats:
    return np.asarray((choices == what).astype(np.float64))


def _cost_musd(seen: list[ProofSensing], choices: Ints) -> Floats:
    costs = np.array([[0.0, each.claim_usd, each.proof_usd, each.warranty_usd] for each in seen])
    return np.asarray(costs[np.arange(len(seen)), choices] / _MUSD)


def _silent(sellers: Sellers, one: int, believed_trouble: float) -> tuple[float, float]:
    """Share of all that is proven, and inferred mean trouble of the rest, if one seller proves nothing."""
    verified = sellers.verified.copy()
    verified[one] = 0.0
    without = disclosure(replace(sellers, verified=verified), believed_trouble)
    return without.disclosed, without.undisclosed_trouble
