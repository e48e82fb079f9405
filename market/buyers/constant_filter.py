"""Demand constants filtered from their history: a level by powertrain, rows that return to it, and zones.

xi_jt = hedonic part + level of the powertrain (of BEVs with a damped drift and seasons) + u_jt. The level is observed
from national sales every quarter; u, a row's distance from the others, from its own recorded quarters, or from the mean
of its year where the quarters of a year were split by a pattern. Innovations of rows sum to zero, weighted by sales.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints, group_sum
from agents.buyers import kalman
from agents.buyers.kalman import State
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import BEV, POWERTRAINS
from market.buyers.hedonic import Hedonic, PricedRows
from market.buyers.parameters import ConstantLaw

OUTLIER_SD = 3.0  # standard deviations that a surprise counts at most
LEVEL, DRIFT, SEASONS = 0, 1, slice(2, 1 + QUARTERS_PER_YEAR)
LEVEL_STATES = 1 + QUARTERS_PER_YEAR  # level, drift and a season for all quarters of a year but the last
LEVEL_SD = tuple(f"{powertrain.lower()}_level_sd_kusd" for powertrain in POWERTRAINS)
"""Parameters of what moves levels, by powertrain."""
_UNKNOWN_SD_KUSD = 100.0  # of a level before any data
_SEASON_SD_KUSD = 2.0  # of a season before any data: about a tenth of the log-odds of the BEV share


@dataclass(frozen=True)
class ConstantHistory:
    """What constants are filtered from, quarter by quarter from 2017Q1.

    ``xi_kusd``: (quarters, products) constants that reproduce recorded sales, lower bounds where ``limited``, NaN where
    nothing was sold; ``sales``: recorded cars; ``price_kusd``: recorded real prices; ``own_quarter``: quarters that
    were recorded for the row itself; ``range_miles``: all (quarters, products). ``zeta_kusd``: (quarters, zones).
    ``maker``, ``powertrain``: (products,). ``look_share``: (quarters,) of owners due who looked for a car, NaN where
    total sales do not tell it.
    """

    xi_kusd: Floats
    limited: NDArray[np.bool_]
    sales: Floats
    price_kusd: Floats
    range_miles: Floats
    own_quarter: NDArray[np.bool_]
    zeta_kusd: Floats
    maker: Ints
    powertrain: Ints
    look_share: Floats

    @property
    def quarters(self) -> int:
        """How many quarters it holds."""
        return len(self.xi_kusd)

    def priced_rows(self) -> PricedRows:
        """What the hedonic slopes are fitted to."""
        return PricedRows(self.xi_kusd, self.price_kusd, self.range_miles, ~self.limited, self.powertrain)

    def design_price_kusd(self) -> Floats:
        """Recorded price in the first quarter of sales, NaN if there is none, shape (products,)."""
        sold = ~np.isnan(self.xi_kusd)
        first = np.argmax(sold, axis=0)
        return np.where(sold.any(axis=0), self.price_kusd[first, np.arange(first.size)], np.nan)


@dataclass(frozen=True)
class FilteredConstants:
    """Constants as known at the end of a history.

    ``level``: states by powertrain, (powertrains, ``LEVEL_STATES``); ``row``: mean and variance of u by product,
    (products,), k$; ``known``: products with a constant; ``weight``: (products,) shares of the last sales within the
    powertrain; ``zeta_kusd``: (zones,); ``log_likelihood`` of the level and rows of BEVs, ``level_log_likelihood`` of
    levels alone, (powertrains,), and that of zones.
    """

    level: State
    row_kusd: Floats
    row_variance: Floats
    known: NDArray[np.bool_]
    weight: Floats
    zeta_kusd: Floats
    log_likelihood: float
    level_log_likelihood: Floats
    zone_log_likelihood: float


def level_sd_kusd(law: ConstantLaw) -> Floats:
    """Standard deviations of what moves levels in a quarter, (powertrains,)."""
    return np.array([getattr(law, name) for name in LEVEL_SD])


def level_law(law: ConstantLaw) -> tuple[Floats, Floats]:
    """Transition, (states, states), and noise, (powertrains, states, states), of levels: only BEVs have a drift."""
    transition = np.eye(LEVEL_STATES)
    transition[LEVEL, DRIFT] = transition[DRIFT, DRIFT] = law.drift_damping
    noise = np.zeros((len(POWERTRAINS), LEVEL_STATES, LEVEL_STATES))
    noise[:, LEVEL, LEVEL] = level_sd_kusd(law) ** 2
    noise[BEV, DRIFT, DRIFT] = law.drift_sd_kusd**2
    return transition, noise


def level_loading(quarter: int) -> Floats:
    """How level, drift and seasons enter what is observed in a quarter, (states,); seasons of a year sum to 0."""
    loading = np.zeros(LEVEL_STATES)
    loading[LEVEL] = 1.0
    season = quarter % QUARTERS_PER_YEAR
    if season == QUARTERS_PER_YEAR - 1:
        loading[SEASONS] = -1.0
    else:
        loading[SEASONS.start + season] = 1.0
    return loading


def kept_a_quarter(law: ConstantLaw) -> float:
    """What is left of a row's deviation a quarter on."""
    return float(law.row_persistence ** (1.0 / QUARTERS_PER_YEAR))


