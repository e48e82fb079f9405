"""What makers know of demand when they set prices: last quarter's buyers by kind, and the best prices (M10)."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from agents.arrays import Floats, Ints, group_sum
from agents.buyers.choice import Alphas, Nests
from agents.makers.price_equilibrium import Demand, PriceRule, equilibrium_prices_kusd, markup_at, revealed_demand
from market.base.categories import TASTES
from market.buyers.demand import GROUPS, Flows, Lookers

_OWNERS, _CARLESS = 0, 1  # seats that may keep their car, and seats that must acquire one


@dataclass(frozen=True)
class SeenMarket:
    """A quarter's buyers as they chose at its prices.

    ``price_kusd``, ``price_weight``: (products,) prices paid and what a k$ of them counts before the weight of money;
    ``money``: (cells,) that weight; ``hazard``: the share of seats due that looked.
    """

    lookers: Lookers
    flows: Flows
    money: Floats
    hazard: float
    price_kusd: Floats
    price_weight: Floats


def expected_demand(seen: SeenMarket, kind_of_cell: Ints, nests: Nests, alphas: Alphas) -> Demand:
    """Demand that makers expect: buyers of the quarter by kind, owners and carless apart (M10).

    ``kind_of_cell``: (cells,) which cells are taken as one kind of buyer. At the prices of the quarter demand for every
    product is that of all cells; its slopes are those of the kinds, whose members are taken to be alike.
    """
    lookers, flows = seen.lookers, seen.flows
    cells, kinds = kind_of_cell.size, int(kind_of_cell.max()) + 1
    looking = group_sum(seen.hazard * lookers.due, lookers.kind_cell, cells)
    seats = np.stack([looking, lookers.carless])
    acquirers = np.stack([np.clip(flows.acquirers - lookers.carless, 0.0, looking), lookers.carless])
    tables = flows.tables
    by_nest = tables.segment[:, nests.nest_segment] * tables.nest
    product_share = by_nest[:, nests.product_nest] * tables.product[tables.group]
    row = np.concatenate([kind_of_cell + kinds * side for side in (_OWNERS, _CARLESS)])
    cell = np.tile(np.arange(cells), 2)

    def summed(weight: Floats, what: Floats) -> Floats:
        return np.asarray(csr_array((weight.ravel(), (row, cell)), shape=(2 * kinds, cells)) @ what)

    one = np.ones(cells)
    total = summed(seats, one)
    money = summed(seats, seen.money) / np.where(total > 0, total, 1.0)
    cars = summed(acquirers * tables.new, product_share)
    return revealed_demand(
        cars, summed(acquirers, one), total, money, seen.price_weight, seen.price_kusd, nests, alphas
    )  # fmt: skip


def class_of_cell(lookers: Lookers) -> Ints:
    """Class (income, home charging, taste) of every cell, whatever its zone, shape (cells,), below CLASSES."""
    return np.asarray(lookers.group_code[lookers.group] % GROUPS * TASTES + lookers.taste)


class PriceSetting:
    """The prices makers aim at, given the demand last seen; ``maker``: (products,) who owns each product.

    ``rule``: how they find them.
    """

    def __init__(self, maker: Ints, nests: Nests, alphas: Alphas) -> None:
        self._maker = maker
        self._nests = nests
        self._alphas = alphas
        self.rule: PriceRule = equilibrium_prices_kusd
        self._demand: Demand | None = None
        self._best_kusd: Floats | None = None

    def see(self, market: SeenMarket) -> None:
        """Remember the buyers of a quarter."""
        self._demand = expected_demand(market, class_of_cell(market.lookers), self._nests, self._alphas)

    def revealed_markup_kusd(self, list_price_kusd: Floats) -> Floats:
        """Markup with which these prices are best for the buyers last seen, k$, (products,). ValueError without any."""
        return markup_at(self._seen().at(list_price_kusd), self._maker)

    def best_prices_kusd(self, cost_kusd: Floats, list_price_kusd: Floats) -> Floats:
        """Prices by the rule for the buyers last seen, (products,), warm-started; ValueError without any."""
        start = list_price_kusd if self._best_kusd is None else self._best_kusd
        self._best_kusd = self.rule(self._seen(), self._maker, cost_kusd, start)
        return self._best_kusd

    def _seen(self) -> Demand:
        if self._demand is None:
            raise ValueError("makers set best prices only after a quarter with buyers")
        return self._demand
