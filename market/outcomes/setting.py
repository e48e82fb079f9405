"""What the outcomes of a run rest on and no quarter moves: places, energy of cars, factors, states of plants."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from market.exogenous.zones import Places
from market.outcomes.emissions import EmissionFactors, read_factors
from market.outcomes.places import StateParts, state_parts
from market.outcomes.plant_outputs import PlantJobs, read_plant_jobs
from market.outcomes.vehicle_energy import VehicleEnergy
from market.vehicles.products import Products


@dataclass(frozen=True)
class OutcomeSetting:
    """Places, factors and plants of a run.

    ``pair_grid_kg``: (pairs,) CO2 a MWh at the plug of each pair of state and region; ``home_share``: of all seats that
    charge at home; ``plants``: cell plants in order.
    """

    parts: StateParts
    energy: VehicleEnergy
    factors: EmissionFactors
    pair_grid_kg: Floats
    home_share: float
    plants: tuple[PlantJobs, ...]

    def plants_by_state(self, of_plants: Floats) -> Floats:
        """Sums over the US plants of every state, (states,); ``of_plants``: (plants,)."""
        in_state = np.array([[plant.state == state for plant in self.plants] for state in self.parts.states])
        return np.asarray(in_state @ of_plants)


def outcome_setting(places: Places, products: Products, last_quarter: int, plants: tuple[str, ...]) -> OutcomeSetting:
    """Read what outcomes rest on; ``plants``: names of cell plants in order."""
    parts, factors = state_parts(places), read_factors()
    return OutcomeSetting(
        parts=parts,
        energy=VehicleEnergy(products, last_quarter),
        factors=factors,
        pair_grid_kg=np.array([factors.grid_kg[region] for region in parts.pair_region]),
        home_share=float(np.average(places.home_share, weights=places.seats)),
        plants=read_plant_jobs(plants),
    )