def row_variance(law: ConstantLaw) -> float:
    """Variance of a row's innovation in a quarter that keeps the spread of rows as it is, k$^2."""
    return float(law.row_spread_kusd**2 * (1.0 - kept_a_quarter(law) ** 2))


def kin_mean(values: Floats, known: NDArray[np.bool_], maker: Ints, powertrain: Ints) -> Floats:
    """Mean over known products of the same automaker and powertrain, else of the powertrain, shape (products,).

    NaN where the powertrain has none.
    """
    out = np.full(values.size, np.nan)
    for product in range(values.size):
        kin = (powertrain == powertrain[product]) & known
        closest = kin & (maker == maker[product])
        if kin.any():
            out[product] = values[closest if closest.any() else kin].mean()
    return out


def entrant_row_kusd(row: Floats, known: NDArray[np.bool_], maker: Ints, powertrain: Ints, kin_share: float) -> Floats:
    """What is expected of u of products without data: the mean row's, and a share of how their kin differ from it."""
    typical = kin_mean(row, known, np.full(maker.size, -1), powertrain)
    closest = kin_mean(row, known, maker, powertrain)
    return np.nan_to_num(typical + kin_share * (closest - typical))


def filter_constants(
    history: ConstantHistory, hedonic: Hedonic, law: ConstantLaw, alpha_product: float
) -> FilteredConstants:
    """Filter the constants of a history from its first quarter to its last.

    ``alpha_product``, per k$, turns demand that was not served into k$: exact for a product small in its nest.
    """
    rows = _Rows(history, hedonic, law, alpha_product)
    for quarter in range(history.quarters):
        rows.step(quarter)
    zeta, zone_likelihood = filtered_zones(history.zeta_kusd, law)
    return FilteredConstants(
        rows.level, rows.state.mean[:, 0], rows.state.covariance[:, 0, 0], rows.known, rows.weight, zeta,
        rows.log_likelihood, rows.level_log_likelihood, zone_likelihood,
    )  # fmt: skip


