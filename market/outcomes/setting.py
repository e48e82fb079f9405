"""What the outcomes of a run rest on and no quarter moves: places, energy of cars, factors, states of plants."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, group_sum
from market.base import tables
from market.base.categories import REGIONS
from market.exogenous.zones import Places
from market.outcomes.emissions import EmissionFactors, read_factors
from market.outcomes.places import StateParts, state_parts
from market.outcomes.vehicle_energy import VehicleEnergy
from market.vehicles.products import Products

_ABROAD = -1


@dataclass(frozen=True)
class OutcomeSetting:
    """Places, factors and plants of a run.

    ``pair_grid_kg``: (pairs,) CO2 a MWh at the plug of each pair of state and region; ``home_share``: of all seats that
    charge at home; ``plant_state``: place of the state of each cell plant, -1 abroad.
    """

    parts: StateParts
    energy: VehicleEnergy
    factors: EmissionFactors
    pair_grid_kg: Floats
    home_share: float
    plant_state: tuple[int, ...]

    def plants_by_state(self, of_plants: Floats) -> Floats:
        """Sums over the US plants of every state, (states,); ``of_plants``: (plants,)."""
        place = np.array(self.plant_state, dtype=np.int64)
        here = place != _ABROAD
        return group_sum(of_plants[here], place[here], len(self.parts.states))


def outcome_setting(places: Places, products: Products, last_quarter: int, plants: tuple[str, ...]) -> OutcomeSetting:
    """Read what outcomes rest on; ``plants``: names of cell plants in order."""
    parts, factors = state_parts(places), read_factors()
    state = tables.load("plants").set_index("plant")["state"]
    return OutcomeSetting(
        parts=parts,
        energy=VehicleEnergy(products, last_quarter),
        factors=factors,
        pair_grid_kg=factors.grid_kg[[REGIONS.index(region) for region in parts.pair_region]],
        home_share=float(np.average(places.home_share, weights=places.seats)),
        plant_state=tuple(
            parts.states.index(name) if name in parts.states else _ABROAD for name in state.loc[list(plants)]
        ),
    )
