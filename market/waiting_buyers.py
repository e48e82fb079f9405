"""Buyers who wait for a better battery car, or hurry before a worse one: who they are and what they do (M3)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.expectations import QUARTERLY_DAMPING, QUARTERLY_GAINS, HoltForecast
from agents.waiting import pull_forward_share, waiting_share
from market.demand import Lookers, new_by_product, new_choice
from market.terms import money_weights
from market.vehicle_market import Outcome
from market.vocabulary import GOODS, INCOMES

if TYPE_CHECKING:
    from market.model import Market

AHEAD = QUARTERS_PER_YEAR  # how far buyers look (M3)


@dataclass(frozen=True)
class Ahead:
    """Seats due within a year and what they would do now.

    ``outcome``: that; ``bev_share``: (cells,) of those who acquire, who buy a battery car now and hurry; ``new``:
    (products,) and ``trade_ins``: (goods,) cars expected of them.
    """

    lookers: Lookers
    outcome: Outcome
    bev_share: Floats
    new: Floats
    trade_ins: Floats


class WaitingBuyers:
    """Who waits and who hurries; nobody to the origin, whose constants hold what buyers did then.

    ``gain_kusd``: (incomes,) expected of a year's wait; ``joined``, ``hurried``: expected seats of the quarter;
    ``pool``: seats that wait.
    """

    def __init__(self) -> None:
        self._forecast: HoltForecast | None = None
        self.gain_kusd: Floats = np.zeros(len(INCOMES))
        self.joined = 0.0
        self.hurried = 0.0
        self.pool = 0.0

    def look_ahead(self, market: "Market") -> None:
        """Gain expected of the mean battery car in a year over now (M3, M18).

        Prices by a damped trend, but for a fall that was announced, and what is announced now; credits as the
        law known has them.
        """
        price = np.array(_mean_of_bevs(market, market.offering.price_kusd) + market.offering.cut_kusd)
        start = HoltForecast(price, np.zeros(())) if self._forecast is None else self._forecast
        self._forecast = start.updated(price, *QUARTERLY_GAINS)
        self.gain_kusd, self.joined, self.hurried = np.zeros(len(INCOMES)), 0.0, 0.0
        if market.is_recorded:
            return
        fall = float(self._forecast.level - self._forecast.ahead(AHEAD, QUARTERLY_DAMPING))
        fall += market.offering.announced_fall_kusd(market.quarter, AHEAD)
        change = market.offering.expected_credit_kusd(market.quarter, AHEAD) - market.offering.credit_kusd
        by_income = np.broadcast_to(change.mean(axis=0), (len(INCOMES), market.products.size))
        credit = np.array([_mean_of_bevs(market, row) for row in by_income])
        self.gain_kusd = money_weights(market.parameters)[0, :, 0, 0] * (fall + credit)

    def waiting_share(self, market: "Market") -> Floats:
        """Share of those who would buy a battery car and have a car that wait, (incomes,)."""
        return waiting_share(self.gain_kusd, market.alphas.powertrain, market.parameters.trust.waiting_sensitivity)

    def hurrying_share(self, market: "Market") -> Floats:
        """Share of those due within a year who would buy a battery car that do so now, (incomes,)."""
        sensitivity = market.parameters.trust.waiting_sensitivity
        return market.hazard * pull_forward_share(self.gain_kusd, market.alphas.powertrain, sensitivity)

    def hold_back(self, market: "Market", outcome: Outcome) -> Outcome:
        """What buyers are expected to do less those who wait: they have a car and keep it."""
        share = self.waiting_share(market)
        if not share.any():
            return outcome
        lookers, flows = market.lookers, outcome.flows
        waits = share[lookers.income] * bev_share_of_acquirers(market, outcome)
        owners = flows.acquirers - lookers.carless
        self.joined = float((owners * waits).sum())
        trading = market.hazard * lookers.due * flows.acquire * (1.0 - waits[lookers.kind_cell])
        new = flows.new - bev_by_product(market, lookers, outcome, owners * flows.tables.new * share[lookers.income])
        less = replace(
            flows, new=new, trade_ins=group_sum(trading, lookers.kind_good, GOODS),
            acquirers=flows.acquirers - owners * waits, keepers=flows.keepers + self.joined,
        )  # fmt: skip
        return replace(outcome, flows=less, served_new=np.minimum(new, market.record.limits[market.quarter]))

    def see_ahead(self, market: "Market", outcome: Outcome, lookers: Lookers, share: Floats) -> Ahead:
        """What seats due within a year (``lookers``) would choose now, and who of them does: ``share``, (incomes,)."""
        constants = replace(market.record.constants, hazard=1.0)
        ahead = market.valued.market_for(lookers, market.market.values.listings)
        values = ahead.with_constants(constants)
        choice = new_choice(lookers, values, market.nests, market.alphas)
        flows = ahead.flows_at(values, choice, outcome.used_price_kusd, constants)
        shown = replace(outcome, flows=flows, choice=choice)
        hurry = share[lookers.income]
        new = bev_by_product(market, lookers, shown, flows.acquirers * flows.tables.new * hurry)
        bev = hurry * bev_share_of_acquirers(market, shown)
        trading = flows.acquire * lookers.due * bev[lookers.kind_cell]
        self.hurried = float(new.sum())
        return Ahead(lookers, shown, bev, new, group_sum(trading, lookers.kind_good, GOODS))

    def with_hurried(self, market: "Market", outcome: Outcome, ahead: Ahead) -> Outcome:
        """What buyers are expected to do with those who hurry."""
        flows = outcome.flows
        more = replace(flows, new=flows.new + ahead.new, trade_ins=flows.trade_ins + ahead.trade_ins)
        return replace(outcome, flows=more, served_new=np.minimum(more.new, market.record.limits[market.quarter]))


def _mean_of_bevs(market: "Market", values: Floats) -> float:
    """Mean over the battery cars on offer by their mix."""
    weight = market.offering.offers.mix_weight * market.products.is_bev
    return float((values * weight).sum() / weight.sum())


def bev_share_of_acquirers(market: "Market", outcome: Outcome) -> Floats:
    """Share of those who acquire a car that buy a new battery car, shape (cells,)."""
    choice, nests = outcome.choice, market.nests
    bev_nest = market.products.bev_nests()
    of_new = (choice.segment[:, nests.nest_segment] * choice.nest * bev_nest).sum(axis=1)
    return np.asarray(outcome.flows.tables.new * of_new)


def bev_by_product(market: "Market", lookers: Lookers, outcome: Outcome, new_buyers: Floats) -> Floats:
    """Battery cars, (products,), that these new-car buyers, (cells,), choose."""
    by_group = new_by_product(lookers, outcome.choice, market.nests, new_buyers)
    return np.asarray(by_group.sum(axis=0) * market.products.is_bev)
