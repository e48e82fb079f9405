"""The charging side of a quarter: who charges where, what plugs do, what operators decide (M8, M9)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.arrays import Floats
from market.charging_demand import battery_cars, corridor_use, sessions_wanted
from market.charging_graph import ChargingGraph
from market.charging_network import ChargingNetwork
from market.charging_service import ChargingService, ServiceRules
from market.scenario import Scenario

if TYPE_CHECKING:
    from market.model import Market


class ChargingSide:
    """Operators' plugs and their service.

    ``network``: plugs of operators; ``service``: that of the quarter; ``cars``: battery cars on the road at its start
    by zone and home charging, (zones, homes).
    """

    service: ChargingService
    cars: Floats

    def __init__(self, model: Any, scenario: Scenario, graph: ChargingGraph, origin: int, recorded_until: int) -> None:
        self._scenario = scenario
        self._graph = graph
        self._use = corridor_use(graph.roads)
        session_kwh = scenario.charging.kwh_per_public_session
        sites = graph.roads.corridor_sites.astype(np.float64)
        self._rules = ServiceRules(scenario.operators, session_kwh, sites)
        self.network = ChargingNetwork(model, scenario, graph, origin, recorded_until)

    def serve(self, market: "Market") -> ChargingService:
        """Phase 6: let plugs open, put them on the graph as buyers see them, serve the cars of the last quarter."""
        network, graph = self.network, self._graph
        network.open_quarter(market.quarter)
        graph.zone_plugs, graph.corridor_plugs = network.seen_plugs(market.quarter)
        self.cars = battery_cars(market)
        near, far = sessions_wanted(self.cars, self._use, self._scenario)
        self.service = self._rules.serve(near, far, self._use, network.plugs, network.success)
        return self.service

    def invest(self, price_usd_per_kwh: float, quarter: int) -> None:
        """Phase 10: the quarter's cash of operators, and what they decide."""
        self.network.invest(self.service, float(self.cars.sum()), price_usd_per_kwh, quarter)
