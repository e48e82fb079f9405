"""Acquisition: who acquires a car, whether new or used, and which used good, at any used prices (M1, M20)."""

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers.choice import Alphas, Nests, NewVehicleChoice, binary
from agents.population.draws import ChoiceTables
from market.base.categories import GOODS
from market.buyers.demand import Flows, InMarket, Values, new_by_product
from market.buyers.used_prices import Response


class Acquisition:
    """The upper levels of the nested choice: keep or acquire, new or used, and which used good.

    ``hazard``: share of owners due who enter the market. Prices are cleared by evaluating demand many times, so the
    exponentials of everything but the price are computed once; the price enters times the weight of money, which takes
    few values, and is computed by weight and good.
    """

    def __init__(
        self, in_market: InMarket, values: Values, choice: NewVehicleChoice, alphas: Alphas, kappa_kusd: float,
        hazard: float, trade_in_share: float, transaction_kusd: float,
    ) -> None:  # fmt: skip
        self._in_market, self._choice, self._alphas = in_market, choice, alphas
        self._trade_in_share, self._transaction_kusd = trade_in_share, transaction_kusd
        self._owners = hazard * in_market.due
        self._weight = values.money
        self._weights, weight_of_stratum = np.unique(values.money, return_inverse=True)
        self._strata_of_weight = [np.flatnonzero(weight_of_stratum == weight) for weight in range(self._weights.size)]
        with np.errstate(divide="ignore"):
            variety = np.log(values.listings / values.listings.sum()) / alphas.powertrain
        worth = values.service + values.money[:, None] * values.used_credit + variety
        largest = worth.max(axis=1, initial=-np.inf)
        self._largest = np.where(np.isneginf(largest), 0.0, largest)
        worth = np.exp(alphas.powertrain * (worth - self._largest[:, None]))
        self._worth_of_weight = [worth[strata] for strata in self._strata_of_weight]
        self._gain_of_kind = weight_of_stratum[in_market.kind_stratum] * GOODS + in_market.kind_good
        keep_value = values.service[in_market.kind_stratum, in_market.kind_good] + kappa_kusd
        self._keep_odds = np.exp(alphas.keep * keep_value)

    def response_at(self, used_price_kusd: Floats) -> Response:
        """Used cars demanded and cars traded in at used prices, and their derivatives (the chain rule down the tree).

        With s the share of a good among used ones, n that of new cars among acquirers and w the weight of money of a
        stratum, a price lowers the value of used cars by w s, that of acquiring by (1 - n) w s, and raises that of
        trading in its own good by what dealers pay.
        """
        in_market, alphas = self._in_market, self._alphas
        price_factors, total = self._used_total(used_price_kusd)
        share = self._used_share(price_factors, total)
        new_share, acquire = self._acquire(used_price_kusd, total)
        trading, acquirers = self._acquirers(acquire)
        used_buyers = acquirers * (1.0 - new_share)
        weight = self._weight
        code = in_market.kind_stratum * GOODS + in_market.kind_good
        by_value = group_sum(alphas.keep * trading * (1.0 - acquire), code, share.size).reshape(share.shape)
        used_weight = weight * (1.0 - new_share)
        lost = by_value.sum(axis=1) * (1.0 - new_share) ** 2 + alphas.market * used_buyers * new_share
        slope = (share * (weight * (alphas.powertrain * used_buyers - lost))[:, None]).T @ share
        slope += self._trade_in_share * (share * used_weight[:, None]).T @ by_value
        slope[np.diag_indices(GOODS)] -= alphas.powertrain * (weight * used_buyers) @ share
        trade_in_slope = -(by_value * used_weight[:, None]).T @ share
        trade_in_slope[np.diag_indices(GOODS)] += self._trade_in_share * weight @ by_value
        return Response(used_buyers @ share, group_sum(trading, in_market.kind_good, GOODS), slope, trade_in_slope)

    def flows_at(self, used_price_kusd: Floats, nests: Nests) -> Flows:
        """All expected flows at used prices, shape (goods,)."""
        in_market, choice = self._in_market, self._choice
        price_factors, total = self._used_total(used_price_kusd)
        used_share = self._used_share(price_factors, total)
        new_share, acquire = self._acquire(used_price_kusd, total)
        trading, acquirers = self._acquirers(acquire)
        return Flows(
            new=new_by_product(in_market, choice, nests, acquirers * new_share).sum(axis=0),
            used=((acquirers * (1.0 - new_share))[:, None] * used_share).sum(axis=0),
            trade_ins=group_sum(trading, in_market.kind_good, GOODS),
            acquire=acquire,
            acquirers=acquirers,
            keepers=float((self._owners - trading).sum()),
            owners=float(self._owners.sum()),
            tables=ChoiceTables(new_share, choice.segment, choice.nest, used_share, choice.product, in_market.group),
        )

    def _used_total(self, price_kusd: Floats) -> tuple[Floats, Floats]:
        """Exponentials of prices, (weights, goods), and their sum over used goods, (strata,), scaled by the largest."""
        price_factors = np.exp(-self._alphas.powertrain * self._weights[:, None] * price_kusd)
        total = np.empty(self._largest.size)
        for strata, worth, price_factor in zip(
            self._strata_of_weight, self._worth_of_weight, price_factors, strict=True
        ):
            total[strata] = np.einsum("cg,g->c", worth, price_factor)
        return price_factors, total

    def _used_share(self, price_factors: Floats, total: Floats) -> Floats:
        """Share of each good among used ones, shape (strata, goods)."""
        share = np.empty((total.size, GOODS))
        for strata, worth, price_factor in zip(
            self._strata_of_weight, self._worth_of_weight, price_factors, strict=True
        ):
            share[strata] = worth * price_factor / np.where(total > 0.0, total, 1.0)[strata, None]
        return share

    def _acquire(self, price_kusd: Floats, total: Floats) -> tuple[Floats, Floats]:
        """Share of new cars among acquirers, (strata,), and the probability that an owner acquires, (kinds,)."""
        alphas = self._alphas
        with np.errstate(divide="ignore"):
            used_inclusive = self._largest + np.log(total) / alphas.powertrain
        new_share, acquire_value = binary(self._choice.inclusive_kusd, used_inclusive, alphas.market)
        gain = self._trade_in_share * price_kusd - self._transaction_kusd
        gain_odds = np.exp(-alphas.keep * self._weights[:, None] * gain).ravel()
        odds = np.exp(-alphas.keep * acquire_value).take(self._in_market.kind_stratum)
        odds *= self._keep_odds
        odds *= gain_odds.take(self._gain_of_kind)
        odds += 1.0
        return new_share, np.divide(1.0, odds, out=odds)

    def _acquirers(self, acquire: Floats) -> tuple[Floats, Floats]:
        """Seats that trade in their car, (kinds,), and all that acquire one, (strata,)."""
        trading = self._owners * acquire
        carless = self._in_market.carless
        return trading, group_sum(trading, self._in_market.kind_stratum, carless.size) + carless
