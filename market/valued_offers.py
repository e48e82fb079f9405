"""What a quarter's offers are worth to every kind of buyer, and the car market that follows for some of them."""

from dataclasses import dataclass

from agents.choice import Alphas, Floats, Nests
from market.demand import GROUPS, Lookers
from market.offer_values import BEV_GOOD, Terms, values_for
from market.products import Products
from market.scenario import Scenario
from market.vehicle_market import VehicleMarket


@dataclass(frozen=True)
class ValuedOffers:
    """Values of a quarter before demand constants, k$ as the choice counts it.

    ``terms``: named terms of new products, axes (zones, incomes, homes, products), and ``new_kusd`` their sum;
    ``service_kusd``: of used goods, (zones, incomes, homes, goods).
    """

    terms: Terms
    new_kusd: Floats
    service_kusd: Floats
    zones: int
    products: Products
    nests: Nests
    alphas: Alphas
    parameters: Scenario

    def market_for(self, lookers: Lookers, listings: Floats) -> VehicleMarket:
        """The quarter's market for these lookers; ``listings``: (goods,) cars that may be for sale."""
        holding = self.parameters.ownership
        values = values_for(
            lookers, self.new_kusd, self.service_kusd, listings, self.zones, self.products, self.parameters
        )
        return VehicleMarket(
            lookers, values, self.nests, self.alphas, self.products.is_bev, BEV_GOOD, lookers.group_code // GROUPS,
            1.0 - holding.dealer_margin, holding.transaction_kusd,
        )  # fmt: skip
