"""How rows of the population are counted: classes, goods, home charging and BEVs."""

import numpy as np

from agents.population.row_codes import Coding
from market.base.categories import BEV_SHORT, CLASSES, GOODS, HOMES, SEGMENTS, TASTES
from market.fleet.dealers import GOOD_OF


def coding_of(zones: int) -> Coding:
    """The coding of so many zones: parts are classes without and with home charging, and other cars and BEVs."""
    types = np.arange(GOOD_OF.shape[0])
    return Coding(
        zones=zones,
        classes=CLASSES,
        goods=GOODS,
        good_of=GOOD_OF,
        part_of_car=(types // len(SEGMENTS) >= BEV_SHORT).astype(np.uint8),
        part_of_class=(types // TASTES % HOMES).astype(np.uint8),
    )
