"""The used market of a run: cohorts, recorded prices, loss of value with age, obsolescence, warnings (M20)."""

import numpy as np

from agents.arrays import Bools, Floats
from agents.buyers import valuation
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_codes import Counts
from market.base.categories import AGE_BUCKETS, GOODS, KINDS
from market.base.clock import Clock
from market.base.tables import TableError
from market.buyers.parameters import Buyers, Ownership
from market.buyers.used_goods import (
    ABSENT_CARS,
    KIND_OF_GOOD,
    AgeLoss,
    CohortWorth,
    NewCars,
    Obsolescence,
    fitted_age_loss,
    priced_by_age,
    thin_goods,
)
from market.buyers.used_validity import UsedWarnings, comparable_new_kusd
from market.vehicles.cohort_mix import CohortMix, CohortMixes
from market.vehicles.products import Offers, Products
from market.vehicles.recorded_retention import recorded_retention
from market.vehicles.recorded_sales import base_retention

_TRADE_GAIN = 0.25  # a quarter's weight in the usual share of a good in trade-ins: judgment, as for resale (M18)
RESALE_GOOD = np.arange(len(KINDS)) * len(AGE_BUCKETS) + 1
"""The good of each kind that holds five-year-old cars, at which buyers expect to sell, shape (kinds,)."""


def _refuse_unpriced(new_price_kusd: Floats) -> None:
    """Raise TableError for a kind of cars of which no product is new in 2017; ``new_price_kusd``: (goods,)."""
    for good in np.flatnonzero(~(new_price_kusd > 0.0))[:1]:
        kind = KINDS[KIND_OF_GOOD[good]]
        raise TableError(
            f"tables products and product_quarters have no new {kind} in 2017, to price used ones; add one"
        )


