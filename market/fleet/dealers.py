"""Used cars at dealers: inventory, rationing of buyers, and matching of cars to buyers (M20)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.population.row_codes import NO_CAR, Rows
from agents.population.row_work import RowWork
from market.base.categories import CAR_TYPES, GOODS, good_of_car

GOOD_OF = good_of_car(np.arange(256)[:, None], np.arange(256)[None, :]).astype(np.int16)
GOOD_OF[NO_CAR] = -1  # what a seat without a car trades in
"""Good of a car by its type and age in quarters, shape (256, 256)."""


class DealerLot:
    """Used cars at dealers: one entry a car (of the run's weight), with its type and exact age."""

    def __init__(self, car: NDArray[np.integer], age_quarters: NDArray[np.integer]) -> None:
        self.car = car.astype(np.uint8)
        self.age_quarters = age_quarters.astype(np.uint8)

    @property
    def size(self) -> int:
        """Number of cars."""
        return self.car.size

    def by_good(self) -> Ints:
        """Number of cars of every good, shape (goods,)."""
        return np.bincount(GOOD_OF[self.car, self.age_quarters], minlength=GOODS)

    def by_type(self) -> Ints:
        """Number of cars of every type, shape (car types,)."""
        return np.bincount(self.car, minlength=CAR_TYPES)

    def grow_older(self, oldest: int) -> None:
        """Age every car by a quarter."""
        self.age_quarters += self.age_quarters < oldest


def served_buyers(
    wanted: NDArray[np.integer],
    own: NDArray[np.integer],
    lot_by_good: Ints,
    others_by_good: Ints,
    draws_of: Callable[[Ints], Floats],
) -> NDArray[np.bool_]:
    """Which buyers of used cars find one, shape (buyers,).

    ``wanted``: the good each wants; ``own``: the good each trades in, -1 for none. A buyer who finds none
    keeps the own car, which is then not for sale either; buyers are served in order of ``draws_of``, which is
    evaluated only for goods that run short. ``others_by_good`` are cars traded in by buyers of new cars.
    """
    served = np.ones(wanted.size, dtype=np.bool_)
    wanting = np.bincount(wanted, minlength=GOODS)
    supply = lot_by_good + others_by_good + np.bincount(own[own >= 0], minlength=GOODS)
    queue: dict[int, Ints] = {}
    while (wanting > supply).any():
        too_late = []
        for good in np.flatnonzero(wanting > supply).tolist():
            if good not in queue:
                buyers = np.flatnonzero(wanted == good)
                queue[good] = buyers[np.argsort(draws_of(buyers), kind="stable")]
            too_late.append(queue[good][supply[good] : wanting[good]])
        short = np.concatenate(too_late)
        served[short] = False
        wanting = np.minimum(wanting, supply)
        supply = supply - np.bincount(own[short][own[short] >= 0], minlength=GOODS)
    return served


def match_cars(
    wanted: NDArray[np.integer],
    car: NDArray[np.integer],
    age_quarters: NDArray[np.integer],
    key: np.uint64,
    work: RowWork,
) -> tuple[Rows, Ints]:
    """Give physical cars to buyers by a keyed permutation within each good (M20).

    ``wanted``: (buyers,) goods; ``car`` and ``age_quarters``: (cars,) for sale, at least as many of every good
    as are wanted. Returns for each buyer the place of its car, shape (buyers,), and the places left, in order.
    """
    goods = work.over(car.size, lambda piece: GOOD_OF[car[piece], age_quarters[piece]])
    given: tuple[Rows, Ints] = work.engine.match(wanted, np.concatenate(goods), GOODS, key, work)
    return given
