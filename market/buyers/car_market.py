"""The car market of one quarter: values, inversion or clearing, and the flows that follow (M1, M2, M20)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, group_sum
from agents.buyers.choice import Alphas, ChoiceRule, Nests, NewVehicleChoice, nested_logit
from market.buyers.acquisition import Acquisition
from market.buyers.demand import Flows, InMarket, Totals, Values, new_choice
from market.buyers.inversion import (
    Constants,
    hazard_for,
    kappa_step,
    total_step,
    used_gap,
    used_step,
    weighted_mean,
    xi_step,
)
from market.buyers.used_prices import Cleared, UsedSide, clear_prices

_MOST_ROUNDS = 60
_CLOSE_ENOUGH = 2e-3  # largest miss of a product's sales, as a share of them
_FEW_CARS = 20.0  # a product that sells fewer is judged as if it sold so many
_CLOSE_SHARE = 1e-3  # largest miss of the share of keepers in the base year
_CLOSE_GOOD = 1e-3  # largest miss of a used good's demand, of its own
_SHIFT_STEP = 0.5  # damping of the common shift of constants when the hazard is at a bound


@dataclass(frozen=True)
class Recorded:
    """Targets of the inversion in a quarter. ``sales``, ``demand``, ``limit``, ``carried_xi``: (products,).

    ``demand``: cars wanted, NaN where sales are only a lower bound of it. ``carried_xi`` is the last constant inverted
    while demand was known, NaN if there is none. ``hazard``: that of looking where total sales do not tell it, else
    None. In the base year the constant of keeping and the total level are inverted too.
    """

    sales: Floats
    demand: Floats
    limit: Floats
    hazard: float | None
    carried_xi: Floats
    base_year: bool
    keep_share: float
    gasoline: NDArray[np.bool_]

    @property
    def bounded(self) -> NDArray[np.bool_]:
        """Products whose demand is known to be at least their sales and no more, shape (products,)."""
        return np.isnan(self.demand)

    @property
    def target(self) -> Floats:
        """Demand where it is known and sales where not, shape (products,)."""
        return np.where(self.bounded, self.sales, self.demand)

    def served(self, flows: Totals) -> Floats:
        """New cars delivered of what is wanted, shape (products,)."""
        return np.minimum(flows.new, self.limit)

    def counted(self, flows: Totals) -> Floats:
        """What is set against ``target``: expected demand, or what is served of it where that is all that is known."""
        return np.where(self.bounded, self.served(flows), flows.new)


@dataclass(frozen=True)
class Outcome:
    """Expected choices at the prices of the quarter."""

    flows: Flows
    choice: NewVehicleChoice
    values: Values
    used_price_kusd: Floats
    served_new: Floats
    cleared: Cleared

    @property
    def served_share(self) -> Floats:
        """Share of the demand for each product that is served, 1 where there is none, shape (products,)."""
        wanted = self.flows.new
        return np.where(wanted > 0, self.served_new / np.where(wanted > 0, wanted, 1.0), 1.0)


@dataclass(frozen=True)
class VehicleMarket:
    """A quarter's car market without its demand constants; ``values`` are net of them."""

    in_market: InMarket
    values: Values
    nests: Nests
    alphas: Alphas
    bev_product: NDArray[np.bool_]
    bev_good: NDArray[np.bool_]
    zone_of_group: NDArray[np.int64]
    trade_in_share: float
    transaction_kusd: float
    choose: ChoiceRule = nested_logit

    def with_constants(self, constants: Constants) -> Values:
        """Values with xi, zeta and the constants of used goods put in."""
        service = self.values.service + constants.used
        service[:, self.bev_good] += constants.zeta[self.in_market.zone][:, None]
        return replace(self._with_new_constants(constants), service=service)

    def _with_new_constants(self, constants: Constants) -> Values:
        """Values with xi and zeta put in for new cars."""
        new = self.values.new + np.nan_to_num(constants.xi)
        new[:, self.bev_product] += constants.zeta[self.zone_of_group][:, None]
        return replace(self.values, new=new)

    def choice_at(self, values: Values) -> NewVehicleChoice:
        """Choice among new vehicles at these values."""
        return new_choice(self.in_market, values, self.nests, self.alphas, self.choose)

    def flows_at(self, values: Values, choice: NewVehicleChoice, price_kusd: Floats, constants: Constants) -> Flows:
        """Expected flows at used prices (goods,)."""
        return self._acquisition(values, choice, constants).flows_at(price_kusd, self.nests)

    def _acquisition(self, values: Values, choice: NewVehicleChoice, constants: Constants) -> Acquisition:
        return Acquisition(
            self.in_market, values, choice, self.alphas, constants.kappa, constants.hazard, self.trade_in_share,
            self.transaction_kusd,
        )  # fmt: skip

    def clear(self, used: UsedSide, price_kusd: Floats, constants: Constants, limit: Floats) -> Outcome:
        """Clear the used market with given constants; dealers go part of the way from ``price_kusd``, (goods,) (M20).

        Raises ClearingError if no prices clear it.
        """
        values = self.with_constants(constants)
        choice = self.choice_at(values)
        tree = self._acquisition(values, choice, constants)
        cleared = clear_prices(price_kusd, tree.response_at, used)
        asked = price_kusd ** (1.0 - used.adjustment) * cleared.price_kusd**used.adjustment
        flows = tree.flows_at(asked, self.nests)
        served = np.minimum(flows.new, limit)
        return Outcome(flows, choice, values, asked, served, cleared)

    def invert(self, used: UsedSide, price_kusd: Floats, constants: Constants, record: Recorded) -> Outcome:
        """Move the constants until expected sales are the recorded ones; they are changed in place.

        Used prices, (goods,), are recorded; constants of used goods make demand for each the same share of what is
        offered. What is left over in all goods together dealers take into stock.
        """
        free = record.sales > 0
        constants.xi = np.where(free & np.isnan(constants.xi), 0.0, constants.xi)
        constants.hazard = constants.hazard if record.hazard is None else record.hazard
        start, started = self.with_constants(constants), constants.used
        tree = self._acquisition(start, self.choice_at(start), constants)
        flows, shift = tree.totals_at(price_kusd, self.nests), 0.0
        for _ in range(_MOST_ROUNDS):
            miss = (np.abs(record.counted(flows) - record.target) / np.maximum(record.target, _FEW_CARS)).max()
            if miss <= _CLOSE_ENOUGH and self._used_settled(flows, used, record):
                break
            shift = self._improve(flows, used, constants, record, free, shift)
            choice = self.choice_at(self._with_new_constants(constants))
            tree = tree.moved(choice, constants.used - started, constants.kappa, constants.hazard)
            flows = tree.totals_at(price_kusd, self.nests)
        outcome = self._outcome(tree, used, price_kusd, constants, record)
        constants.xi = np.where(free, constants.xi, np.nan)
        return outcome

    def _outcome(
        self, tree: Acquisition, used: UsedSide, price_kusd: Floats, constants: Constants, record: Recorded
    ) -> Outcome:
        """What households are expected to choose at constants; ``tree``: their upper levels of choice at these."""
        flows = tree.flows_at(price_kusd, self.nests)
        cleared = Cleared(price_kusd, 0, _largest_gap(flows, used))
        return Outcome(flows, tree.choice, self.with_constants(constants), price_kusd, record.served(flows), cleared)

    def _used_settled(self, flows: Totals, used: UsedSide, record: Recorded) -> bool:
        kept = abs(flows.keepers / flows.owners - record.keep_share)
        return _largest_gap(flows, used) < _CLOSE_GOOD and not (record.base_year and kept >= _CLOSE_SHARE)

    def _improve(
        self,
        flows: Totals,
        used: UsedSide,
        constants: Constants,
        record: Recorded,
        free: NDArray[np.bool_],
        shift: float,
    ) -> float:
        """One step of all constants toward the record; returns the shift of gasoline constants at a bound.

        A limited product whose carried constant already sells its limit keeps it.
        """
        offered = used.offered(flows.trade_ins)
        gap = used_gap(flows.used, offered)
        constants.used = constants.used + used_step(gap, constants.used, offered, self.alphas)
        at_floor = record.bounded & (constants.xi <= record.carried_xi)
        satisfied = at_floor & (flows.new >= record.sales)
        counted, target = np.where(at_floor, record.served(flows), flows.new), record.target
        constants.xi = constants.xi + xi_step(counted, target, self.nests, self.alphas, free)
        if record.base_year or record.hazard is not None:
            constants.xi = constants.xi + total_step(float(counted.sum()), float(target.sum()), self.alphas)
        if record.base_year:
            constants.kappa += kappa_step(flows.keepers, flows.owners, record.keep_share, self.alphas)
        elif record.hazard is None:
            shift = self._move_hazard(flows, constants, record, shift)
        constants.xi = np.where(record.bounded, np.fmax(constants.xi, record.carried_xi), constants.xi)
        constants.xi = np.where(satisfied, record.carried_xi, constants.xi)
        return shift

    def _move_hazard(self, flows: Totals, constants: Constants, record: Recorded, shift: float) -> float:
        """Let the hazard meet the total with the mean of gasoline constants fixed; ``shift`` helps at its bounds."""
        carless_new = flows.carless_new
        due_new = max(float(record.served(flows).sum()) - carless_new, 0.0) / constants.hazard
        target = float(record.sales.sum())
        constants.hazard = hazard_for(due_new, carless_new, target)
        reached = constants.hazard * due_new + carless_new
        if abs(reached / target - 1.0) > _CLOSE_SHARE:
            shift += _SHIFT_STEP * total_step(reached, target, self.alphas)
        mean = weighted_mean(constants.xi, record.sales * record.gasoline)
        constants.xi = constants.xi - (mean - constants.gasoline_mean_kusd - shift)
        return shift

    def new_by_zone(self, outcome: Outcome, zones: int) -> Floats:
        """Expected sales of new cars by zone, shape (zones,): each product serves all zones alike."""
        tables = outcome.flows.tables
        wanted = outcome.flows.acquirers * tables.new
        if (outcome.served_share < 1.0).any():
            by_nest = tables.segment[:, self.nests.nest_segment] * tables.nest
            products = by_nest[:, self.nests.product_nest] * tables.product[tables.group]
            wanted = wanted * (products @ outcome.served_share)
        return group_sum(wanted, self.in_market.zone, zones)

    def bev_share_by_zone(self, constants: Constants, zones: int) -> Floats:
        """Expected BEV share of new cars by zone if all carless seats bought new, shape (zones,)."""
        choice = self.choice_at(self._with_new_constants(constants))
        bev_nest = self.bev_product[self.nests.nest_starts]
        share = (choice.segment[:, self.nests.nest_segment] * choice.nest * bev_nest).sum(axis=1)
        seats = self.in_market.carless
        zone = self.in_market.zone
        return group_sum(share * seats, zone, zones) / group_sum(seats, zone, zones)


def _largest_gap(flows: Totals, used: UsedSide) -> float:
    return float(np.abs(used_gap(flows.used, used.offered(flows.trade_ins))).max())
