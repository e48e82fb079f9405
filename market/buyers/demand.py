"""Who is in the market and what they are expected to do: flows first, draws last (M1).

Seats that are alike (zone, class, car owned) are counted together, so that expected flows cost the same
for any population. A *cell* is a zone and class with somebody in the market; a *group* is a zone, income
and home-charging pair, whose cells share the shares of products within a nest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from agents.arrays import Floats, Ints
from agents.buyers.choice import Alphas, ChoiceRule, Nests, NewVehicleChoice, nested_logit
from agents.population.draws import ChoiceTables
from agents.population.row_codes import Counts
from market.base.categories import CLASSES, GOODS, HOMES, INCOMES, TASTES

GROUPS = len(INCOMES) * HOMES  # kinds of buyer in a zone that share the shares of products


def taste_points(sd_kusd: float) -> tuple[Floats, Floats]:
    """Points, k$, and weights of a five-point Gauss-Hermite rule for N(0, sd^2), shapes (tastes,)."""
    points, weights = hermegauss(TASTES)
    return np.asarray(points * sd_kusd), np.asarray(weights / weights.sum())


@dataclass(frozen=True)
class Lookers:
    """Seats in the market, counted by what they are; all cars are real cars (rows times weight).

    ``group_code``: (groups,) place in (zones x incomes x homes). ``group``, ``taste``, ``zone``, ``income``:
    (cells,), and ``cell_code``, (cells,), their place in (zones x classes). ``kind_cell``, ``kind_good``: (kinds of
    owner,) the cell and the good owned; ``due``: (kinds,) seats due. ``carless``: (cells,) seats that must acquire.
    """

    group_code: Ints
    cell_code: Ints
    group: Ints
    taste: Ints
    zone: Ints
    income: Ints
    kind_cell: Ints
    kind_good: Ints
    due: Floats
    carless: Floats

    def by_code(self, by_kind: Floats) -> tuple[Floats, Ints]:
        """What is known by kind as a table over (zone x class x good), and the cell of every (zone x class).

        Tables end with the last cell; NaN and -1 where nobody is.
        """
        codes = int(self.cell_code.max(initial=-1)) + 1
        table = np.full(codes * GOODS, np.nan)
        table[self.cell_code[self.kind_cell] * GOODS + self.kind_good] = by_kind
        cell = np.full(codes, -1, dtype=np.int64)
        cell[self.cell_code] = np.arange(self.cell_code.size)
        return table, cell


def count_lookers(due: Counts, carless: Counts, weight: float, *, everybody: bool = False) -> Lookers:
    """Seats due by (zone x class x good) and seats without a car by (zone x class), in units of ``weight``, as lookers.

    Cells are those with somebody in the market, or all of them with ``everybody``.
    """
    kinds = np.flatnonzero(due)
    present = due.reshape(-1, GOODS).any(axis=1) | (carless > 0) | everybody
    cells = np.flatnonzero(present)
    groups, group = np.unique(cells // TASTES, return_inverse=True)
    return Lookers(
        group_code=groups,
        cell_code=cells,
        group=group,
        taste=cells % TASTES,
        zone=cells // CLASSES,
        income=(cells % CLASSES) // (HOMES * TASTES),
        kind_cell=np.searchsorted(cells, kinds // GOODS),
        kind_good=kinds % GOODS,
        due=due[kinds].astype(np.float64) * weight,
        carless=carless[cells].astype(np.float64) * weight,
    )


def every_class(seats: Floats) -> Lookers:
    """All classes of all zones as if nobody had a car; ``seats``: (zones, classes)."""
    zones, classes = seats.shape
    cell = np.arange(zones * classes)
    nobody = np.zeros(0, dtype=np.int64)
    return Lookers(
        group_code=np.arange(zones * GROUPS), cell_code=cell, group=cell // TASTES, taste=cell % TASTES,
        zone=cell // CLASSES, income=(cell % CLASSES) // (HOMES * TASTES),
        kind_cell=nobody, kind_good=nobody, due=np.zeros(0), carless=seats.reshape(-1),
    )  # fmt: skip


@dataclass(frozen=True)
class Values:
    """Values of a quarter for the lookers at hand, k$ as the choice counts it.

    ``new``: (groups, products) without the taste for battery cars; ``taste_nest``: (cells, nests) that taste;
    ``service``: (cells, goods) service value of used goods, with taste, without price; ``listings``: (goods,)
    cars that may be for sale: a good is chosen as its share of them allows; ``money``: (cells,) weight of a k$;
    ``used_credit``: (cells, goods) credit on buying a used good, not weighted.
    """

    new: Floats
    taste_nest: Floats
    service: Floats
    listings: Floats
    money: Floats
    used_credit: Floats


@dataclass(frozen=True)
class Flows:
    """Expected flows, cars a quarter. ``new``: (products,); ``used``, ``trade_ins``: (goods,); ``acquire``: (kinds,).

    ``acquirers``: (cells,); ``keepers`` and ``owners``: all seats that keep, and that look and own a car.
    """

    new: Floats
    used: Floats
    trade_ins: Floats
    acquire: Floats
    acquirers: Floats
    keepers: float
    owners: float
    tables: ChoiceTables


def new_choice(
    lookers: Lookers, values: Values, nests: Nests, alphas: Alphas, choose: ChoiceRule = nested_logit
) -> NewVehicleChoice:
    """Choice among new vehicles: shares of products by group, those of the levels above by cell."""
    return choose(values.new, values.taste_nest, lookers.group, nests, alphas)


def new_by_product(lookers: Lookers, choice: NewVehicleChoice, nests: Nests, new_buyers: Floats) -> Floats:
    """Expected new cars by group and product, shape (groups, products), from new-car buyers by cell."""
    by_nest = new_buyers[:, None] * choice.segment[:, nests.nest_segment] * choice.nest
    by_group = np.zeros((lookers.group_code.size, by_nest.shape[1]))
    for taste in range(TASTES):
        cells = np.flatnonzero(lookers.taste == taste)  # each of another group
        by_group[lookers.group[cells]] += by_nest[cells]
    return by_group[:, nests.product_nest] * choice.product
