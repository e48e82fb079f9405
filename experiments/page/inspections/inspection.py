"""What an agent sees, what it decided and why, as far as the agents hold it: plain data for the inspector."""

from collections.abc import Callable
from dataclasses import dataclass

from experiments.display_names import plant_name, region_name
from experiments.page.inspections.inspect_buyers import inspect_consumer, inspect_zone
from experiments.page.inspections.inspect_cells import inspect_maker, inspect_plant
from experiments.page.inspections.inspect_power import inspect_operator, inspect_utility
from experiments.page.inspections.inspection_text import Inspection
from experiments.page.snapshot import History
from market.model import Market


@dataclass(frozen=True)
class Kind:
    """A kind of agent: its label, the names to choose from, how one is inspected and what a name is called."""

    word: str
    names: Callable[[Market], list[str]]
    inspect: Callable[[Market, str, History], Inspection]
    called: Callable[[str], str] = str


KINDS: dict[str, Kind] = {
    "maker": Kind("Automaker", lambda market: [maker.name for maker in market.makers], inspect_maker),
    "plant": Kind("Plant", lambda market: [plant.name for plant in market.plants], inspect_plant, plant_name),
    "utility": Kind(
        "Utility", lambda market: [each.region for each in market.power.utilities], inspect_utility, region_name
    ),
    "operator": Kind(
        "Operator", lambda market: [who.name for who in market.charging_side.network.operators], inspect_operator
    ),
    "zone": Kind("Zone", lambda market: list(market.places.names), inspect_zone),
    "consumer": Kind(
        "Consumer", lambda market: [str(row) for row in range(market.drawn_fleet.consumers.size)], inspect_consumer
    ),
}
"""Kinds of agent that can be inspected."""