class UsedMarket:
    """What used cars are, beside the prices at which they trade.

    ``mix``: the cohorts in each good; ``price_when_new_kusd``: (goods,) what its cars cost when new, mean over cohorts;
    ``thin``: (goods,) those with too few cars for a price of their own; ``trade_share``: (goods,) of usual trade-ins;
    ``age_loss``: how value falls with age, fitted each year end and at the origin; ``obsolescence`` and ``warnings``
    since the origin.
    """

    def __init__(
        self, buyers: Buyers, holding: Ownership, products: Products, new_price_kusd: Floats, origin: int
    ) -> None:
        """``new_price_kusd``: (years, kinds), the table that new cars' prices are written to as they come."""
        self._products = products
        self._range_value_kusd = buyers.range_value_kusd
        self._power_value_kusd = holding.power_value_kusd
        self._enough_cars = holding.thin_good_cars
        self._new_price_kusd = new_price_kusd
        self.know_until(origin)
        self._base = base_retention()
        self._mixes = CohortMixes(buyers.horizon_years)
        self.mix: CohortMix = self._mixes.at(0, np.zeros((256, 256)))
        self.price_when_new_kusd = new_price_kusd[0, KIND_OF_GOOD]
        _refuse_unpriced(self.price_when_new_kusd)
        self.thin: Bools = np.ones(GOODS, dtype=np.bool_)
        self.trade_share: Floats = np.zeros(GOODS)
        self.age_loss: AgeLoss | None = None
        self._worth: CohortWorth | None = None
        self._listings: Floats = np.zeros(GOODS)
        self.obsolescence = Obsolescence(holding.obsolescence)
        self.warnings = UsedWarnings()

    def know_until(self, last_known: int) -> None:
        """Read no recorded retention after a quarter, the origin; the prices of quarters to come follow."""
        self._recorded = recorded_retention(last_known)

    @property
    def base_price_kusd(self) -> Floats:
        """Price of each good's cars at the retention of the base year, shape (goods,)."""
        return np.asarray(self._base * self.price_when_new_kusd)

    def open(self, clock: Clock, cars: Counts, weight: float) -> None:
        """See the cars of a quarter by type and age in quarters, (256, 256), each standing for ``weight`` real ones."""
        self.mix = self._mixes.at(clock.quarter, cars)
        self.price_when_new_kusd = self.mix.of_years(self._new_price_kusd)
        self.thin = thin_goods(self.mix.cars * weight, self.thin, self._enough_cars)

    def see_new_cars(self, clock: Clock, offers: Offers, net_price_kusd: Floats, used_price_kusd: Floats) -> None:
        """See the new cars of a quarter, (products,), beside the used prices of the last one, (goods,)."""
        is_bev = self._products.is_bev
        miles = np.where(is_bev, offers.range_miles, valuation.REFERENCE_RANGE_MILES)
        worth = valuation.range_value_kusd(np.maximum(miles, 1.0), self._range_value_kusd)
        power = np.where(offers.power_kw > 0.0, offers.power_kw, 1.0)
        new_cars = NewCars(offers, net_price_kusd, worth + self._power_value_kusd * np.log(power))
        self.obsolescence.see(new_cars, used_price_kusd, after_origin=not clock.is_recorded)

    def fit_age_loss(self, clock: Clock, constant_kusd: Floats, listings: Floats) -> Floats:
        """Fit the loss of value with age to a year's last constants, (goods,), and value goods without cars by it.

        Returns the constants; in other quarters they are as they were.
        """
        self._listings = listings
        if clock.quarter % QUARTERS_PER_YEAR != QUARTERS_PER_YEAR - 1:
            return constant_kusd
        self.age_loss = self._fitted(clock.quarter, constant_kusd)
        return np.where(listings > ABSENT_CARS, constant_kusd, self.age_loss.constant_kusd)

    def hold(self, origin: int, constant_kusd: Floats) -> None:
        """Divide the constants that are held, (goods,), into the loss with age and what cohorts carry on."""
        self.age_loss = self._fitted(origin, constant_kusd)
        lost_share = 1.0 - self._recorded[origin]
        self._worth = CohortWorth(self.mix, self.age_loss, self._new_price_kusd, lost_share)

    def held_constant_kusd(self) -> Floats:
        """Constants of used goods after the origin, by the cohorts now in them, k$, (goods,). Call ``hold`` before."""
        if self._worth is None:
            raise ValueError("constants of used goods are held at the origin: call hold first")
        return self._worth.constant_kusd(self.mix)

    def _fitted(self, quarter: int, constant_kusd: Floats) -> AgeLoss:
        lost_share = 1.0 - self._recorded[quarter]
        return fitted_age_loss(constant_kusd, self.price_when_new_kusd, lost_share, self._listings)

    def see_trade_ins(self, trade_ins: Floats) -> None:
        """See the cars traded in, (goods,): their usual share, ``trade_share``, follows."""
        share = trade_ins / trade_ins.sum()
        gain = _TRADE_GAIN if self.trade_share.any() else 1.0
        self.trade_share = self.trade_share + gain * (share - self.trade_share)

    def opening_price_kusd(self, clock: Clock, used_price_kusd: Floats) -> Floats:
        """Prices before clearing, (goods,): recorded ones, or those of the last quarter with thin goods by age."""
        if clock.is_recorded:
            return np.asarray(self._recorded[clock.quarter] * self.price_when_new_kusd)
        usual = self._recorded[-1] * self.price_when_new_kusd
        return priced_by_age(used_price_kusd, usual, self.thin)

    def retention(self, used_price_kusd: Floats) -> Floats:
        """Used prices over what the same cars cost when new, shape (goods,)."""
        return np.asarray(used_price_kusd / self.price_when_new_kusd)

    def warn(
        self, clock: Clock, offers: Offers, net_price_kusd: Floats, limit: Floats, listings: Floats, price_kusd: Floats
    ) -> None:
        """Count where prices of a quarter, (goods,), go beyond what the model stands for; ``limit``: (products,)."""
        comparable = comparable_new_kusd(net_price_kusd, offers, self._products, self.mix.segment_share)
        rationed = np.zeros(len(KINDS), dtype=np.bool_)
        rationed[offers.kind[offers.on_offer & np.isfinite(limit)]] = True
        self.warnings.see(
            price_kusd, comparable, rationed[KIND_OF_GOOD], listings, self.thin, after_origin=not clock.is_recorded
        )
