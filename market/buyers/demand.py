"""Households in the market and their expected choices, computed before anything is drawn (M1).

Seats that are alike (zone, class, car owned) are counted together, so that expected flows cost the same for any
population. A *stratum* is a zone and class with somebody in the market. A *group* is a zone, income and home-charging
status; its strata have the same product shares within a nest.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from agents.arrays import Floats, Ints, group_sum
from agents.buyers.choice import Alphas, ChoiceRule, Nests, NewVehicleChoice, nested_logit
from agents.population.draws import ChoiceTables
from agents.population.row_codes import Counts
from market.base.categories import CLASSES, GOODS, HOMES, INCOMES, TASTES

GROUPS = len(INCOMES) * HOMES  # kinds of buyer in a zone that share the shares of products
_POINTS, _WEIGHTS = hermegauss(TASTES)


def taste_points(sd_kusd: float) -> tuple[Floats, Floats]:
    """Points, k$, and weights of a five-point Gauss-Hermite rule for N(0, sd^2), shapes (tastes,)."""
    return np.asarray(_POINTS * sd_kusd), np.asarray(_WEIGHTS / _WEIGHTS.sum())


@dataclass(frozen=True)
class InMarket:
    """Seats of households in the market, counted by stratum and car owned, in real cars (rows times weight).

    ``group_code``: (groups,) place in (zones x incomes x homes). ``group``, ``taste``, ``zone``, ``income``: (strata,);
    ``stratum_code``: (strata,) place in (zones x classes). ``kind_stratum``, ``kind_good``: (kinds of owner,) stratum
    and good owned; ``due``: (kinds,) owners due. ``carless``: (strata,) seats that must acquire a car.
    """

    group_code: Ints
    stratum_code: Ints
    group: Ints
    taste: Ints
    zone: Ints
    income: Ints
    kind_stratum: Ints
    kind_good: Ints
    due: Floats
    carless: Floats

    @cached_property
    def kind_code(self) -> Ints:
        """Place of each kind of owner in (strata x goods), shape (kinds,)."""
        return self.kind_stratum * GOODS + self.kind_good

    def by_code(self, by_kind: Floats) -> tuple[Floats, Ints]:
        """Values by kind of owner as a table over (zone x class x good), and the stratum of every (zone x class).

        Tables end with the last stratum; NaN and -1 where it is empty.
        """
        codes = int(self.stratum_code.max(initial=-1)) + 1
        table = np.full(codes * GOODS, np.nan)
        table[self.stratum_code[self.kind_stratum] * GOODS + self.kind_good] = by_kind
        stratum = np.full(codes, -1, dtype=np.int64)
        stratum[self.stratum_code] = np.arange(self.stratum_code.size)
        return table, stratum


def count_in_market(due: Counts, carless: Counts, weight: float, *, everybody: bool = False) -> InMarket:
    """Owners due by (zone x class x good) and seats without a car by (zone x class), counted in units of ``weight``.

    Strata are those with somebody in the market, or all of them with ``everybody``.
    """
    kinds = np.flatnonzero(due)
    present = due.reshape(-1, GOODS).any(axis=1) | (carless > 0) | everybody
    strata = np.flatnonzero(present)
    of_group = strata // TASTES  # in order, as strata are
    is_first = np.diff(of_group, prepend=-1) > 0
    return InMarket(
        group_code=of_group[is_first],
        stratum_code=strata,
        group=np.cumsum(is_first) - 1,
        taste=strata % TASTES,
        zone=strata // CLASSES,
        income=(strata % CLASSES) // (HOMES * TASTES),
        kind_stratum=(np.cumsum(present) - 1)[kinds // GOODS],
        kind_good=kinds % GOODS,
        due=due[kinds].astype(np.float64) * weight,
        carless=carless[strata].astype(np.float64) * weight,
    )


def every_class(seats: Floats) -> InMarket:
    """All classes of all zones, as if no seat had a car; ``seats``: (zones, classes)."""
    zones, classes = seats.shape
    stratum = np.arange(zones * classes)
    nobody = np.zeros(0, dtype=np.int64)
    return InMarket(
        group_code=np.arange(zones * GROUPS), stratum_code=stratum, group=stratum // TASTES, taste=stratum % TASTES,
        zone=stratum // CLASSES, income=(stratum % CLASSES) // (HOMES * TASTES),
        kind_stratum=nobody, kind_good=nobody, due=np.zeros(0), carless=seats.reshape(-1),
    )  # fmt: skip


@dataclass(frozen=True)
class Values:
    """Values of a quarter for households in the market, k$ weighted by the marginal utility of money.

    ``new``: (groups, products) without the taste for BEVs; ``taste_nest``: (strata, nests) that taste;
    ``service``: (strata, goods) service value of used goods, with taste, without price; ``listings``: (goods,)
    cars that may be for sale: a good is chosen as its share of them allows; ``money``: (strata,) weight of a k$;
    ``used_credit``: (strata, goods) credit on buying a used good, not weighted. Products and nests come first in
    memory, as the logit has them.
    """

    new: Floats
    taste_nest: Floats
    service: Floats
    listings: Floats
    money: Floats
    used_credit: Floats


@dataclass(frozen=True)
class Totals:
    """Sums of expected flows, cars a quarter. ``new``: (products,); ``used``, ``trade_ins``: (goods,).

    ``keepers`` and ``owners``: all seats that keep, and that look and own a car; ``carless_new``: new cars that go to
    seats without one.
    """

    new: Floats
    used: Floats
    trade_ins: Floats
    keepers: float
    owners: float
    carless_new: float


@dataclass(frozen=True)
class Flows(Totals):
    """Expected flows, cars a quarter, and the choices behind them. ``acquire``: (kinds,); ``acquirers``: (strata,)."""

    acquire: Floats
    acquirers: Floats
    tables: ChoiceTables


def new_choice(
    in_market: InMarket, values: Values, nests: Nests, alphas: Alphas, choose: ChoiceRule = nested_logit
) -> NewVehicleChoice:
    """Choice among new vehicles: shares of products by group, those of the levels above by stratum."""
    return choose(values.new, values.taste_nest, in_market.group, nests, alphas)


def new_by_product(in_market: InMarket, choice: NewVehicleChoice, nests: Nests, new_buyers: Floats) -> Floats:
    """Expected new cars by group and product, shape (groups, products), from new-car buyers by stratum."""
    by_group = _by_group_and_nest(in_market, choice, nests, new_buyers)
    return np.asarray((by_group[nests.product_nest] * choice.product.T).T)


def sold_by_product(in_market: InMarket, choice: NewVehicleChoice, nests: Nests, new_buyers: Floats) -> Floats:
    """Expected new cars by product, shape (products,), from new-car buyers by stratum."""
    by_group = _by_group_and_nest(in_market, choice, nests, new_buyers)
    return np.asarray(np.einsum("pg,pg->p", by_group[nests.product_nest], choice.product.T))


def _by_group_and_nest(in_market: InMarket, choice: NewVehicleChoice, nests: Nests, new_buyers: Floats) -> Floats:
    """Expected new cars, shape (nests, groups)."""
    by_nest = choice.segment.T[nests.nest_segment]
    by_nest *= choice.nest.T
    by_nest *= new_buyers
    return np.stack([group_sum(row, in_market.group, in_market.group_code.size) for row in by_nest])
