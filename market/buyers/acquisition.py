"""The top of the tree of choices: who acquires, and whether new or used, at any used prices (M1, M20)."""

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers.choice import Alphas, Nests, NewVehicleChoice, binary
from agents.population.draws import ChoiceTables
from market.base.categories import GOODS
from market.buyers.demand import Flows, Lookers, Values, new_by_product


class TopOfTree:
    """Keep or acquire, new or used, and which used good, with ``hazard`` of seats due looking.

    The exponential of a value is the product of those of its terms. A price enters a value times the weight of money,
    which few kinds of buyer differ in; so a sweep of prices takes exponentials by weight and good (or by cell), and
    multiplies by those of all else, which are taken once.
    """

    def __init__(
        self, lookers: Lookers, values: Values, choice: NewVehicleChoice, alphas: Alphas, kappa_kusd: float,
        hazard: float, trade_in_share: float, transaction_kusd: float,
    ) -> None:  # fmt: skip
        self._lookers, self._choice, self._alphas = lookers, choice, alphas
        self._trade_in_share, self._transaction_kusd = trade_in_share, transaction_kusd
        self._looking = hazard * lookers.due
        self._weights, weight_of_cell = np.unique(values.money, return_inverse=True)
        self._cells_of_weight = [np.flatnonzero(weight_of_cell == weight) for weight in range(self._weights.size)]
        with np.errstate(divide="ignore"):
            variety = np.log(values.listings / values.listings.sum()) / alphas.powertrain
        worth = values.service + values.money[:, None] * values.used_credit + variety
        largest = worth.max(axis=1, initial=-np.inf)
        self._largest = np.where(np.isneginf(largest), 0.0, largest)
        worth = np.exp(alphas.powertrain * (worth - self._largest[:, None]))
        self._worth_of_weight = [worth[cells] for cells in self._cells_of_weight]
        self._gain_of_kind = weight_of_cell[lookers.kind_cell] * GOODS + lookers.kind_good
        keep_value = values.service[lookers.kind_cell, lookers.kind_good] + kappa_kusd
        self._keep_odds = np.exp(alphas.keep * keep_value)

    def demand_at(self, used_price_kusd: Floats) -> tuple[Floats, Floats]:
        """Used cars wanted and cars traded in at used prices; all shape (goods,)."""
        dearness, total = self._used_total(used_price_kusd)
        new_share, acquire = self._acquire(used_price_kusd, total)
        trading, acquirers = self._acquirers(acquire)
        wanting = acquirers * (1.0 - new_share) / np.where(total > 0.0, total, 1.0)
        used = np.zeros(GOODS)
        for cells, worth, price_factor in zip(self._cells_of_weight, self._worth_of_weight, dearness, strict=True):
            used += price_factor * np.einsum("c,cg->g", wanting[cells], worth)
        return used, group_sum(trading, self._lookers.kind_good, GOODS)

    def flows_at(self, used_price_kusd: Floats, nests: Nests) -> Flows:
        """All that is expected at used prices of shape (goods,)."""
        lookers, choice = self._lookers, self._choice
        dearness, total = self._used_total(used_price_kusd)
        used_share = np.empty((total.size, GOODS))
        for cells, worth, price_factor in zip(self._cells_of_weight, self._worth_of_weight, dearness, strict=True):
            used_share[cells] = worth * price_factor / np.where(total > 0.0, total, 1.0)[cells, None]
        new_share, acquire = self._acquire(used_price_kusd, total)
        trading, acquirers = self._acquirers(acquire)
        return Flows(
            new=new_by_product(lookers, choice, nests, acquirers * new_share).sum(axis=0),
            used=((acquirers * (1.0 - new_share))[:, None] * used_share).sum(axis=0),
            trade_ins=group_sum(trading, lookers.kind_good, GOODS),
            acquire=acquire,
            acquirers=acquirers,
            keepers=float((self._looking - trading).sum()),
            owners=float(self._looking.sum()),
            tables=ChoiceTables(new_share, choice.segment, choice.nest, used_share, choice.product, lookers.group),
        )

    def _used_total(self, price_kusd: Floats) -> tuple[Floats, Floats]:
        """Exponentials of prices, (weights, goods), and the sum of those of used goods, (cells,), largest worth out."""
        dearness = np.exp(-self._alphas.powertrain * self._weights[:, None] * price_kusd)
        total = np.empty(self._largest.size)
        for cells, worth, price_factor in zip(self._cells_of_weight, self._worth_of_weight, dearness, strict=True):
            total[cells] = np.einsum("cg,g->c", worth, price_factor)
        return dearness, total

    def _acquire(self, price_kusd: Floats, total: Floats) -> tuple[Floats, Floats]:
        """Share of new cars among acquirers, (cells,), and the probability that an owner acquires, (kinds,)."""
        alphas = self._alphas
        with np.errstate(divide="ignore"):
            used_inclusive = self._largest + np.log(total) / alphas.powertrain
        new_share, acquire_value = binary(self._choice.inclusive_kusd, used_inclusive, alphas.market)
        gain = self._trade_in_share * price_kusd - self._transaction_kusd
        gain_odds = np.exp(-alphas.keep * self._weights[:, None] * gain).ravel()
        odds = np.exp(-alphas.keep * acquire_value).take(self._lookers.kind_cell)
        odds *= self._keep_odds
        odds *= gain_odds.take(self._gain_of_kind)
        odds += 1.0
        return new_share, np.divide(1.0, odds, out=odds)

    def _acquirers(self, acquire: Floats) -> tuple[Floats, Floats]:
        """Seats that trade in their car, (kinds,), and all that acquire one, (cells,)."""
        trading = self._looking * acquire
        carless = self._lookers.carless
        return trading, group_sum(trading, self._lookers.kind_cell, carless.size) + carless
