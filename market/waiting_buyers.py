"""Buyers who wait for a better battery car, or hurry before a worse one: who they are and what they do (M3)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.choice import Floats, Ints, group_sum
from agents.draws import KEEP, NEW
from agents.expectations import QUARTERLY_DAMPING, QUARTERLY_GAINS, HoltForecast
from agents.luck import Purpose, stream_key, uniforms
from agents.waiting import pull_forward_share, waiting_share
from market import quarters
from market.demand import Lookers, new_by_product, new_choice
from market.terms import money_weights
from market.trades import Drawing, Drawn, all_of
from market.vehicle_market import Outcome
from market.vocabulary import GOODS, INCOMES

if TYPE_CHECKING:
    from market.model import Market

_AHEAD = quarters.QUARTERS_PER_YEAR  # how far buyers look (M3)
_NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Hurried:
    """Seats due within a year that buy a battery car now: as drawn, and expected cars by product and trade-ins."""

    drawn: Drawn
    new: Floats
    trade_ins: Floats


class WaitingBuyers:
    """Who waits and who hurries; nobody to the origin, whose constants hold what buyers did then.

    ``gain_kusd``: (incomes,) expected of a year's wait; ``joined``, ``hurried``: expected seats of the quarter;
    ``pool``: seats drawn that wait.
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
        fall = float(self._forecast.level - self._forecast.ahead(_AHEAD, QUARTERLY_DAMPING))
        fall += market.offering.announced_fall_kusd(market.quarter, _AHEAD)
        change = market.offering.expected_credit_kusd(market.quarter, _AHEAD) - market.offering.credit_kusd
        by_income = np.broadcast_to(change.mean(axis=0), (len(INCOMES), market.products.size))
        credit = np.array([_mean_of_bevs(market, row) for row in by_income])
        self.gain_kusd = money_weights(market.parameters)[0, :, 0, 0] * (fall + credit)

    def _waiting(self, market: "Market") -> Floats:
        return waiting_share(self.gain_kusd, market.alphas.powertrain, market.parameters.trust.waiting_sensitivity)

    def _hurrying(self, market: "Market") -> Floats:
        return pull_forward_share(self.gain_kusd, market.alphas.powertrain, market.parameters.trust.waiting_sensitivity)

    # Those who wait

    def hold_back(self, market: "Market", outcome: Outcome) -> Outcome:
        """What buyers are expected to do less those who wait: they have a car and keep it."""
        share = self._waiting(market)
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

    def wait(self, market: "Market", drawn: Drawn) -> tuple[Drawn, Ints]:
        """Drawn buyers of battery cars who have a car and wait keep it; returns their rows too."""
        share = self._waiting(market)
        if not share.any():
            return drawn, _NOBODY
        waits = self._moved(market, drawn, share) & (drawn.own >= 0)
        kind = np.where(waits, KEEP, drawn.kind).astype(np.int8)
        return replace(drawn, kind=kind), drawn.rows[waits]

    def _moved(self, market: "Market", drawn: Drawn, share: Floats) -> NDArray[np.bool_]:
        """Drawn buyers of battery cars whose luck makes them wait or hurry, by their income's share."""
        buys_bev = (drawn.kind == NEW) & market.products.is_bev[np.maximum(drawn.item, 0)]
        rows = drawn.rows[buys_bev]
        luck = uniforms(stream_key(market.seed, Purpose.WAITING, market.quarter), rows)
        buys_bev[buys_bev] = luck < share[market.fleet.income_of(rows)]
        return np.asarray(buys_bev)

    def send_home(self, market: "Market", rows: Ints) -> None:
        """Those who wait look again with a constant hazard, from the next quarter on."""
        consumers, hazard = market.fleet.consumers, market.parameters.trust.return_hazard
        luck = uniforms(stream_key(market.seed, Purpose.WAITING_TIME, market.quarter), rows)
        longer = np.zeros(rows.size) if hazard >= 1.0 else np.floor(np.log(luck) / np.log(1.0 - hazard))
        consumers.start_waiting(rows, (market.quarter + 1 + longer).astype(np.int64))
        self.pool = consumers.waiting(market.quarter).size * market.fleet.weight

    # Those who hurry

    def bring_forward(self, market: "Market", outcome: Outcome) -> Hurried | None:
        """Seats due within a year, the pool among them, whose draw is a battery car and who buy it now."""
        share = market.hazard * self._hurrying(market)
        if not share.any():
            return None
        lookers = market.fleet.count_due_within(market.quarter, _AHEAD)
        if not lookers.due.size:
            return None
        constants = replace(market.record.constants, hazard=1.0)
        ahead = market.valued.market_for(lookers, market.market.values.listings)
        values = ahead.with_constants(constants)
        choice = new_choice(lookers, values, market.nests, market.alphas)
        flows = ahead.flows_at(values, choice, outcome.used_price_kusd, constants)
        shown = replace(outcome, flows=flows, choice=choice)
        hurry = share[lookers.income]
        new = bev_by_product(market, lookers, shown, flows.acquirers * flows.tables.new * hurry)
        trading = flows.acquire * lookers.due * (hurry * bev_share_of_acquirers(market, shown))[lookers.kind_cell]
        self.hurried = float(new.sum())
        consumers, quarter = market.fleet.consumers, market.quarter
        drawing = Drawing(consumers, lookers, flows, market.nests, 1.0, market.seed, quarter)

        def hurrying(piece: slice) -> Drawn:
            drawn = drawing.of_owners(consumers.due_of(piece, quarter, quarter + _AHEAD))
            return drawn.picked(self._moved(market, drawn, share))

        hurried = all_of(consumers.work.over(consumers.size, hurrying))
        return Hurried(hurried, new, group_sum(trading, lookers.kind_good, GOODS))


def with_hurried(outcome: Outcome, hurried: Hurried, limit: Floats) -> Outcome:
    """What buyers are expected to do with those who hurry; ``limit``: (products,) cars that can be delivered."""
    flows = outcome.flows
    more = replace(flows, new=flows.new + hurried.new, trade_ins=flows.trade_ins + hurried.trade_ins)
    return replace(outcome, flows=more, served_new=np.minimum(more.new, limit))


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
