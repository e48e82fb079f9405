"""Acquisition: who acquires a car, whether new or used, and which used good, at any used prices (M1, M20)."""

from copy import copy

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers.choice import Alphas, Nests, NewVehicleChoice, binary
from agents.population.draws import ChoiceTables
from market.base.categories import GOODS
from market.buyers.demand import Flows, InMarket, Totals, Values, sold_by_product
from market.buyers.used_prices import Response


class Acquisition:
    """The upper levels of the nested choice: keep or acquire, new or used, and which used good.

    ``hazard``: share of owners due who enter the market. Prices are cleared, and constants inverted, by evaluating
    demand many times, so the exponentials of everything else are computed once. The price enters times the weight of
    money, which takes few values, and constants are those of goods: both are computed by weight and good. ``choice``:
    among new cars.
    """

    def __init__(
        self, in_market: InMarket, values: Values, choice: NewVehicleChoice, alphas: Alphas, kappa_kusd: float,
        hazard: float, trade_in_share: float, transaction_kusd: float,
    ) -> None:  # fmt: skip
        self._in_market, self.choice, self._alphas = in_market, choice, alphas
        self.used_kusd, self.kappa_kusd = np.zeros(GOODS), kappa_kusd
        self._trade_in_share, self._transaction_kusd = trade_in_share, transaction_kusd
        self.owners = hazard * in_market.due
        self._weight = values.money
        self._weights, self._weight_of_stratum = np.unique(values.money, return_inverse=True)
        of_each = self._weight_of_stratum == np.arange(self._weights.size)[:, None]
        self._strata_of_weight = [np.flatnonzero(strata) for strata in of_each]
        with np.errstate(divide="ignore"):
            variety = np.log(values.listings / values.listings.sum()) / alphas.powertrain
        worth = values.service + values.money[:, None] * values.used_credit + variety
        largest = worth.max(axis=1, initial=-np.inf)
        self._largest = np.where(np.isneginf(largest), 0.0, largest)
        worth -= self._largest[:, None]
        worth *= alphas.powertrain
        np.exp(worth, out=worth)
        self._worth, self._worth_of_weight = worth, [worth[strata] for strata in self._strata_of_weight]
        self._gain_of_kind = self._weight_of_stratum[in_market.kind_stratum] * GOODS + in_market.kind_good
        keep_value = values.service.ravel().take(in_market.kind_code)
        keep_value *= alphas.keep
        self._keep_odds = np.exp(keep_value, out=keep_value)

    def moved(self, choice: NewVehicleChoice, used_kusd: Floats, kappa_kusd: float, hazard: float) -> "Acquisition":
        """For the same households at another choice of new cars and other constants, k$.

        ``used_kusd``: (goods,) what the values of used goods at the start are moved by; ``kappa_kusd``: of keeping.
        """
        other = copy(self)
        other.choice, other.used_kusd, other.kappa_kusd = choice, used_kusd, kappa_kusd
        other.owners = hazard * self._in_market.due
        return other

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
        by_kind = alphas.keep * trading * (1.0 - acquire)
        by_value = group_sum(by_kind, in_market.kind_code, share.size).reshape(share.shape)
        used_weight = weight * (1.0 - new_share)
        lost = by_value.sum(axis=1) * (1.0 - new_share) ** 2 + alphas.market * used_buyers * new_share
        slope = (share * (weight * (alphas.powertrain * used_buyers - lost))[:, None]).T @ share
        to_owners = (share * used_weight[:, None]).T @ by_value
        slope += self._trade_in_share * to_owners
        slope[np.diag_indices(GOODS)] -= alphas.powertrain * (weight * used_buyers) @ share
        trade_in_slope = -to_owners.T
        trade_in_slope[np.diag_indices(GOODS)] += self._trade_in_share * weight @ by_value
        return Response(used_buyers @ share, group_sum(trading, in_market.kind_good, GOODS), slope, trade_in_slope)

    def flows_at(self, used_price_kusd: Floats, nests: Nests) -> Flows:
        """All expected flows at used prices, shape (goods,)."""
        in_market, choice = self._in_market, self.choice
        price_factors, total = self._used_total(used_price_kusd)
        new_share, acquire = self._acquire(used_price_kusd, total)
        trading, acquirers = self._acquirers(acquire)
        used_share = self._used_share(price_factors, total)
        tables = ChoiceTables(new_share, choice.segment, choice.nest, used_share, choice.product, in_market.group)
        totals = self._totals(nests, trading, acquirers, new_share, (acquirers * (1.0 - new_share)) @ used_share)
        return Flows(**vars(totals), acquire=acquire, acquirers=acquirers, tables=tables)

    def totals_at(self, used_price_kusd: Floats, nests: Nests) -> Totals:
        """Sums of the expected flows at used prices, shape (goods,)."""
        price_factors, total = self._used_total(used_price_kusd)
        new_share, acquire = self._acquire(used_price_kusd, total)
        trading, acquirers = self._acquirers(acquire)
        used = self._used(acquirers * (1.0 - new_share), price_factors, total)
        return self._totals(nests, trading, acquirers, new_share, used)

    def _totals(self, nests: Nests, trading: Floats, acquirers: Floats, new_share: Floats, used: Floats) -> Totals:
        in_market = self._in_market
        owners = float(self.owners.sum())
        return Totals(
            new=sold_by_product(in_market, self.choice, nests, acquirers * new_share),
            used=used,
            trade_ins=group_sum(trading, in_market.kind_good, GOODS),
            keepers=owners - float(trading.sum()),
            owners=owners,
            carless_new=float(in_market.carless @ new_share),
        )

    def _used_total(self, price_kusd: Floats) -> tuple[Floats, Floats]:
        """Exponentials of prices, (weights, goods), and their sum over used goods, (strata,), scaled by the largest."""
        price_factors = np.exp(self._alphas.powertrain * (self.used_kusd - self._weights[:, None] * price_kusd))
        total = np.empty(self._largest.size)
        for strata, worth, price_factor in zip(
            self._strata_of_weight, self._worth_of_weight, price_factors, strict=True
        ):
            total[strata] = worth @ price_factor
        return price_factors, total

    def _used_share(self, price_factors: Floats, total: Floats) -> Floats:
        """Share of each good among used ones, shape (strata, goods)."""
        share = price_factors.take(self._weight_of_stratum, axis=0)
        share *= self._worth
        share /= np.where(total > 0.0, total, 1.0)[:, None]
        return share

    def _used(self, buyers: Floats, price_factors: Floats, total: Floats) -> Floats:
        """Used cars of each good for these buyers, (strata,); shape (goods,)."""
        buyers_each = buyers / np.where(total > 0.0, total, 1.0)
        of_weight = zip(self._strata_of_weight, self._worth_of_weight, price_factors, strict=True)
        parts = [(buyers_each[strata] @ worth) * price_factor for strata, worth, price_factor in of_weight]
        return np.asarray(np.sum(parts, axis=0))

    def _acquire(self, price_kusd: Floats, total: Floats) -> tuple[Floats, Floats]:
        """Share of new cars among acquirers, (strata,), and the probability that an owner acquires, (kinds,)."""
        alphas = self._alphas
        with np.errstate(divide="ignore"):
            used_inclusive = self._largest + np.log(total) / alphas.powertrain
        new_share, acquire_value = binary(self.choice.inclusive_kusd, used_inclusive, alphas.market)
        gain = self._trade_in_share * price_kusd - self._transaction_kusd
        keep_kusd = self.used_kusd + self.kappa_kusd - self._weights[:, None] * gain
        gain_odds = np.exp(alphas.keep * keep_kusd).ravel()
        odds = np.exp(-alphas.keep * acquire_value).take(self._in_market.kind_stratum)
        odds *= self._keep_odds
        odds *= gain_odds.take(self._gain_of_kind)
        odds += 1.0
        return new_share, np.divide(1.0, odds, out=odds)

    def _acquirers(self, acquire: Floats) -> tuple[Floats, Floats]:
        """Seats that trade in their car, (kinds,), and all that acquire one, (strata,)."""
        trading = self.owners * acquire
        carless = self._in_market.carless
        return trading, group_sum(trading, self._in_market.kind_stratum, carless.size) + carless