class _Rows:
    """Levels and rows as the filter goes from quarter to quarter.

    A row's states are u and its sum over the quarters of the year in which it was sold, whose mean is what a split year
    reveals.
    """

    def __init__(self, history: ConstantHistory, hedonic: Hedonic, law: ConstantLaw, alpha_product: float) -> None:
        self._history, self._law = history, law
        design = np.nan_to_num(history.design_price_kusd())
        self._net = history.xi_kusd - hedonic.part_kusd(history.powertrain, design, history.price_kusd)
        size, spread = history.powertrain.size, law.row_spread_kusd**2
        self.state = State(np.zeros((size, 2)), np.zeros((size, 2, 2)))
        self.state.covariance[:, 0, 0] = spread
        self.level = _unknown_level(law)
        self.known = np.zeros(size, dtype=np.bool_)
        self.weight = np.zeros(size)
        self._year_net, self._year_sold = np.zeros(size), np.zeros(size)
        self._year_limited = np.zeros(size, dtype=np.bool_)
        self._unserved_kusd = float(np.log1p(law.most_unserved)) / alpha_product
        self.log_likelihood = 0.0
        self.level_log_likelihood = np.zeros(len(POWERTRAINS))

    def step(self, quarter: int) -> None:
        """One quarter: predict, level from all rows, rows from what was recorded of them, mean row back to zero."""
        net = self._net[quarter]
        sold = ~np.isnan(net)
        entering = sold & ~self.known
        self._predict(quarter, sold, entering)
        common = self._observe_level(quarter, net, sold, entering)
        self._observe_rows(quarter, net - common[self._history.powertrain], sold)
        self._center(quarter, sold)

    def _predict(self, quarter: int, sold: NDArray[np.bool_], entering: NDArray[np.bool_]) -> None:
        law, history = self._law, self._history
        self.level = kalman.predicted(self.level, *level_law(law))
        kept, starts = kept_a_quarter(law), quarter % QUARTERS_PER_YEAR == 0
        transition, noise = np.zeros((sold.size, 2, 2)), np.zeros((sold.size, 2, 2))
        transition[:, 0, 0], transition[:, 1, 0] = kept, kept * sold
        transition[:, 1, 1] = 0.0 if starts else 1.0
        noise[:, 0, 0] = row_variance(law)
        noise[:, 0, 1] = noise[:, 1, 0] = noise[:, 1, 1] = row_variance(law) * sold
        if entering.any() and self.known.any():
            start = entrant_row_kusd(
                self.state.mean[:, 0], self.known, history.maker, history.powertrain, law.kin_share
            )
            self.state.mean[:, 0] = np.where(entering, start / kept, self.state.mean[:, 0])
        self.state = kalman.predicted(self.state, transition, noise)
        self.known = self.known | sold

    def _observe_level(self, quarter: int, net: Floats, sold: NDArray[np.bool_], entering: NDArray[np.bool_]) -> Floats:
        """Update levels; returns what is common to the rows of each powertrain in the quarter, (powertrains,)."""
        weight = self._shares(quarter, sold)
        off = np.where(sold, net - self.state.mean[:, 0], 0.0)
        unserved = self._unserved_kusd * (self._history.limited[quarter] & sold)
        low, high = self._mean(weight, off), self._mean(weight, off + unserved)
        loading, noise = level_loading(quarter), self._noise(weight, entering)
        self.level, seen, likelihood = kalman.updated_between(self.level, loading, noise, low, high, OUTLIER_SD)
        self.log_likelihood += float(likelihood[BEV])
        self.level_log_likelihood += likelihood
        return seen

    def _observe_rows(self, quarter: int, apart: Floats, sold: NDArray[np.bool_]) -> None:
        """Update u from quarters recorded for the row, else at the end of a year from its mean.

        ``apart``: (products,) net constants less what is common to their powertrain.
        """
        limited, noise = self._history.limited[quarter] & sold, self._law.row_noise_sd_kusd**2
        starts = quarter % QUARTERS_PER_YEAR == 0
        self._year_net = np.where(sold, apart, 0.0) + (0.0 if starts else self._year_net)
        self._year_sold = sold.astype(np.float64) + (0.0 if starts else self._year_sold)
        self._year_limited = limited if starts else self._year_limited | limited
        own = self._history.own_quarter[quarter] & sold
        self._update_rows(np.array([1.0, 0.0]), noise, np.where(own, apart, np.nan), limited)
        if quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
            split = ~self._history.own_quarter[quarter] & (self._year_sold > 0)
            count = np.maximum(self._year_sold, 1.0)
            loading = np.stack([np.zeros(count.size), 1.0 / count], axis=1)
            self._update_rows(loading, noise, np.where(split, self._year_net / count, np.nan), self._year_limited)

    def _update_rows(self, loading: Floats, noise: float, seen: Floats, limited: NDArray[np.bool_]) -> None:
        high = seen + self._unserved_kusd * limited
        self.state, _, likelihood = kalman.updated_between(self.state, loading, noise, seen, high, OUTLIER_SD)
        self.log_likelihood += float(likelihood[self._history.powertrain == BEV].sum())

    def _center(self, quarter: int, sold: NDArray[np.bool_]) -> None:
        """Let the mean row, by sales, be the level again; no constant changes by that."""
        self.weight = self._shares(quarter, sold)
        moved = np.nan_to_num(self._mean(self.weight, self.state.mean[:, 0]))
        self.level.mean[:, LEVEL] += moved
        self.state.mean[:, 0] -= moved[self._history.powertrain]

    def _shares(self, quarter: int, chosen: NDArray[np.bool_]) -> Floats:
        """Shares of the chosen products in the sales of their powertrain, (products,)."""
        powertrain = self._history.powertrain
        cars = np.where(chosen, self._history.sales[quarter], 0.0)
        total = group_sum(cars, powertrain, len(POWERTRAINS))[powertrain]
        return np.asarray(cars / np.where(total > 0, total, 1.0))

    def _mean(self, weight: Floats, values: Floats) -> Floats:
        """Weighted mean by powertrain, NaN where no product has a weight, (powertrains,)."""
        powertrain, size = self._history.powertrain, len(POWERTRAINS)
        there = group_sum(weight, powertrain, size) > 0
        return np.where(there, group_sum(weight * values, powertrain, size), np.nan)

    def _noise(self, weight: Floats, entering: NDArray[np.bool_]) -> Floats:
        """Variance of the mean of rows around the level, (powertrains,): only newcomers move it, others sum to 0."""
        own = np.where(entering, self.state.covariance[:, 0, 0], 0.0)
        rows = group_sum(weight**2 * own, self._history.powertrain, len(POWERTRAINS))
        return np.asarray(rows + self._law.level_noise_sd_kusd**2)


