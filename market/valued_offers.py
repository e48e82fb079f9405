"""What a quarter's offers are worth to every kind of buyer, and the car market that follows for some of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.arrays import Floats
from agents.choice import Alphas, Nests
from market.demand import GROUPS, Lookers
from market.offer_values import BEV_GOOD, Terms, new_terms, summed, used_service, values_for
from market.products import Products
from market.scenario import Scenario
from market.vehicle_market import VehicleMarket

if TYPE_CHECKING:
    from market.model import Market


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
    parameters: Scenario

    def market_for(self, lookers: Lookers, listings: Floats) -> VehicleMarket:
        """The quarter's market for these lookers; ``listings``: (goods,) cars that may be for sale."""
        holding = self.parameters.ownership
        values = values_for(
            lookers, self.new_kusd, self.service_kusd, listings, self.used_credit_kusd, self.zones, self.products,
            self.parameters,
        )  # fmt: skip
        return VehicleMarket(
            lookers, values, self.nests, self.alphas, self.products.is_bev, BEV_GOOD, lookers.group_code // GROUPS,
            1.0 - holding.dealer_margin, holding.transaction_kusd,
        )  # fmt: skip


def value_offers(market: "Market") -> ValuedOffers:
    """New products and used goods valued for buyers of every zone, income and home in the quarter open (M2, M4-M7)."""
    quarter, scenario, cohorts = market.quarter, market.parameters, market.offering.cohorts
    setting = market.offering.setting(quarter, market.expected_retention, market.world.loan_rate(quarter))
    shared = (market.access, market.prices, market.reference_gallons_per_mile, scenario)
    trust_terms = market.trust.new_terms_kusd(market.alphas.powertrain)
    terms = new_terms(market.products, market.offering.offers, setting, *shared, trust_terms)
    worth = market.base_retention * cohorts.price_rise_kusd(quarter)
    trouble = market.trust.used_trouble(after_origin=not market.is_recorded)
    fade = 1.0 if market.is_recorded else scenario.ownership.fade_factor
    service = used_service(cohorts.running(quarter, scenario, fade), worth, *shared, trouble)
    return ValuedOffers(
        terms, summed(terms), service, market.offering.used_credit_kusd, market.places.size, market.products,
        market.nests, market.alphas, scenario,
    )  # fmt: skip
