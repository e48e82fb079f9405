"""Calibration to observed sales: targets of each quarter's demand constants, and the constants used afterward."""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.arrays import Floats
from agents.buyers.choice import Alphas, Nests
from agents.random.streams import Purpose, stream_key, uniforms
from market.base import quarters
from market.base.categories import GOODS, ICE
from market.buyers.car_market import Outcome, Recorded, VehicleMarket
from market.buyers.constant_filter import ConstantHistory
from market.buyers.constant_path import ConstantPath
from market.buyers.hedonic import Hedonic, Slope, fitted_hedonic
from market.buyers.inversion import (
    HELD_QUARTERS,
    HIGHEST_HAZARD,
    LOWEST_HAZARD,
    Constants,
    entrant_means,
    xi_step,
    zeta_step,
)
from market.buyers.parameters import ConstantLaw, Ownership
from market.buyers.used_prices import UsedSide
from market.exogenous.zones import Places
from market.vehicles import recorded_sales
from market.vehicles.products import Products
from market.vehicles.supply_limits import opening_books, recorded_demand, supply_limits

BASE_YEAR_QUARTERS = 4  # 2017: the year whose turnover is taken as observed (M20)
_FIRST_ROUNDS = 4  # rounds in which products' and zones' constants settle together in the first quarter


@dataclass(frozen=True)
class _Inverted:
    """A quarter's constants: ``xi_kusd`` and ``limited``, a lower bound, (products,), and ``zeta_kusd``, (zones,).

    ``look_share``: of owners due who looked for a car, NaN where total sales do not tell it.
    """

    xi_kusd: Floats
    limited: NDArray[np.bool_]
    zeta_kusd: Floats
    look_share: float


