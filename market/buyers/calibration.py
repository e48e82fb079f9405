"""Calibration to observed sales: targets of each quarter's demand constants, and the constants held afterward."""

import numpy as np
from scipy.special import ndtri

from agents.arrays import Floats
from agents.random.streams import Purpose, stream_key, uniforms
from market.base import quarters
from market.base.categories import GOODS, ICE
from market.buyers.car_market import Outcome, Recorded, VehicleMarket
from market.buyers.inversion import Constants, entrant_means, zeta_step
from market.buyers.parameters import Ownership
from market.buyers.used_prices import UsedSide
from market.exogenous.zones import Places
from market.vehicles import recorded_sales
from market.vehicles.products import Products

BASE_YEAR_QUARTERS = 4  # 2017: the year whose turnover is taken as observed (M20)
_FIRST_ROUNDS = 4  # rounds in which products' and zones' constants settle together in the first quarter


class Record:
    """Recorded sales, limits and levels, and the constants inverted to them.

    ``carried_xi``: the last constant of each product inverted while no supply limit bound, NaN if none.
    """

    def __init__(
        self, products: Products, places: Places, holding: Ownership, last_quarter: int, recorded_until: int
    ) -> None:
        self._products = products
        self._places = places
        self._holding = holding
        self.sales = recorded_sales.RecordedSales(products, recorded_until)
        self.limits = recorded_sales.supply_limits(products, self.sales.cars, last_quarter, recorded_until)
        self.registration_ratio = recorded_sales.bev_registration_ratio(places)
        self.carried_xi = np.full(products.size, np.nan)
        self.constants = Constants(
            xi=np.full(products.size, np.nan),
            zeta=np.zeros(places.size),
            used=np.zeros(GOODS),
            kappa=0.0,
            hazard=holding.look_share,
        )

    def total(self, quarter: int) -> float:
        """New cars recorded in a quarter; NaN after the observed data."""
        return float(self.sales.total[quarter]) if quarter <= quarters.LAST_RECORD else float("nan")

    def shares(self, quarter: int) -> Floats:
        """Recorded shares of powertrains in new sales, shape (powertrains,); NaN after the observed data."""
        if quarter > quarters.LAST_RECORD:
            return np.full(self.sales.by_powertrain.shape[1], np.nan)
        sold = self.sales.by_powertrain[quarter]
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
            limit=self.limits[quarter],
            carried_xi=self.carried_xi,
            base_year=base_year,
            keep_share=self._holding.keep_share,
            gasoline=self._products.powertrain == ICE,
        )
        constants = self.constants
        for _ in range(_FIRST_ROUNDS if quarter == 0 else 1):
            outcome = market.invert(used, price_kusd, constants, recorded)
            constants.zeta = constants.zeta + self._zeta_step(everyone, quarter, market)
        unlimited = np.isinf(recorded.limit) & ~np.isnan(constants.xi)
        self.carried_xi = np.where(unlimited, constants.xi, self.carried_xi)
        constants.remember(used.offered(outcome.flows.trade_ins))
        if quarter == BASE_YEAR_QUARTERS - 1:
            constants.fix_base_year(recorded.sales * recorded.gasoline)
        return outcome

    def _zeta_step(self, everyone: VehicleMarket, quarter: int, market: VehicleMarket) -> Floats:
        year = min(quarters.year(quarter) - quarters.FIRST_YEAR, len(self.registration_ratio) - 1)
        share = everyone.bev_share_by_zone(self.constants, self._places.size)
        return zeta_step(share, self.registration_ratio[year], self._places.seats, market.alphas)

    def hold(self, seed: int) -> None:
        """Hold the mean of the last quarters; products without data get that of similar ones plus a keyed draw."""
        draws = ndtri(uniforms(stream_key(seed, Purpose.ENTRANT_PRODUCT, 0), np.arange(self._products.size)))
        kin = entrant_means(self.constants.history, self._products.maker, self._products.powertrain)
        self.constants.hold(kin + self._holding.entrant_sd_kusd * draws)
