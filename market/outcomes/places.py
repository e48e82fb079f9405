"""States and power regions: parts of the zones in each, and their codes."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from market.base import tables
from market.base.sets import region_names
from market.exogenous.zones import Places


@dataclass(frozen=True)
class StateParts:
    """Zones by state, and by state and power region.

    ``states``, ``fips``: codes of the states in the order of ``Places``; ``of_state``: (zones, states) part of each
    zone. ``pair_state``, ``pair_region``: names of the pairs of a state and a region in which somebody lives;
    ``of_pair``: (zones, pairs) part of each zone. Rows of both sum to 1.
    """

    states: tuple[str, ...]
    fips: tuple[str, ...]
    of_state: Floats
    pair_state: tuple[str, ...]
    pair_region: tuple[str, ...]
    of_pair: Floats


def state_parts(places: Places) -> StateParts:
    """The states of the zones of a run; a zone lies in one power region, and where its people live."""
    codes = tables.load("states").set_index("state")["fips"]
    regions = region_names()
    in_region = np.array([[name == region for region in regions] for name in places.power_region], dtype=np.float64)
    joint = places.state_share[:, :, None] * in_region[:, None, :]
    state, region = np.nonzero(joint.sum(axis=0))
    return StateParts(
        states=places.states,
        fips=tuple(codes.loc[list(places.states)]),
        of_state=places.state_share,
        pair_state=tuple(places.states[each] for each in state),
        pair_region=tuple(regions[each] for each in region),
        of_pair=joint[:, state, region],
    )