class Record:
    """Recorded sales, limits and levels, and the constants inverted to them.

    ``carried_xi``: the last constant of each product inverted while its demand was known, NaN if none. ``rule``: which
    of ``CONSTANT_RULES`` is used after the origin. ``law``: how constants move; ``hedonic``: slopes in place of those
    fitted to the origin, None unless a hindcast sets them. Limits after ``limited_until`` are not imposed.
    """

    def __init__(
        self,
        products: Products,
        places: Places,
        holding: Ownership,
        law: ConstantLaw,
        rule: str,
        last_quarter: int,
        recorded_until: int,
        limited_until: int,
    ) -> None:
        self._products = products
        self.law, self.rule = law, rule
        self.hedonic: Hedonic | None = None
        self._inverted: list[_Inverted] = []
        self._path: ConstantPath | None = None
        self._places = places
        self._holding = holding
        self.sales = recorded_sales.RecordedSales(products, recorded_until)
        self.limits = supply_limits(products, self.sales.cars, last_quarter, limited_until)
        self.demand = recorded_demand(
            products, self.sales.cars, self.limits, holding.order_cancel, waits_tell=holding.waits_tell_orders
        )
        self.registration_ratio = recorded_sales.bev_registration_ratio(places)
        self.carried_xi = np.full(products.size, np.nan)
        self._hazards: deque[float] = deque(maxlen=HELD_QUARTERS)
        self._held_hazard = holding.look_share
        self.constants = Constants(
            xi=np.full(products.size, np.nan),
            zeta=np.zeros(places.size),
            used=np.zeros(GOODS),
            kappa=0.0,
            hazard=holding.look_share,
        )

    def opening_books(self, origin: int) -> Floats:
        """Orders open by product when the record ends, cars, (products,)."""
        return opening_books(self._products, self.sales.cars, self.limits, origin)

    def total(self, quarter: int) -> float:
        """New cars recorded in a quarter; NaN after the observed data."""
        return float(self.sales.total[quarter]) if quarter <= quarters.LAST_RECORD else float("nan")

    def shares(self, quarter: int) -> Floats:
        """Recorded shares of powertrains in new sales, shape (powertrains,); NaN where nothing is recorded."""
        sold = self.sales.by_powertrain[min(quarter, quarters.LAST_RECORD)]
        if quarter > quarters.LAST_RECORD or not sold.any():
            return np.full(sold.size, np.nan)
        return np.asarray(sold / sold.sum())

    def invert(
        self,
        market: VehicleMarket,
        everyone: VehicleMarket,
        used: UsedSide,
        price_kusd: Floats,
        quarter: int,
    ) -> Outcome:
        """Find the quarter's constants (in place) and what follows from them.

        ``price_kusd``: (goods,) recorded used prices;
        ``everyone``: the market in which all classes of all zones buy new, for the zones' constants.
        """
        base_year = quarter < BASE_YEAR_QUARTERS
        recorded = Recorded(
            sales=self.sales.cars[quarter],
            demand=self.demand[quarter],
            limit=self.limits[quarter],
            hazard=self._carried_hazard(quarter),
            carried_xi=self.carried_xi,
            base_year=base_year,
            keep_share=self._holding.keep_share,
            gasoline=self._products.powertrain == ICE,
        )
        constants = self.constants
        for _ in range(_FIRST_ROUNDS if quarter == 0 else 1):
            outcome = market.invert(used, price_kusd, constants, recorded)
            constants.zeta = constants.zeta + self._zeta_step(everyone, quarter, market)
        known = ~recorded.bounded & ~np.isnan(constants.xi)
        self.carried_xi = np.where(known, constants.xi, self.carried_xi)
        if recorded.hazard is None:
            self._hazards.append(constants.hazard)
        constants.remember(used.offered(outcome.flows.trade_ins))
        self._note(outcome, recorded, market.nests, market.alphas)
        if quarter == BASE_YEAR_QUARTERS - 1:
            constants.fix_base_year(recorded.sales * recorded.gasoline)
        return outcome

    def _carried_hazard(self, quarter: int) -> float | None:
        """Mean hazard of the last quarters in which total sales tell it; None where they do.

        Where gasoline cars are limited deliveries do not say how many wanted a car. A run at such a quarter must not
        know the first one after it, so the hazard is carried forward in all runs.
        """
        gasoline = self._products.powertrain == ICE
        limited = np.isfinite(self.limits[quarter, gasoline]).any()
        return float(np.mean(self._hazards)) if limited and self._hazards else None

    def _zeta_step(self, everyone: VehicleMarket, quarter: int, market: VehicleMarket) -> Floats:
        year = min(quarters.year(quarter) - quarters.FIRST_YEAR, len(self.registration_ratio) - 1)
        share = everyone.bev_share_by_zone(self.constants, self._places.size)
        return zeta_step(share, self.registration_ratio[year], self._places.seats, market.alphas)

    def _note(self, outcome: Outcome, recorded: Recorded, nests: Nests, alphas: Alphas) -> None:
        """Keep what the filter needs: where deliveries are a lower bound of demand, the constant that sells them."""
        xi, limited = self.constants.xi, recorded.bounded
        back = xi_step(outcome.flows.new, recorded.target, nests, alphas, recorded.sales > 0)
        bound = np.where(limited, xi + np.minimum(back, 0.0), xi)
        told = recorded.hazard is None and not recorded.base_year
        look_share = self.constants.hazard if told else np.nan
        self._inverted.append(_Inverted(bound, limited, self.constants.zeta.copy(), look_share))

    def history(self) -> ConstantHistory:
        """The constants inverted so far and what they are filtered with."""
        past, products = self._inverted, self._products
        known = slice(0, len(past))
        return ConstantHistory(
            xi_kusd=np.stack([each.xi_kusd for each in past]),
            limited=np.stack([each.limited for each in past]),
            sales=self.sales.cars[known],
            price_kusd=products.recorded_price_kusd[known],
            range_miles=np.stack([products.at(quarter).range_miles for quarter in range(len(past))]),
            own_quarter=self.sales.own_quarter[known],
            zeta_kusd=np.stack([each.zeta_kusd for each in past]),
            maker=products.maker,
            powertrain=products.powertrain,
            look_share=np.array([each.look_share for each in past]),
        )

    def hold(self, seed: int | None, alpha_product: float) -> None:
        """Hold the mean of the last quarters, then let xi and zeta follow the rule; called once, after the origin.

        Under the rules ``mean`` and ``last`` products without data get the mean of similar ones. With a seed a keyed
        draw is added to it, and innovations of the filter are drawn.
        """
        draws = np.zeros(self._products.size)
        if seed is not None:
            draws = ndtri(uniforms(stream_key(seed, Purpose.ENTRANT_PRODUCT, 0), np.arange(self._products.size)))
        kin = entrant_means(self.constants.history, self._products.maker, self._products.powertrain)
        self.constants.hold(kin + self._holding.entrant_sd_kusd * draws)
        self._held_hazard = self.constants.hazard
        if self.rule == "last":
            self.constants.take_last()
        if self.rule == "filter":
            history = self.history()
            own = fitted_hedonic(history.priced_rows())
            hedonic = self.hedonic or replace(own, within=Slope(self.law.price_change_slope, 0.0, 0))
            self._path = ConstantPath(history, hedonic, self.law, alpha_product, seed)
            self.constants.zeta = self._path.zeta_kusd

    def move(self, quarter: int, on_offer: NDArray[np.bool_]) -> None:
        """Move the constants to a quarter after the origin; ``on_offer``: (products,)."""
        if self._path is not None:
            self.constants.xi = self._path.step(self._products.recorded_price_kusd[quarter], on_offer)
            looking = self._held_hazard * self._path.look_factor
            self.constants.hazard = min(max(looking, LOWEST_HAZARD), HIGHEST_HAZARD)
