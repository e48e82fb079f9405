"""The charging sector in a quarter: demand, service, decisions of operators (M8, M9)."""

from typing import Any

from agents.arrays import Floats
from market.base.clock import Clock
from market.charging.demand import corridor_use, sessions_wanted
from market.charging.graph import ChargingGraph
from market.charging.network import ChargingNetwork
from market.charging.parameters import Charging, Operators
from market.charging.service import ChargingService, ServiceRules
from market.policies.parameters import Policy


class ChargingSide:
    """Operators' plugs and their service.

    ``network``: plugs of operators; ``service``: that of the quarter; ``cars``: BEVs on the road at its start
    by zone and home charging, (zones, homes); ``session_kwh``: energy of a public session.
    """

    service: ChargingService
    cars: Floats

    def __init__(
        self, model: Any, operators: Operators, charging: Charging, policy: Policy, miles_per_year: float,
        graph: ChargingGraph, clock: Clock,
    ) -> None:  # fmt: skip
        self._operators = operators
        self._charging = charging
        self._miles_per_year = miles_per_year
        self._use = corridor_use(graph.roads)
        self.session_kwh = charging.kwh_per_public_session
        self.network = ChargingNetwork(model, operators, charging, policy, graph, clock)
        ends, networks = graph.roads.corridor_ends, self.network.shares.network
        self._rules = ServiceRules(operators, self.session_kwh, ends, networks)

    def serve(self, cars: Floats, quarter: int) -> ChargingService:
        """Phase 6: let sites open, put them on the graph as buyers see them, serve the cars of the last quarter.

        ``cars``: BEVs by zone and home charging, (zones, homes).
        """
        network = self.network
        network.open_quarter(quarter)
        network.show(quarter)
        self.cars = cars
        near, far = sessions_wanted(cars, self._use, self._operators, self._charging, self._miles_per_year)
        self.service = self._rules.serve(near, far, self._use, network.plugs, network.success, network.sites)
        return self.service

    def invest(self, price_usd_per_kwh: float, quarter: int) -> None:
        """Phase 10: the quarter's cash of operators, and what they decide."""
        self.network.invest(self.service, float(self.cars.sum()), price_usd_per_kwh, quarter)
