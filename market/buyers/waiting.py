"""Purchase timing of BEV buyers: who waits for a better offer, who pulls a purchase forward (M3)."""

from dataclasses import dataclass, replace

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers.choice import Alphas, Nests
from agents.buyers.waiting import pull_forward_share, waiting_share
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import QUARTERLY_DAMPING, QUARTERLY_GAINS, HoltForecast
from market.base.categories import GOODS, INCOMES
from market.buyers.car_market import Outcome, VehicleMarket
from market.buyers.demand import InMarket, new_by_product
from market.buyers.inversion import Constants
from market.buyers.utility_terms import money_weights
from market.vehicles.products import Products

AHEAD = QUARTERS_PER_YEAR  # how far buyers look (M3)


@dataclass(frozen=True)
class Ahead:
    """Owners due within a year and what they would choose now.

    ``outcome``: that; ``bev_share``: (strata,) of those who acquire, who buy a BEV now and hurry; ``new``:
    (products,) and ``trade_ins``: (goods,) cars expected of them.
    """

    in_market: InMarket
    outcome: Outcome
    bev_share: Floats
    new: Floats
    trade_ins: Floats


class WaitingBuyers:
    """Buyers who wait or pull a purchase forward; none up to the origin, where the demand constants capture timing.

    ``sensitivity``: of buyers to better or worse offers ahead. ``gain_kusd``: (incomes,) expected of a year's wait;
    ``joined``, ``hurried``: expected seats of the quarter; ``pool``: seats that wait.
    """

    def __init__(
        self, products: Products, nests: Nests, alphas: Alphas, income_elasticity: float, sensitivity: float
    ) -> None:
        self._is_bev, self._bev_nest = products.is_bev, products.bev_nests()
        self._nests, self._alphas = nests, alphas
        self._money = money_weights(income_elasticity)[0, :, 0, 0]
        self._sensitivity = sensitivity
        self._weight: Floats = np.zeros(products.size)
        self._forecast: HoltForecast | None = None
        self.gain_kusd: Floats = np.zeros(len(INCOMES))
        self.joined = 0.0
        self.hurried = 0.0
        self.pool = 0.0

    def see(self, price_kusd: Floats, cut_kusd: float, mix_weight: Floats) -> None:
        """See the price of the mean BEV on offer; nobody gains by waiting until ``look_ahead`` says so (M18).

        ``price_kusd`` and ``mix_weight``: (products,); ``cut_kusd``: an announced fall that has come and is no trend.
        """
        self._weight = mix_weight * self._is_bev
        price = np.array(self._mean_of_bevs(price_kusd) + cut_kusd)
        start = HoltForecast(price, np.zeros(())) if self._forecast is None else self._forecast
        self._forecast = start.updated(price, *QUARTERLY_GAINS)
        self.gain_kusd, self.joined, self.hurried = np.zeros(len(INCOMES)), 0.0, 0.0

    def look_ahead(self, announced_fall_kusd: float, credit_change_kusd: Floats) -> None:
        """Gain expected of the mean BEV in a year over now, once ``see`` has seen today's price (M3, M18).

        Prices by a damped trend, but for a fall that was announced, and what is announced now; credits as the law known
        has them: ``credit_change_kusd``, (zones or 1, incomes, products), until then. Raises ValueError before ``see``.
        """
        if self._forecast is None:
            raise ValueError("buyers look ahead from prices they have seen: call see first")
        fall = float(self._forecast.level - self._forecast.ahead(AHEAD, QUARTERLY_DAMPING))
        fall += announced_fall_kusd
        by_income = np.broadcast_to(credit_change_kusd.mean(axis=0), (len(INCOMES), self._is_bev.size))
        credit = np.array([self._mean_of_bevs(row) for row in by_income])
        self.gain_kusd = self._money * (fall + credit)

    def waiting_share(self) -> Floats:
        """Share of those who would buy a BEV and have a car that wait, (incomes,)."""
        return waiting_share(self.gain_kusd, self._alphas.powertrain, self._sensitivity)

    def hurrying_share(self, hazard: float) -> Floats:
        """Share of those due within a year who would buy a BEV that do so now, (incomes,)."""
        return hazard * pull_forward_share(self.gain_kusd, self._alphas.powertrain, self._sensitivity)

    def hold_back(self, in_market: InMarket, hazard: float, outcome: Outcome, limit: Floats) -> Outcome:
        """What buyers are expected to do less those who wait: they have a car and keep it.

        ``hazard``: of seats due looking; ``limit``: (products,) most cars that can be delivered.
        """
        share = self.waiting_share()
        if not share.any():
            return outcome
        flows = outcome.flows
        waits = share[in_market.income] * self._bev_share_of_acquirers(outcome)
        owners = flows.acquirers - in_market.carless
        self.joined = float((owners * waits).sum())
        trading = hazard * in_market.due * flows.acquire * (1.0 - waits[in_market.kind_stratum])
        new = flows.new - self._bev_by_product(in_market, outcome, owners * flows.tables.new * share[in_market.income])
        less = replace(
            flows, new=new, trade_ins=group_sum(trading, in_market.kind_good, GOODS),
            acquirers=flows.acquirers - owners * waits, keepers=flows.keepers + self.joined,
        )  # fmt: skip
        return replace(outcome, flows=less, served_new=np.minimum(new, limit))

    def see_ahead(self, ahead: VehicleMarket, outcome: Outcome, constants: Constants, share: Floats) -> Ahead:
        """What seats due within a year would choose now, and who of them does: ``share``, (incomes,).

        ``ahead``: the market for these seats at the offers of now; ``outcome``: that of those in the market.
        """
        constants = replace(constants, hazard=1.0)
        values = ahead.with_constants(constants)
        choice = ahead.choice_at(values)
        flows = ahead.flows_at(values, choice, outcome.used_price_kusd, constants)
        shown = replace(outcome, flows=flows, choice=choice)
        hurry = share[ahead.in_market.income]
        new = self._bev_by_product(ahead.in_market, shown, flows.acquirers * flows.tables.new * hurry)
        bev = hurry * self._bev_share_of_acquirers(shown)
        trading = flows.acquire * ahead.in_market.due * bev[ahead.in_market.kind_stratum]
        self.hurried = float(new.sum())
        return Ahead(ahead.in_market, shown, bev, new, group_sum(trading, ahead.in_market.kind_good, GOODS))

    def _mean_of_bevs(self, values: Floats) -> float:
        """Mean over the BEVs on offer by their mix."""
        return float((values * self._weight).sum() / self._weight.sum())

    def _bev_share_of_acquirers(self, outcome: Outcome) -> Floats:
        """Share of those who acquire a car that buy a new BEV, shape (strata,)."""
        choice = outcome.choice
        of_new = (choice.segment[:, self._nests.nest_segment] * choice.nest * self._bev_nest).sum(axis=1)
        return np.asarray(outcome.flows.tables.new * of_new)

    def _bev_by_product(self, in_market: InMarket, outcome: Outcome, new_buyers: Floats) -> Floats:
        """BEVs, (products,), that these new-car buyers, (strata,), choose."""
        by_group = new_by_product(in_market, outcome.choice, self._nests, new_buyers)
        return np.asarray(by_group.sum(axis=0) * self._is_bev)


def with_hurried(outcome: Outcome, ahead: Ahead, limit: Floats) -> Outcome:
    """What buyers are expected to do with those who hurry; ``limit``: (products,) most cars that can be delivered."""
    flows = outcome.flows
    more = replace(flows, new=flows.new + ahead.new, trade_ins=flows.trade_ins + ahead.trade_ins)
    return replace(outcome, flows=more, served_new=np.minimum(more.new, limit))