def _unknown_level(law: ConstantLaw) -> State:
    covariance = np.zeros((len(POWERTRAINS), LEVEL_STATES, LEVEL_STATES))
    covariance[:, LEVEL, LEVEL] = _UNKNOWN_SD_KUSD**2
    covariance[BEV, DRIFT, DRIFT] = law.drift_sd_kusd**2 / (1.0 - law.drift_damping**2)
    season = np.arange(SEASONS.start, SEASONS.stop)
    covariance[BEV, season, season] = _SEASON_SD_KUSD**2
    return State(np.zeros((len(POWERTRAINS), LEVEL_STATES)), covariance)


def filtered_zones(zeta_kusd: Floats, law: ConstantLaw) -> tuple[Floats, float]:
    """Constants of zones by a local level, observed once a year when its registrations are in; and the likelihood."""
    zones = zeta_kusd.shape[1]
    state = State(np.zeros((zones, 1)), np.full((zones, 1, 1), _UNKNOWN_SD_KUSD**2))
    one, likelihood = np.ones((1, 1)), 0.0
    for quarter in range(QUARTERS_PER_YEAR - 1, zeta_kusd.shape[0], QUARTERS_PER_YEAR):
        if quarter >= QUARTERS_PER_YEAR:
            state = kalman.predicted(state, one, one * law.zone_sd_kusd**2)
        state, each = kalman.updated(state, np.ones(1), law.zone_noise_sd_kusd**2, zeta_kusd[quarter], OUTLIER_SD)
        likelihood += float(each.sum())
    return state.mean[:, 0], likelihood
