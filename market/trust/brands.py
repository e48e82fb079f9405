"""Groups of brands about whose batteries buyers hold one belief, and recorded facts about them (M5)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.buyers.beliefs import similarity
from market.base import tables
from market.base.categories import MAKERS
from market.trust.parameters import BRAND_GROUPS, Trust

_GROUP_OF_MAKER = {
    "GM": 0, "Ford": 1, "Stellantis": 1, "Toyota": 2, "Honda": 2, "Nissan": 2, "Hyundai-Kia": 2, "VW Group": 3,
    "Tesla": 4, "New brands": 5, "Rest of market": 6,
}  # fmt: skip
GROUP_OF_MAKER = np.array([_GROUP_OF_MAKER[name] for name in MAKERS])
_TRAITS = ("country", "chemistry", "supplier")


@dataclass(frozen=True)
class BatteryFacts:
    """What is recorded of automakers' batteries, all shape (makers,).

    ``relative_trouble``: serious trouble over that of all BEVs; ``ships_updates``: 1 for battery software over the air;
    ``warranty_years``, ``warranty_miles``: of new cars.
    """

    relative_trouble: Floats
    ships_updates: Floats
    warranty_years: Floats
    warranty_miles: Floats

    @classmethod
    def read(cls) -> "BatteryFacts":
        """Those of the table ``battery_makers``."""
        table = tables.load("battery_makers").set_index("maker").loc[list(MAKERS)]
        names = ("relative_trouble", "ships_updates", "warranty_years", "warranty_miles")
        return cls(*(table[name].to_numpy(np.float64) for name in names))


def brand_similarity(parameters: Trust) -> Floats:
    """How much of an event at one group of brands counts for another, (groups, groups), by the table ``brand_traits``.

    Nothing of it reaches other brands if all three weights are 0.
    """
    table = tables.load("brand_traits")
    values = sorted(table["value"].unique())
    traits = np.zeros((len(_TRAITS), len(values), len(BRAND_GROUPS)))
    for trait, value, group, share in table[["trait", "value", "brand_group", "share"]].itertuples(index=False):
        traits[_TRAITS.index(trait), values.index(value), BRAND_GROUPS.index(group)] = share
    p = parameters
    return similarity(traits, np.array([p.country_similarity, p.chemistry_similarity, p.supplier_similarity]))
