"""Values of a quarter's offers for every kind of buyer, and the car market of a set of households."""

from dataclasses import dataclass, replace
from functools import cached_property

from agents.arrays import Floats
from agents.buyers.choice import Alphas, ChoiceRule, Nests, nested_logit
from market.base.clock import Clock
from market.buyers.car_market import VehicleMarket
from market.buyers.demand import GROUPS, InMarket, Values
from market.buyers.offer_values import BEV_GOOD, Cohorts, Setting, Terms, new_terms, summed, used_service, values_for
from market.buyers.parameters import Buyers, Ownership
from market.buyers.utility_terms import Prices
from market.charging.parameters import Charging
from market.charging.perceived_access import Access
from market.trust.beliefs import TrustState
from market.vehicles.cohort_mix import CohortMix
from market.vehicles.products import Offers, Products


@dataclass(frozen=True)
class ValuedOffers:
    """Values of a quarter before demand constants, k$ as the choice counts it.

    ``terms``: named terms of new products, axes (zones, incomes, homes, products), and ``new_kusd`` their sum;
    ``service_kusd``: of used goods, (zones, incomes, homes, goods); ``used_credit_kusd``: on them, (incomes, goods).
    """

    terms: Terms
    new_kusd: Floats
    service_kusd: Floats
    used_credit_kusd: Floats
    zones: int
    products: Products
    nests: Nests
    alphas: Alphas
    buyers: Buyers
    holding: Ownership
    choose: ChoiceRule

    @cached_property
    def _by_strata(self) -> dict[bytes, Values]:
        """Values found so far, by the codes of strata: households of other kinds in the same strata share them."""
        return {}

    def market_for(self, in_market: InMarket, listings: Floats) -> VehicleMarket:
        """The quarter's market for these households; ``listings``: (goods,) cars that may be for sale."""
        strata = in_market.stratum_code.tobytes()
        if strata not in self._by_strata:
            self._by_strata[strata] = values_for(
                in_market, self.new_kusd, self.service_kusd, listings, self.used_credit_kusd, self.zones, self.products,
                self.buyers,
            )  # fmt: skip
        values = replace(self._by_strata[strata], listings=listings)
        return VehicleMarket(
            in_market, values, self.nests, self.alphas, self.products.is_bev, BEV_GOOD, in_market.group_code // GROUPS,
            1.0 - self.holding.dealer_margin, self.holding.transaction_kusd, self.choose,
        )  # fmt: skip


@dataclass(frozen=True)
class Valuation:
    """Values new products and used goods for buyers of every zone, income and home: what is the same all through a run.

    ``cohorts``: what used cars were when new.
    """

    buyers: Buyers
    charging: Charging
    holding: Ownership
    products: Products
    nests: Nests
    alphas: Alphas
    zones: int
    cohorts: Cohorts
    reference_gallons_per_mile: float
    choose: ChoiceRule = nested_logit

    def at(
        self, clock: Clock, offers: Offers, setting: Setting, used_credit_kusd: Floats, access: Access, prices: Prices,
        trust: TrustState, mix: CohortMix, fallen_kusd: Floats,
    ) -> ValuedOffers:  # fmt: skip
        """The offers of a quarter valued (M2, M4-M7); ``used_credit_kusd``: (incomes, goods).

        ``mix``: the cohorts in used goods; ``fallen_kusd``: (goods,) what better new cars have taken off them.
        """
        shared = (access, prices, self.reference_gallons_per_mile, self.buyers, self.charging)
        trust_terms = trust.new_terms_kusd(self.alphas.powertrain)
        terms = new_terms(self.products, offers, setting, *shared, trust_terms)
        trouble = trust.used_trouble(after_origin=not clock.is_recorded)
        fade = 1.0 if clock.is_recorded else self.holding.at(clock.quarter).fade_factor
        running = self.cohorts.running(mix, self.holding, fade, access.of_goods)
        warranty = trust.warranties.of_used_cars()
        service = used_service(running, mix, -fallen_kusd, *shared, trouble, warranty, self.holding.battery_loss_kusd)
        return ValuedOffers(
            terms, summed(terms), service, used_credit_kusd, self.zones, self.products, self.nests, self.alphas,
            self.buyers, self.holding, self.choose,
        )  # fmt: skip
